"""From the restless readings of a knob to turns that mean something. Pure: time is an argument.

``Wiper`` is used by ``inputs_adc`` (its thread) for what the converter says, ``PickUp`` by the panel's loop for what
may become of it; both in pedal-panel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Readings follow the hand this fast; noise of the converter is averaged.
SMOOTHING_S = 0.03
#: What moves less is noise: two steps of ten bits and a half.
DEAD_BAND_NORM = 2.5 / 1024
#: So close to an end, the end is meant: wipers and supplies do not reach it exactly.
END_NORM = 0.006
#: Values are rounded; what differs less is what the knob itself has set.
_SAME_NORM = 1e-3


@dataclass(frozen=True, slots=True)
class Turn:
    """A knob stands somewhere else now: 0 is fully left, 1 fully right."""

    knob: str
    value_norm: float


class Wiper:
    """Smooths the readings of one knob and tells a turn from noise."""

    def __init__(self) -> None:
        self._smooth: float | None = None
        self._told = math.nan
        self._at_s = 0.0

    def read(self, value_norm: float, at_s: float) -> float | None:
        """Take a reading at ``at_s`` (monotonic seconds); where the knob stands, if that is news.

        The first reading always is: somebody has to know where the knob stands.
        """
        if self._smooth is None:
            self._smooth = value_norm
        else:
            self._smooth += (value_norm - self._smooth) * -math.expm1((self._at_s - at_s) / SMOOTHING_S)
        self._at_s = at_s
        now = _with_ends(self._smooth)
        at_new_end = now in (0.0, 1.0) and now != self._told
        if abs(now - self._told) < DEAD_BAND_NORM and not at_new_end:
            return None
        self._told = now
        return now


class PickUp:
    """Keeps a parameter from jumping to a knob that stands elsewhere.

    The knob takes hold when it comes to where the parameter is, or passes it, and keeps hold until something else
    moves the parameter: a preset, a command.
    """

    def __init__(self) -> None:
        self._knob: float | None = None
        self._set: float | None = None

    def turned(self, to_norm: float, parameter_norm: float) -> bool:
        """Whether the parameter, now at ``parameter_norm``, shall follow the knob to ``to_norm``."""
        before, self._knob = self._knob, to_norm
        if before is None:  # where it stands when the pedal starts is no turn
            return False
        held = self._set is not None and abs(parameter_norm - self._set) < _SAME_NORM
        if not held:  # near it, or just past it
            near = min(abs(before - parameter_norm), abs(to_norm - parameter_norm)) <= 2 * DEAD_BAND_NORM
            held = near or (before - parameter_norm) * (to_norm - parameter_norm) <= 0.0
        self._set = to_norm if held else None
        return held


def _with_ends(value_norm: float) -> float:
    """Stretched a little, so that both ends are reached."""
    return min(max((value_norm - END_NORM) / (1.0 - 2.0 * END_NORM), 0.0), 1.0)
