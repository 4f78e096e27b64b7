"""The menu in the running pedal: hears the encoder, knows the pedal's state, has wishes done, shows the page.

Used by the panel's loop. What is wished for takes the road of the control socket (``answers``), so a menu can do what a
command can, and nothing that is refused to one.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from pedal import __version__
from pedal.config import Board
from pedal.errors import ControlError, PedalError
from pedal.link import Link
from pedal.panel.banks import BankSwitches
from pedal.panel.chain_requests import NewPreset
from pedal.panel.controls.encoder import Push, Rotation
from pedal.panel.controls.feet import GESTURES, Feet
from pedal.panel.controls.gestures import Gesture, Knows
from pedal.panel.display.menu_pages import draw_menu
from pedal.panel.display.text import TICKS_PER_S
from pedal.panel.footwork import Footwork
from pedal.panel.governor_report import GovernorReport
from pedal.panel.hands import Hands
from pedal.panel.keeping import Keeping
from pedal.panel.menu.facts import Facts
from pedal.panel.menu.machine import Menu, Wishes
from pedal.panel.menu.setup import OfferPage, SetupPage
from pedal.panel.menu.sheets import Page, Sheet
from pedal.panel.player import Player
from pedal.panel.preset_requests import DeletePreset, RenamePreset, SavePreset
from pedal.panel.protocol import AnyRequest
from pedal.panel.setting_up import SettingUp
from pedal.panel.shelf import Shelf
from pedal.panel.tuner import Tuner

#: Messages kept for their page.
KEPT_MESSAGES = 20
#: Wishes after which the lists are others.
_CHANGE_LISTS = (SavePreset, RenamePreset, DeletePreset)


@dataclass(slots=True)
class Menus:
    """One menu, and what it needs.

    Attributes:
        board, link, player, keeping, tuner: of the panel.
        shelf: what there is to choose from.
        footwork: lends the footswitches to a menu that was opened by foot.
        banks: under the feet.
        hands: what they reach besides.
        perform: does a request, or raises a ``PedalError``.
        setting_up: its steps.
        governor: what blocks cost, and what fits.
        said: what the pedal said, newest first.
    """

    board: Board
    link: Link
    player: Player
    keeping: Keeping
    tuner: Tuner
    shelf: Shelf
    footwork: Footwork
    banks: BankSwitches
    hands: Hands
    perform: Callable[[AnyRequest], dict[str, Any]]
    setting_up: SettingUp
    governor: GovernorReport
    said: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT_MESSAGES))
    _menu: Menu = field(default_factory=Menu)
    _was_touched: bool = False
    _touched_s: float = 0.0
    _by_foot: bool = False

    def take_touch(self) -> bool:
        """Whether it was touched since this was asked last: then its page does not wait."""
        was_touched, self._was_touched = self._was_touched, False
        return was_touched

    @property
    def is_open(self) -> bool:
        """Whether its page is shown instead of another."""
        return self._menu.is_open

    def sheet(self) -> Sheet | None:
        """What it says now; None while it is closed."""
        return self._menu.sheet(self.facts()) if self._menu.is_open else None

    def open_by_foot(self, at_s: float, page: Page | None = None) -> None:
        """A footswitch opens the menu, and the first two switches of the board are its keys until it closes.

        The first turns by one, held backwards; the second pushes, held it goes back.

        Raises:
            ControlError: the board has no two switches.
        """
        keys = tuple(self.board.switches)[:2]
        if len(keys) < 2:
            raise ControlError("the menu needs two footswitches, or an encoder", hint="Wire one (docs/boards.md)")
        self._use(lambda facts: self._menu.open(facts, at_s, page))
        self._by_foot = True
        self.footwork.lend(Feet({}, {key: Knows(hold=True) for key in keys}, {}), self._felt_foot)

    def greet(self, now_s: float) -> None:
        """At the start: go on with a set-up, or ask whether to begin one, where there are an eye and a hand for it."""
        self.setting_up.tell_verdict()
        page = SetupPage() if self.setting_up.goes_on else OfferPage() if self.setting_up.asks else None
        if page is None or self.board.display is None:
            return
        if self.setting_up.asks:
            self.setting_up.note_asked()
        if any(encoder.role == "menu" for encoder in self.board.encoders.values()):
            self._use(lambda facts: self._menu.open(facts, now_s, page))
        elif len(self.board.switches) > 1:
            self.open_by_foot(now_s, page)

    def _felt_foot(self, gesture: Gesture) -> None:
        first, second = (*self.board.switches, "", "")[:2]
        at_s = gesture.at_s
        match gesture.name == first, gesture.name == second, gesture.kind:
            case True, _, "tap":
                self._use(lambda facts: self._menu.turn(1, facts, at_s))
            case True, _, "hold":
                self._use(lambda facts: self._menu.turn(-1, facts, at_s))
            case _, True, "tap":
                self._use(lambda facts: self._menu.push(facts, at_s))
            case _, True, "hold":
                self._use(lambda facts: self._menu.back(facts, at_s))

    def felt(self, event: Rotation | Push) -> None:
        """The encoder was turned or pushed."""
        now_s = event.at_s
        match event:
            case Rotation(clicks=clicks, steps=steps):
                self._use(lambda facts: self._menu.turn(clicks, facts, now_s, steps))
            case Push(kind="tap"):
                self._use(lambda facts: self._menu.push(facts, now_s))
            case Push():
                self._use(lambda facts: self._menu.back(facts, now_s))

    def tick(self, now_s: float) -> None:
        """Let time pass: a menu that nobody uses closes; what is said is kept for its page."""
        if self.setting_up.is_busy:
            self._menu.stay(now_s)
        self._menu.tick(now_s)
        self._give_back_feet()
        if self.shelf.trouble:
            self.player.message, self.shelf.trouble = self.shelf.trouble, ""
        if self.player.message and (not self.said or self.said[0] != self.player.message):
            self.said.appendleft(self.player.message)

    def let_go_of_feet(self) -> None:
        """The feet are needed elsewhere: a menu that has them closes."""
        if self._by_foot:
            self.close()

    def close(self) -> None:
        """Whatever it shows, something else is more important."""
        self._menu.close()
        self._give_back_feet()

    def end(self) -> None:
        """The panel leaves its link: nothing is under way any more."""
        self.setting_up.stop()
        self.shelf.close()

    def page(self, now_s: float) -> Image.Image | None:
        """The page; None while the menu is closed. What is too long scrolls from the last touch on."""
        sheet = self.sheet()
        tick = max(0, int((now_s - self._touched_s) * TICKS_PER_S))
        return None if sheet is None else draw_menu(sheet, self.player.message, tick)

    def facts(self) -> Facts:
        """The pedal as it is."""
        player, outlet = self.player, self.player.outlet
        loop = player.looper.status()
        return Facts(
            preset=player.preset,
            key=player.key,
            edited=self.keeping.is_edited,
            goods=self.shelf.goods,
            held=player.work.held,
            quality=player.work.quality,
            loop=player.looper.view(),
            loop_level_db=player.looper.level_db,
            can_undo=bool(loop.get("can_undo")),
            tuner_on=self.tuner.is_on,
            reference_hz=self.tuner.reference_hz,
            connection=outlet.connection.name,
            connection_values=outlet.connection.values,
            output_mode=player.levels.now.output,
            channel=player.levels.channel,
            switches=_switches(self.board),
            buttons=frozenset(name for name, encoder in self.board.encoders.items() if encoder.has_free_button),
            expression=self.hands.expression_view(),
            midi=self.hands.midi_view(),
            banks=self.banks.shown,
            bank=self.banks.in_use,
            setup=self.setting_up.facts(),
            governor=self.governor.lines(time.monotonic()),
            messages=tuple(self.said),
            system=self._system(),
        )

    def _use(self, verb: Callable[[Facts], Wishes]) -> None:
        was_open = self._menu.is_open
        self._was_touched, self._touched_s = True, time.monotonic()
        if was_open and self.said and self.said[0] == self.player.message:
            self.player.message = ""  # it was there to be read, and covers what is looked at now
        wishes = verb(self.facts())
        if self._menu.is_open and not was_open:
            self.shelf.look()
        for wish in wishes:
            self._do(wish)
        self._give_back_feet()

    def _give_back_feet(self) -> None:
        if self._by_foot and not self._menu.is_open:
            self._by_foot = False
            self.footwork.take_back()

    def _do(self, wish: AnyRequest) -> None:
        """Why it cannot be done is said at the foot of the page."""
        try:
            self.perform(wish)
        except PedalError as error:
            self.player.message = str(error)
            return
        if isinstance(wish, _CHANGE_LISTS):
            self.shelf.look()
        if isinstance(wish, (SavePreset, NewPreset)):
            word = "Saved" if isinstance(wish, SavePreset) else "In hand, not saved yet"
            self.player.message = f"{word}: {self.player.preset.name}"

    def _system(self) -> tuple[tuple[str, str], ...]:
        status = self.link.status()
        period_s = status.period_frames / status.rate_hz if status.rate_hz else 0.0
        return (
            ("Board", self.board.title),
            ("Version", __version__),
            ("Card", self.board.audio.card),
            ("Rate", f"{status.rate_hz / 1e3:g} kHz"),
            ("Period", f"{status.period_frames} x {self.board.audio.periods}, {1e3 * period_s:.1f} ms"),
            ("Load", f"{100 * status.load_mean:.0f} %, most {100 * status.load_worst:.0f} %"),
            ("Overruns", str(status.overruns)),
            ("Card's xruns", str(status.xruns)),
            ("Up", _duration(time.monotonic())),
        )


def _switches(board: Board) -> dict[str, dict[str, str]]:
    """What the board says that its switches do, and behind them the buttons of its encoders."""
    said: dict[str, dict[str, str | None]] = {}
    for name, switch in board.switches.items():
        said[name] = {key: getattr(switch, key) for key in GESTURES}
    for name, encoder in board.encoders.items():
        if encoder.has_free_button:
            said[name] = {"action": encoder.push, "hold": encoder.hold or encoder.push}
    return {name: {key: does for key, does in own.items() if does is not None} for name, own in said.items()}


def _duration(seconds: float) -> str:
    minutes = int(seconds) // 60
    return f"{minutes // 60} h {minutes % 60:02} min"
