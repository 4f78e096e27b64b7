"""What a parameter and a kind of block are: the columns of the parameter table.

Each kind has a file of its own in this package; ``pedal.params`` collects them. Pure; knows only ``units``
and ``errors``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from pedal.errors import PresetError, did_you_mean
from pedal.params.numbers import KIND_NUMBERS
from pedal.units import gain_from_db

#: All ramps last this long, whatever the period.
RAMP_S = 0.02


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter.

    Attributes:
        name: as in presets and commands; carries its unit.
        unit: ``dB``, ``Hz``, ``s``, ``on/off``, ``choice`` or empty.
        low, high, default: in that unit; of a choice its number.
        label: what the screen shows.
        as_gain: the kernel reads the linear gain of this dB value.
        as_percent: a share, which players read in percent.
        step: the least that a knob turns.
        taper: of a knob: equal turns add (``linear``) or multiply (``log``).
        words: of a choice, what presets and screens call its numbers.
        builds: another word costs otherwise, so the chain is built anew, and there is room for it before it is heard.
    """

    name: str
    unit: str
    low: float
    high: float
    default: float
    label: str
    as_gain: bool = False
    as_percent: bool = False
    step: float = 0.01
    taper: Literal["linear", "log"] = "linear"
    words: tuple[str, ...] = ()
    builds: bool = False

    def checked(self, value: float, where: str) -> float:
        """``value`` if it is finite and in range.

        Raises:
            PresetError: with the range.
        """
        if not math.isfinite(value) or not self.low <= value <= self.high:
            raise PresetError(
                f"{self.name} = {value:g} is out of range",
                where=where,
                hint=f"Use {self.low:g} to {self.high:g} {self.unit}".rstrip(),
            )
        return float(round(value) if self.words else value)

    def parsed(self, value: object, where: str) -> float:
        """A value as files and commands have it: true or false, one of the words, or a number.

        Raises:
            PresetError: of the wrong kind, or out of range.
        """
        if self.unit == "on/off":
            if not isinstance(value, bool):
                raise PresetError(f"{self.name} must be true or false", where=where)
        elif self.words:
            if value not in self.words:
                hint = did_you_mean(str(value)[:40], self.words)
                raise PresetError(f"{self.name} = {value!r:.40}", where=where, hint=hint)
            return float(self.words.index(str(value)))
        elif isinstance(value, bool) or not isinstance(value, (int, float)):
            raise PresetError(f"{self.name} must be a number", where=where, hint=f"Use {self.low:g} to {self.high:g}")
        # Compared before it becomes a float: an integer of hundreds of digits would not fit one.
        return self.checked(float(value) if abs(value) < 1e9 else math.inf, where)

    def shown(self, value: float) -> float | bool | str:
        """The value as files have it."""
        if self.unit == "on/off":
            return bool(value)
        return self.words[int(value)] if self.words else float(value)

    def kernel_value(self, value: float) -> float:
        """The float that goes into shared memory."""
        return gain_from_db(value) if self.as_gain else float(value)


@dataclass(frozen=True, slots=True)
class Option:
    """What a preset says of a block that no knob turns: it changes what is built. Words, a whole number, or a file.

    Attributes:
        name: as in presets.
        default: where a preset does not say.
        label: what players read.
        words: one of these.
        low, high: of a number.
        asset: it is the name of a file, and may be left out.
        widens: where it is given, the block makes two channels of one.
    """

    name: str
    default: str | int
    label: str
    words: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    asset: bool = False
    widens: bool = False

    def parsed(self, value: object, where: str) -> str | int:
        """A value as files have it; of files, the name is checked by whoever knows names.

        Raises:
            PresetError: none of the words, or out of range.
        """
        if self.asset:
            return str(value)
        if self.words:
            if value not in self.words:
                hint = did_you_mean(str(value)[:40], self.words)
                raise PresetError(f"{self.name} = {value!r:.40}", where=where, hint=hint)
            return str(value)
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            hint = f"Use a whole number from {self.low} to {self.high}"
            raise PresetError(f"{self.name} = {value!r:.40}", where=where, hint=hint)
        return value


@dataclass(frozen=True, slots=True)
class BlockKind:
    """One kind of block: its parameters in the order of their memory cells.

    Attributes:
        name: as in presets.
        label: what players read.
        params: cell ``i`` of a block's parameter region is ``params[i]``.
        asset: the preset key that names a file (``model``, ``impulse``), or empty.
        implicit: in every chain exactly once, not listed among a preset's blocks.
        bypass: what the chain does while it is bypassed. ``cut``: cross-fades to the dry sound, then forgets
            and skips it. ``tail``: fades its input out and the dry sound in, lets it ring, skips it when it has
            rung out. ``own``: nothing; it has no bypass, or sees to it itself.
        widens: makes two channels of one.
        meter: what the number means that its kernel keeps for ``pedal status``; empty if there is none.
        about: what it does, in a sentence or two for players.
        options: what else a preset may say.
        outside: in every chain, but no preset's: how the pedal is connected (``pedal output``).
    """

    name: str
    label: str
    params: tuple[Param, ...]
    asset: str = ""
    implicit: bool = False
    bypass: Literal["cut", "tail", "own"] = "cut"
    widens: bool = False
    meter: str = ""
    about: str = ""
    options: tuple[Option, ...] = ()
    outside: bool = False

    @property
    def number(self) -> int:
        """What a row calls it."""
        return KIND_NUMBERS[self.name]

    def option(self, name: str) -> Option | None:
        """Its option of that name, if it has one."""
        return next((option for option in self.options if option.name == name), None)

    def index(self, name: str, where: str = "") -> int:
        """Memory cell of parameter ``name``.

        Raises:
            PresetError: unknown name, with the nearest known one.
        """
        for i, param in enumerate(self.params):
            if param.name == name:
                return i
        hint = did_you_mean(name, [p.name for p in self.params])
        raise PresetError(f"block '{self.name}' has no parameter '{name}'", where=where, hint=hint)


#: Every block's first cell: 0 plays, 1 is bypassed (cross-faded, never cut).
BYPASS = Param("bypass", "on/off", 0.0, 1.0, 0.0, "Bypass", step=1.0)


def gain(name: str, low: float, high: float, default: float, label: str) -> Param:
    """A level in dB that the kernel reads as a linear gain."""
    return Param(name, "dB", low, high, default, label, as_gain=True, step=0.5)


def decibels(name: str, low: float, high: float, default: float, label: str) -> Param:
    """A number of dB that the kernel reads as such."""
    return Param(name, "dB", low, high, default, label, step=0.5)


def hertz(name: str, low: float, high: float, default: float, label: str) -> Param:
    """A frequency that is heard, or a slow one."""
    return Param(name, "Hz", low, high, default, label, step=1.0 if low >= 20.0 else 0.01, taper="log")


def seconds(name: str, low: float, high: float, default: float, label: str) -> Param:
    """A time; its knob multiplies where the range does not begin at nothing."""
    step = 0.0001 if 0.0 < low < 0.001 else 0.001
    return Param(name, "s", low, high, default, label, step=step, taper="log" if low > 0.0 else "linear")


def share(name: str, default: float, label: str, low: float = 0.0, high: float = 1.0) -> Param:
    """A number without a unit, from nothing to everything unless told otherwise."""
    return Param(name, "", low, high, default, label, as_percent=True)


def switch(name: str, label: str, *, default: bool = False) -> Param:
    """On or off."""
    return Param(name, "on/off", 0.0, 1.0, float(default), label, step=1.0)


def choice(name: str, words: tuple[str, ...], label: str, default: int = 0, *, builds: bool = False) -> Param:
    """One of some words; the kernel reads its number."""
    return Param(name, "choice", 0.0, len(words) - 1.0, default, label, step=1.0, words=words, builds=builds)


def block(
    name: str,
    label: str,
    *params: Param,
    asset: str = "",
    implicit: bool = False,
    bypass: Literal["cut", "tail", "own"] = "cut",
    widens: bool = False,
    meter: str = "",
    about: str = "",
    options: tuple[Option, ...] = (),
    outside: bool = False,
) -> BlockKind:
    """A kind of block: ``BYPASS``, then ``params``."""
    return BlockKind(name, label, (BYPASS, *params), asset, implicit, bypass, widens, meter, about, options, outside)
