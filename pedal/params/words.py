"""A parameter's value in words, as the page shows it and as a player types it: ``-6.0 dB``, ``350 ms``, ``plate``.

Used by the panel, for knobs and for ``pedal set``. Whatever ``shown`` says, ``parse_shown`` reads back. Pure.
"""

from __future__ import annotations

import math
import re

from pedal.errors import PresetError, did_you_mean
from pedal.params.param import Param

#: What may stand behind a number, by the unit of the table: how much of that it is.
_UNITS = {
    "dB": {"dB": 1.0},
    "Hz": {"Hz": 1.0, "kHz": 1e3},
    "s": {"ms": 1e-3, "s": 1.0},
    "bpm": {"bpm": 1.0},
    "cents": {"cents": 1.0},
}
_PERCENT = {"%": 1e-2}
_SWITCH = {"on": 1.0, "off": 0.0, "true": 1.0, "false": 0.0}
_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(\S*)", re.IGNORECASE)


def shown(param: Param, value: float) -> str:
    """A value as the page says it: ``+3.5 dB``, ``120 ms``, ``1.2 kHz``, ``40 %``, ``on``."""
    if param.unit == "on/off":
        return "on" if value >= 0.5 else "off"
    if param.words:
        return param.words[round(value)]
    if param.as_percent:
        return f"{round(100.0 * value)} %"
    if param.unit == "dB":
        return f"{round(value, 1) + 0.0:+.1f} dB"  # + 0.0: no "-0.0"
    if param.unit == "s" and value < 0.9995:  # what would be rounded to 1000 ms is a second
        return f"{1e3 * value:.3g} ms"
    if param.unit == "Hz" and value >= 999.5:
        return f"{1e-3 * value:.3g} kHz"
    return f"{value:.3g} {param.unit}".rstrip()


def parse_shown(param: Param, text: str, where: str) -> float:
    """What a player typed, in the parameter's own unit: one of its words, or a number with or without a unit.

    Raises:
        PresetError: neither, or out of range; with what was probably meant.
    """
    word = text.strip().lower()
    if param.unit == "on/off" or param.words:
        words = _SWITCH if param.unit == "on/off" else {known.lower(): i for i, known in enumerate(param.words)}
        if word not in words:
            hint = did_you_mean(word, list(words)[:2] if words is _SWITCH else param.words)
            raise PresetError(f"{param.name} cannot be '{text:.40}'", where=where, hint=hint)
        return float(words[word])
    return param.checked(_number(param, text, where), where)


def parse_step(param: Param, text: str, where: str) -> float:
    """By how much a player would have it turned, in the parameter's own unit; of words, by how many.

    Raises:
        PresetError: no number, or in another unit.
    """
    return _number(param, text, where)


def _number(param: Param, text: str, where: str) -> float:
    """A number with or without a unit, in the parameter's own."""
    units = _PERCENT if param.as_percent else _UNITS.get(param.unit, {})
    usual = f"Use {param.low:g} to {param.high:g} {param.unit}".rstrip()
    number = _NUMBER.fullmatch(text.strip().lower())
    if number is None:
        raise PresetError(f"{param.name} cannot be '{text:.40}'", where=where, hint=usual)
    factors = {unit.lower(): factor for unit, factor in units.items()}
    if number[2] and number[2] not in factors:
        hint = f"Write {' or '.join(units)}, or nothing" if units else "Write a number alone"
        raise PresetError(f"{param.name} is not in '{number[2]:.20}'", where=where, hint=hint)
    # 95 * 0.01 is a little more than 0.95, which would be refused where that is the end.
    return float(f"{float(number[1]) * factors.get(number[2], 1.0):.12g}")


def value_at(param: Param, turn_norm: float) -> float:
    """Where a knob that stands at ``turn_norm`` (0 to 1) puts the parameter: equal turns add, or multiply."""
    if param.taper == "log":
        value = param.low * (param.high / param.low) ** turn_norm
    else:
        value = param.low + (param.high - param.low) * turn_norm
    # Digits that nobody turned would be kept in presets; what the rounding adds beyond an end is taken off.
    return min(max(float(f"{value:.4g}"), param.low), param.high)


def turn_of(param: Param, value: float) -> float:
    """Where a knob stands that would put the parameter at ``value``: the inverse of ``value_at``."""
    if param.taper == "log":
        return math.log(value / param.low) / math.log(param.high / param.low)
    return (value - param.low) / (param.high - param.low)


def stepped(param: Param, value: float, clicks: int, steps: int) -> float:
    """A value so many clicks of an encoder further: words go by the click, the rest by ``steps`` of its own step."""
    if param.words or param.unit == "on/off":
        return min(max(value + clicks, param.low), param.high)
    if param.taper == "log":
        return value_at(param, min(max(turn_of(param, value) + steps / 100.0, 0.0), 1.0))
    return min(max(float(f"{value + steps * param.step:.6g}"), param.low), param.high)
