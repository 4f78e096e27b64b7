"""DC blocker: a first-order high-pass at 5 Hz.

Amp models idle at a constant that is not zero and differs between widths. With
``y[t] = x[t] - x[t-1] + r y[t-1]``, ``r = exp(-2 pi f / rate)`` (J. O. Smith, "Introduction to Digital
Filters with Audio Applications", 2007, "DC Blocker").
"""

from __future__ import annotations

import math
from typing import Any

from pedal.dsp.block import State, plays, resets
from pedal.layout import BUS_STRIDE, CHANNELS, F64, RATE

CORNER_HZ = 5.0
STATE_F64 = 4  # previous input and output of two channels


def state(rate_hz: int, data_cells: int) -> State:
    """Two frames of two channels."""
    return State(f64=STATE_F64)


@plays
def dc_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Filter the bus in place, in float64: the pole is too near 1 for float32."""
    pole = math.exp(-2.0 * math.pi * CORNER_HZ / i64[row + RATE])
    for channel in range(i64[row + CHANNELS]):
        at = bus + channel * BUS_STRIDE
        memory = i64[row + F64] + 2 * channel
        previous, y = f64[memory], f64[memory + 1]
        for t in range(n):
            x = float(f32[at + t])
            y = x - previous + pole * y
            previous = x
            f32[at + t] = y
        f64[memory], f64[memory + 1] = previous, y


@resets
def reset_dc_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Forget the last frames."""
    for k in range(STATE_F64):
        f64[i64[row + F64] + k] = 0.0
