"""Values under an encoder: how far one detent goes, and the pages on which one value is turned. Pure."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass

from pedal.errors import PresetError
from pedal.panel.menu.facts import Facts
from pedal.panel.menu.sheets import Back, Deed, KnobSheet, ListSheet, Page, Sheet, Turned
from pedal.panel.pitch import LEAST_REFERENCE_HZ, MOST_REFERENCE_HZ
from pedal.panel.protocol import AnyRequest, Loop, Output, SetParam, Tune
from pedal.params import KINDS, Param
from pedal.params.words import shown, turn_of
from pedal.preset import Block

#: Detents from one end of a range to the other, about, where the ends are far apart.
DETENTS = 80
_REFERENCE = Param("reference_hz", "Hz", LEAST_REFERENCE_HZ, MOST_REFERENCE_HZ, 440.0, "A4", step=1.0)


def nudged(param: Param, value: float, steps: int) -> float:
    """``value`` after so many detents: along the taper, on a grid of the parameter's steps, never beyond an end.

    Every detent is a change, until the end.
    """
    if param.words or param.unit == "on/off":
        return float(min(max(round(value) + steps, param.low), param.high))
    if param.taper == "log":
        for _ in range(min(abs(steps), 4 * DETENTS)):
            value = _neighbour(value, up=steps > 0)
        return min(max(value, param.low), param.high)
    step = param.step * max(1, round((param.high - param.low) / DETENTS / param.step))
    grid = math.floor(value / step + 1e-6) if steps > 0 else math.ceil(value / step - 1e-6)
    return min(max(float(f"{(grid + steps) * step:.6g}"), param.low), param.high)


def _neighbour(value: float, *, up: bool) -> float:
    """The next number that a scale would have: 10, 11, ... 20, 22, ... 50, 55, ... 100, 110, as ears count."""
    beyond = value * (1.0 + 1e-6 if up else 1.0 - 1e-6)
    decade = 10.0 ** math.floor(math.log10(beyond))
    unit = decade * (0.1 if beyond < 2.0 * decade else 0.2 if beyond < 5.0 * decade else 0.5)
    return float(f"{(math.ceil if up else math.floor)(beyond / unit) * unit:.6g}")


def block_of(facts: Facts, block_id: str) -> Block | None:
    """A block of the preset in work; None if it is gone meanwhile."""
    return next((block for block in facts.preset.chain if block.id == block_id), None)


class KnobPage(Page):
    """One value, turned; a push goes back."""

    __slots__ = ()

    @abstractmethod
    def param(self, facts: Facts) -> Param | None:
        """What is turned; None if it is gone."""

    @abstractmethod
    def title(self, facts: Facts) -> str:
        """Whose it is."""

    @abstractmethod
    def value(self, facts: Facts) -> float:
        """Where it stands."""

    @abstractmethod
    def wish(self, value: float) -> AnyRequest:
        """To have it there."""

    def sheet(self, facts: Facts, at: int) -> Sheet:
        """The value, large."""
        param = self.param(facts)
        if param is None:
            return ListSheet("Gone", (), 0, "It is not there any more.")
        value = self.value(facts)
        turn = turn_of(param, value) if param.high > param.low else 0.0
        return KnobSheet(self.title(facts), param.label, shown(param, value), min(max(turn, 0.0), 1.0))

    def is_long(self, facts: Facts) -> bool:
        """From end to end it is far."""
        return True

    def turn(self, facts: Facts, at: int, steps: int) -> Turned:
        """The value follows."""
        param = self.param(facts)
        if param is None:
            return Turned(at)
        value = self.value(facts)
        moved = nudged(param, value, steps)
        return Turned(at, () if moved == value else (self.wish(moved),))

    def push(self, facts: Facts, at: int) -> Deed:
        """That is it."""
        return Back()


@dataclass(frozen=True, slots=True)
class BlockKnob(KnobPage):
    """A parameter of a block."""

    block_id: str
    name: str

    def param(self, facts: Facts) -> Param | None:
        """Of the block's kind."""
        block = block_of(facts, self.block_id)
        params = KINDS[block.kind].params if block else ()
        return next((param for param in params if param.name == self.name), None)

    def title(self, facts: Facts) -> str:
        """The block."""
        block = block_of(facts, self.block_id)
        return KINDS[block.kind].label if block else ""

    def value(self, facts: Facts) -> float:
        """As the preset has it."""
        block = block_of(facts, self.block_id)
        try:
            return block.value(self.name) if block else 0.0
        except PresetError:
            return 0.0

    def wish(self, value: float) -> AnyRequest:
        """As a knob would."""
        return SetParam(target=f"{self.block_id}.{self.name}", value=value)


@dataclass(frozen=True, slots=True)
class OutputKnob(KnobPage):
    """A knob of the connection."""

    name: str

    def param(self, facts: Facts) -> Param | None:
        """Of the master block."""
        return next((param for param in KINDS["master"].params if param.name == self.name), None)

    def title(self, facts: Facts) -> str:
        """All of it is about the output."""
        return "Output"

    def value(self, facts: Facts) -> float:
        """As the connection has it."""
        return facts.connection_values.get(self.name, 0.0)

    def wish(self, value: float) -> AnyRequest:
        """Kept with the connection, outside presets."""
        return Output(values={self.name: value})


@dataclass(frozen=True, slots=True)
class LoopKnob(KnobPage):
    """How loud the loop is."""

    def param(self, facts: Facts) -> Param | None:
        """None on a board without a looper."""
        kind = KINDS["looper"]
        return None if facts.loop_level_db is None else kind.params[kind.index("level_db")]

    def title(self, facts: Facts) -> str:
        """The looper."""
        return "Looper"

    def value(self, facts: Facts) -> float:
        """As it is."""
        return facts.loop_level_db or 0.0

    def wish(self, value: float) -> AnyRequest:
        """For all presets."""
        return Loop(level_db=value)


@dataclass(frozen=True, slots=True)
class ReferenceKnob(KnobPage):
    """The tuner's A4."""

    def param(self, facts: Facts) -> Param | None:
        """A range of its own: it is no block's."""
        return _REFERENCE

    def title(self, facts: Facts) -> str:
        """The tuner."""
        return "Tuner"

    def value(self, facts: Facts) -> float:
        """As it is."""
        return facts.reference_hz

    def wish(self, value: float) -> AnyRequest:
        """Off or on as it was."""
        return Tune(reference_hz=value)
