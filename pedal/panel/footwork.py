"""From a gesture to its deed: at once where that is one word in the link, else in the order of the panel's loop.

Used by the panel's loop. It teaches the footswitches what they are to wait for and the reflexes what they do
(``controls/feet``), and does so anew whenever the preset gives a switch something else to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
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
        self._safe_mode = self._asked = False
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

    @property
    def taps(self) -> dict[str, Action]:
        """What a press of each switch does now."""
        return {name: action for (name, kind), action in self._feet.actions.items() if kind == "tap"}

    @property
    def is_in_safe_mode(self) -> bool:
        """As it was told last."""
        return self._safe_mode

    @property
    def agrees(self) -> str:
        """The switch whose long hold says yes to what the page asks: the first that may wait; empty if there is none.

        Bypass and the looper do not wait, and what a momentary switch does ends when it is let go. On a board without
        a display nobody would know what he says yes to.
        """
        if self._board.display is None:
            return ""
        for (name, kind), action in self._feet.actions.items():
            is_quick = action == BYPASS or action.name in ACTIONS
            if kind == "tap" and name in self._feet.knows and not is_quick and not self._feet.knows[name].momentary:
                return name
        return ""

    def look_after(self, safe_mode: bool | None = None, asked: bool | None = None) -> None:
        """Teach what the preset in work makes of the switches, if that is news.

        Args:
            safe_mode: there are no reflexes then: there the bypass switch is the way out.
            asked: the page asks something: one switch waits for a long hold, and no other is slower for it.
        """
        self._safe_mode = self._safe_mode if safe_mode is None else safe_mode
        self._asked = self._asked if asked is None else asked
        if self._borrower is not None:
            if self._taught is not self._borrowed:
                self._taught = self._borrowed
                self._reflexes.learn({}, self._borrowed)
            return
        otherwise = self._player.preset.switches
        if (self._safe_mode, self._asked, otherwise) == self._taught:
            return
        self._taught = self._safe_mode, self._asked, otherwise
        self._feet = feet_of(self._board, otherwise)
        if self._asked and (name := self.agrees):
            knows = {**self._feet.knows, name: replace(self._feet.knows[name], long_hold=True)}
            self._feet = replace(self._feet, knows=knows)
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
