"""What the menu knows of the pedal: records, made by ``panel/menus.py`` for every input and every page. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pedal.library.banks import Banks
from pedal.library.cards import AssetKind
from pedal.panel.display.pages import LoopView
from pedal.panel.setup_requests import SetupStep
from pedal.preset import Preset


@dataclass(frozen=True, slots=True)
class Thing:
    """A model or impulse response: what presets call it, what is shown, the folders it lies in."""

    asset_name: str
    label: str
    folder: str
    content: str
    favourite: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A preset of the list."""

    key: str
    name: str
    is_factory: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Goods:
    """What there is to choose from, in the order of lists. Equal only to itself: there may be thousands of things.

    Attributes:
        is_read: False until somebody has looked.
    """

    presets: tuple[Listed, ...] = ()
    models: tuple[Thing, ...] = ()
    impulses: tuple[Thing, ...] = ()
    is_read: bool = True

    def things(self, kind: AssetKind) -> tuple[Thing, ...]:
        """All of a kind."""
        return self.models if kind == "model" else self.impulses


@dataclass(frozen=True, slots=True)
class SetupView:
    """A step of setting up.

    Attributes:
        step: which.
        share: how far it is; 1 is done.
        value: what it reads.
        sentence: once it is done, what that means.
        offer: what a push would put in use, in words; empty: nothing.
    """

    step: SetupStep
    share: float
    value: str
    sentence: str
    offer: str = ""

    @property
    def is_done(self) -> bool:
        """Whether nothing is under way."""
        return bool(self.sentence) or self.share >= 1.0


@dataclass(frozen=True, slots=True)
class SetupFacts:
    """Setting up as it is.

    Attributes:
        views: steps that are under way or were done.
        board: title of the one in use.
        in_use: its name and its card.
        boards: names of those that this machine could be, each with its card; looked for when asked.
        pages: the report, title and text of each.
        can_undo: whether there is a board to go back to.
        no_cable: why a cable cannot be measured here; empty if it can.
    """

    views: tuple[SetupView, ...] = ()
    board: str = ""
    in_use: tuple[str, str] = ("", "")
    boards: tuple[tuple[str, str], ...] = ()
    pages: tuple[tuple[str, str], ...] = ()
    can_undo: bool = False
    no_cable: str = ""

    def view(self, step: SetupStep) -> SetupView | None:
        """What there is of a step."""
        return next((view for view in self.views if view.step == step), None)


@dataclass(frozen=True, slots=True)
class ExpressionView:
    """The expression pedal.

    Attributes:
        moves: a parameter; empty: nothing.
        is_of_preset: whether the preset in hand says so.
        reading_norm, position_norm: what the converter says, and what that is between the two ends; None without one.
        is_calibrated: whether it was shown its ends.
    """

    moves: str = ""
    is_of_preset: bool = False
    reading_norm: float | None = None
    position_norm: float | None = None
    is_calibrated: bool = False


@dataclass(frozen=True, slots=True)
class MidiView:
    """The ports that are heard, what controllers have learnt, by number, and what the next one will learn."""

    ports: tuple[str, ...] = ()
    controllers: tuple[tuple[int, str], ...] = ()
    learning: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """The pedal as it is.

    Attributes:
        preset, key, edited: the preset in work, its key (empty: of none) and whether it differs from its file.
        goods: what there is to choose from.
        held: ids of blocks that are on, but wait until there is room for them.
        quality: "full", "lite" or "auto" by amp; what is not there is "auto".
        loop: None while there is none; ``loop_level_db`` is None where the board has no looper.
        can_undo: whether the looper can take something back.
        tuner_on, reference_hz: the tuner.
        connection: name of the connection in use; ``connection_values`` are its knobs.
        output_mode, channel: as the level settings have them.
        switches: what the board says that gestures of its footswitches do, by switch and key, in the order of its file;
            and behind them the buttons of encoders, which are ``buttons`` and know a push and a hold.
        expression, midi: None where the board has none.
        banks, bank: all of them, and the name of the one under the feet.
        setup: setting up as it is.
        governor: the load, what blocks take and what would fit, line by line.
        messages: what the pedal said, newest first.
        system: name and value, line by line.
    """

    preset: Preset = field(default_factory=lambda: Preset(""))
    key: str = ""
    edited: bool = False
    goods: Goods = Goods(is_read=False)
    held: frozenset[str] = frozenset()
    quality: Mapping[str, str] = field(default_factory=dict)
    loop: LoopView | None = None
    loop_level_db: float | None = None
    can_undo: bool = False
    tuner_on: bool = False
    reference_hz: float = 440.0
    connection: str = ""
    connection_values: Mapping[str, float] = field(default_factory=dict)
    output_mode: str = "normalised"
    channel: str = "left"
    switches: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    buttons: frozenset[str] = frozenset()
    expression: ExpressionView | None = None
    midi: MidiView | None = None
    banks: Banks = ()
    bank: str = ""
    setup: SetupFacts = SetupFacts()
    governor: tuple[tuple[str, str], ...] = ()
    messages: tuple[str, ...] = ()
    system: tuple[tuple[str, str], ...] = ()
