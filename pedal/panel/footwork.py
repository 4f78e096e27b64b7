"""From a gesture to its deed: at once where that is one word in the link, else in the order of the panel's loop.

Used by the panel's loop. It teaches the footswitches what they are to wait for and the reflexes what they do
(``controls/feet``), and does so anew whenever the preset gives a switch something else to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from pedal.actions import Action
from pedal.config import Board
from pedal.errors import PedalError
from pedal.health import ask_resume
from pedal.link import Link
from pedal.panel.actions import Actions
from pedal.panel.controls.feet import Feet, feet_of
from pedal.panel.controls.gestures import Gesture, Kind
from pedal.panel.looper import ACTIONS
from pedal.panel.player import Player
from pedal.panel.reflexes import Reflexes

BYPASS = Action("bypass")


class Footwork:
    """The feet of a board on the verbs of the pedal.

    Args:
        board: as loaded.
        link: its folder is where safe mode is told of.
        player: whose preset is in hand.
        actions: do things.
        reflexes: what does not wait.
    """

    def __init__(self, board: Board, link: Link, player: Player, actions: Actions, reflexes: Reflexes) -> None:
        self._board = board
        self._link = link
        self._player = player
        self._actions = actions
        self._reflexes = reflexes
        self._has_looper = board.looper is not None
        self._safe_mode = False
        self._taught: object = None
        self._feet = feet_of(board)
        self._borrower: Callable[[Gesture], None] | None = None
        self._borrowed = self._feet

    def lend(self, feet: Feet, to: Callable[[Gesture], None]) -> None:
        """From now on every gesture is somebody else's: of a menu that has no encoder."""
        self._borrowed, self._borrower = feet, to
        self._taught = None

    def take_back(self) -> None:
        """The feet do again what board and preset say."""
        self._borrower, self._taught = None, None

    def look_after(self, safe_mode: bool | None = None) -> None:
        """Teach what the preset in work makes of the switches, if that is news.

        In safe mode there are no reflexes: there the bypass switch is the way out.
        """
        self._safe_mode = self._safe_mode if safe_mode is None else safe_mode
        if self._borrower is not None:
            if self._taught is not self._borrowed:
                self._taught = self._borrowed
                self._reflexes.learn({}, self._borrowed)
            return
        otherwise = self._player.preset.switches
        if (self._safe_mode, otherwise) == self._taught:
            return
        self._taught = self._safe_mode, otherwise
        self._feet = feet_of(self._board, otherwise)
        self._reflexes.learn({} if self._safe_mode else dict(self._deeds()), self._feet)

    def felt(self, gesture: Gesture) -> None:
        """Do what a gesture without a reflex means; why it cannot be done is said on the page."""
        if self._borrower is not None:
            self._borrower(gesture)
            return
        action = self._feet.actions.get((gesture.name, gesture.kind))
        if action is not None and not (self._safe_mode and gesture.kind == "release"):
            self.do(action, gesture.at_s)

    def do(self, action: Action, at_s: float) -> None:
        """Do an action; why it cannot be done is said on the page."""
        try:
            if action == BYPASS and ask_resume(self._link.path.parent, "audio"):
                self._player.message = "Trying again."
            elif action.name in ACTIONS and self._has_looper and not self._safe_mode:
                self._player.looper.press(ACTIONS[action.name])
            else:
                self._actions.do(action, at_s)
        except PedalError as error:
            self._player.message = str(error)

    def forget(self) -> None:
        """No reflexes any more: the panel leaves its link."""
        self._reflexes.learn({}, self._feet)
        self._taught = None

    def _deeds(self) -> Iterator[tuple[tuple[str, Kind], Callable[[], None]]]:
        for gesture, action in self._feet.actions.items():
            if action == BYPASS:
                yield gesture, self._player.toggle_bypass
            elif action.name in ACTIONS and self._has_looper:
                yield gesture, partial(self._player.looper.press, ACTIONS[action.name])
