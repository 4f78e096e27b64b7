"""The one parameter table: every knob of every block, its range, unit, taper and default.

Knobs, screens, commands, presets and the chain all read it. A player's value (dB, Hz, ...)
becomes the float a kernel reads by ``kernel_value``; kernels ramp to it over ``ramp_s``.
Pure; knows only ``units`` and ``errors``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from pedal.errors import PresetError, did_you_mean
from pedal.units import gain_from_db

#: All ramps last this long, whatever the period.
RAMP_S = 0.02


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter.

    Attributes:
        name: as in presets and commands; carries its unit.
        unit: ``dB``, ``Hz``, ``s``, ``on/off`` or empty.
        low, high, default: in that unit.
        label: what the screen shows.
        as_gain: the kernel reads the linear gain of this dB value.
    """

    name: str
    unit: str
    low: float
    high: float
    default: float
    label: str
    as_gain: bool = False

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
        return float(value)

    def kernel_value(self, value: float) -> float:
        """The float that goes into shared memory."""
        return gain_from_db(value) if self.as_gain else float(value)


@dataclass(frozen=True, slots=True)
class BlockKind:
    """One kind of block: its parameters in the order of their memory cells.

    Attributes:
        name: as in presets.
        label: what players read.
        params: cell ``i`` of a block's parameter region is ``params[i]``.
        asset: the preset key that names a file (``model``, ``impulse``), or empty.
        implicit: in every chain exactly once, not listed among a preset's blocks.
    """

    name: str
    label: str
    params: tuple[Param, ...]
    asset: str = ""
    implicit: bool = False

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
BYPASS = Param("bypass", "on/off", 0.0, 1.0, 0.0, "Bypass")


def _db(name: str, low: float, high: float, default: float, label: str, *, gain: bool = True) -> Param:
    return Param(name, "dB", low, high, default, label, as_gain=gain)


def _block(name: str, label: str, *params: Param, asset: str = "", implicit: bool = False) -> BlockKind:
    return BlockKind(name, label, (BYPASS, *params), asset, implicit)


KINDS: dict[str, BlockKind] = {
    kind.name: kind
    for kind in (
        _block("input", "Input", _db("trim_db", -24, 24, 0, "Trim"), implicit=True),
        _block(
            "gate",
            "Gate",
            _db("threshold_db", -100, 0, -70, "Threshold"),
            Param("hold_s", "s", 0.0, 1.0, 0.05, "Hold"),
            Param("release_s", "s", 0.005, 2.0, 0.12, "Release"),
            _db("hysteresis_db", 0, 24, 6, "Hysteresis"),
            _db("range_db", -120, 0, -90, "Range"),
        ),
        _block(
            "amp",
            "Amp",
            _db("drive_db", -24, 24, 0, "Drive"),
            _db("level_db", -40, 24, 0, "Level"),
            asset="model",
        ),
        _block(
            "tone",
            "Tone",
            _db("bass_db", -15, 15, 0, "Bass", gain=False),
            _db("mid_db", -15, 15, 0, "Mid", gain=False),
            _db("treble_db", -15, 15, 0, "Treble", gain=False),
        ),
        _block("cab", "Cab", _db("level_db", -40, 24, 0, "Level"), asset="impulse"),
        _block("dc", "DC blocker", implicit=True),
        _block(
            "output",
            "Output",
            _db("level_db", -60, 12, 0, "Level"),
            _db("ceiling_db", -12, 0, -1, "Ceiling"),
            Param("mute", "on/off", 0.0, 1.0, 0.0, "Mute"),
            implicit=True,
        ),
    )
}


def kind_named(name: str, where: str = "") -> BlockKind:
    """The block kind called ``name``.

    Raises:
        PresetError: unknown kind, with the nearest known one.
    """
    if name in KINDS:
        return KINDS[name]
    raise PresetError(f"there is no block '{name}'", where=where, hint=did_you_mean(name, KINDS).rstrip("."))
