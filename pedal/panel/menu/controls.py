"""The pages of what else a player moves: the expression pedal and MIDI's controllers, and what they turn. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pedal.actions import Action, parse_action
from pedal.errors import PedalError
from pedal.panel.hands_requests import AS_THE_BOARD, Expression, Midi
from pedal.panel.menu.dials import block_of
from pedal.panel.menu.facts import Facts
from pedal.panel.menu.presets import ConfirmPage
from pedal.panel.menu.sheets import Back, Deed, Do, KnobSheet, ListPage, ListSheet, Open, Page, Row, Sheet, Turned
from pedal.panel.menu.switches import actions_of, words_of
from pedal.params import BYPASS, KINDS

#: What is given something to move: a foot, or the next controller that is moved.
Mover = Literal["expression", "midi"]


class ExpressionPage(ListPage):
    """What the pedal moves in the preset in hand, and its two ends, which hold for all presets."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "Expression pedal"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """What the preset says has a mark."""
        pedal = facts.expression
        if pedal is None:
            return ()
        moves = target_words(pedal.moves, facts) if pedal.moves else "nothing"
        rows = [Row("Moves", moves, ">" if pedal.is_of_preset else "", Open(MoversPage("expression")))]
        if pedal.position_norm is not None:
            rows.append(Row("Is at", f"{100 * pedal.position_norm:.0f} %"))
            rows.append(Row("Show its ends", "shown" if pedal.is_calibrated else "", push=Open(EndPage("heel"))))
        if pedal.is_calibrated:
            rows.append(Row("Forget its ends", push=Do((Expression(end="forget"),))))
        return tuple(rows)

    def note(self, facts: Facts) -> str:
        """The board file says whether there is one."""
        return "This board has no expression pedal."


@dataclass(frozen=True, slots=True)
class EndPage(Page):
    """One end of the pedal: the foot goes there, then the hand pushes. The heel comes first."""

    end: Literal["heel", "toe"]

    def sheet(self, facts: Facts, at: int) -> Sheet:
        """What the converter reads."""
        reading = facts.expression.reading_norm if facts.expression else None
        title = "Heel all the way down" if self.end == "heel" else "Toe all the way down"
        return KnobSheet(title, "then push", "?" if reading is None else f"{100 * reading:.0f} %", reading or 0.0)

    def turn(self, facts: Facts, at: int, steps: int) -> Turned:
        """Nothing to turn."""
        return Turned(at)

    def push(self, facts: Facts, at: int) -> Deed | None:
        """It is there."""
        wish = (Expression(end=self.end),)
        return Do(wish, ExpressionPage, then=EndPage("toe")) if self.end == "heel" else Do(wish, ExpressionPage)


class MidiPage(ListPage):
    """What has been learnt, and a controller that may be taught."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """How many ports are heard."""
        ports = len(facts.midi.ports) if facts.midi else 0
        return f"MIDI, {ports} port{'s' if ports != 1 else ''}"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """One for each controller that has learnt something."""
        midi = facts.midi
        if midi is None:
            return ()
        return (
            *(
                Row(f"CC {number}", target_words(target, facts), push=Open(ControllerPage(number)))
                for number, target in midi.controllers
            ),
            Row("Learn", mark="+", push=Open(MoversPage("midi"))),
            Row("Ports", push=Open(PortsPage())),
        )

    def note(self, facts: Facts) -> str:
        """The board file says whether there is any."""
        return "This board has no MIDI."


@dataclass(frozen=True, slots=True)
class ControllerPage(ListPage):
    """One controller that has learnt something."""

    number: int

    def title(self, facts: Facts) -> str:
        """Its number."""
        return f"Controller {self.number}"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """What it turns, or does; and to let it forget."""
        target = dict(facts.midi.controllers).get(self.number) if facts.midi else None
        if target is None:
            return ()
        question = ConfirmPage(f"Forget CC {self.number}?", Midi(forget=self.number), MidiPage)
        return Row(target_words(target, facts)), Row("Forget", push=Open(question))

    def note(self, facts: Facts) -> str:
        """It forgot meanwhile."""
        return "It does nothing."


class PortsPage(ListPage):
    """Which ports are heard now."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "Ports"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """By their files."""
        return tuple(Row(name) for name in facts.midi.ports) if facts.midi else ()

    def note(self, facts: Facts) -> str:
        """What comes is heard within a second."""
        return "Nothing is plugged in."


class LearningPage(Page):
    """A controller is waited for. It says which it was; leaving it first is a no."""

    __slots__ = ()

    def sheet(self, facts: Facts, at: int) -> Sheet:
        """What is waited for, or that it has come: then the list behind this page has it."""
        learning = facts.midi.learning if facts.midi else ""
        if learning:
            return ListSheet(target_words(learning, facts), (), 0, "Move the controller now. Push: not now")
        return ListSheet("MIDI", (), 0, "No controller is waited for any more. Push: back")

    def turn(self, facts: Facts, at: int, steps: int) -> Turned:
        """Nothing to turn."""
        return Turned(at)

    def push(self, facts: Facts, at: int) -> Deed | None:
        """Wait no longer."""
        is_learning = facts.midi is not None and bool(facts.midi.learning)
        return Do((Midi(cancel=True),), MidiPage) if is_learning else Back()


@dataclass(frozen=True, slots=True)
class MoversPage(ListPage):
    """What can be moved: the blocks of the preset in hand; and for a controller that switches, what feet can do."""

    mover: Mover

    def title(self, facts: Facts) -> str:
        """Whose it will be."""
        return "Expression moves" if self.mover == "expression" else "A controller for"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """As the chain has them."""
        blocks = [Row(_block_words(facts, block.id), push=self._open(block.id)) for block in facts.preset.chain]
        if self.mover == "expression":
            return (Row("As the board says", push=_give(self.mover, AS_THE_BOARD)), *blocks)
        return (*blocks, Row("What a switch does", push=Open(DeedsPage())))

    def _open(self, block_id: str) -> Open:
        return Open(ParamsPage(block_id, self.mover))


@dataclass(frozen=True, slots=True)
class ParamsPage(ListPage):
    """The knobs of a block, one of which is to be moved."""

    block_id: str
    mover: Mover

    def title(self, facts: Facts) -> str:
        """The block's name."""
        return _block_words(facts, self.block_id)

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Its bypass is a switch's."""
        block = block_of(facts, self.block_id)
        if block is None:
            return ()
        return tuple(
            Row(param.label, push=_give(self.mover, f"{block.id}.{param.name}"))
            for param in KINDS[block.kind].params
            if param is not BYPASS
        )

    def note(self, facts: Facts) -> str:
        """It was removed meanwhile."""
        return "It is not there any more."


class DeedsPage(ListPage):
    """What a controller that switches may do: all that a foot can."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "A controller for"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Blocks first."""
        return tuple(Row(words_of(text, facts), push=_give("midi", text)) for text in actions_of(facts))


def _give(mover: Mover, target: str) -> Do:
    """This shall be moved from now on."""
    if mover == "expression":
        return Do((Expression(moves=target),), ExpressionPage)
    return Do((Midi(learn=target),), MidiPage, then=LearningPage())


def target_words(target: str, facts: Facts) -> str:
    """A parameter or an action for people; a block that the preset in hand does not have, as it was written."""
    block_id, _, name = target.partition(".")
    block = block_of(facts, block_id)
    if block is not None and name:
        kind = KINDS[block.kind]
        label = next((param.label for param in kind.params if param.name == name), name)
        return f"{_block_words(facts, block.id)} {label}"
    return words_of(target, facts) if _is_action(target) else target


def _block_words(facts: Facts, block_id: str) -> str:
    """A block by its kind, where that says which."""
    block = block_of(facts, block_id)
    if block is None:
        return block_id
    several = sum(other.kind == block.kind for other in facts.preset.chain) > 1
    return block.id if several else KINDS[block.kind].label


def _is_action(text: str) -> bool:
    try:
        return isinstance(parse_action(text, PedalError, ""), Action)
    except PedalError:
        return False
