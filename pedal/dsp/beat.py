"""The time and the rate of a block that follows the beat: its own knob's, or a part of the tapped tempo.

Called by the effects that have a ``division``, at their control steps. A division says how many beats a time or a turn
lasts (``params/tempo``); ``free``, the first, leaves it to the knob.
"""

from __future__ import annotations

from typing import Any

from pedal.dsp.control import target_kernel
from pedal.dsp.ramp import param_kernel
from pedal.jit import kernel


@kernel
def beat_s_kernel(f32: Any, i64: Any, row: int, time: int, division: int, tempo: int, beats: Any) -> float:
    """The time that is asked for, seconds; ``time``, ``division`` and ``tempo`` are cells of the row's parameters.

    Where the ramps go, not where they stand: a time that has to be glided to knows how itself.
    """
    index = int(target_kernel(f32, i64, row, division))
    if 0 < index < len(beats):
        return 60.0 / max(1.0, target_kernel(f32, i64, row, tempo)) * beats[index]
    return float(target_kernel(f32, i64, row, time))


@kernel
def beat_hz_kernel(f32: Any, i64: Any, row: int, rate: int, division: int, tempo: int, beats: Any) -> float:
    """Turns a second, on their ramps; ``rate``, ``division`` and ``tempo`` are cells of the row's parameters."""
    index = int(target_kernel(f32, i64, row, division))
    if 0 < index < len(beats):
        return param_kernel(f32, i64, row, tempo) / (60.0 * beats[index])
    return float(param_kernel(f32, i64, row, rate))
