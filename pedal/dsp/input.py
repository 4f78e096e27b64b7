"""Input trim, and the key that the gate listens to. First row of every chain."""

from __future__ import annotations

from typing import Any

from pedal.dsp.ramp import RAMP_CELLS, ramp_frames_kernel, ramped_gain_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, GAINS, I64, KEY, PARAMS, RATE
from pedal.params import KINDS

TRIM = KINDS["input"].index("trim_db")
#: State: one ramp per channel, so that both see the same gain.
STATE_F32 = 2 * RAMP_CELLS
STATE_I64 = 2


@kernel
def input_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Trim the bus in place and copy its left row to the key row."""
    target = f32[i64[row + PARAMS] + TRIM]
    frames = ramp_frames_kernel(i64[row + RATE])
    for channel in range(i64[row + CHANNELS]):
        at = bus + channel * BUS_STRIDE
        cells = i64[row + F32] + channel * RAMP_CELLS
        left = i64[row + I64] + channel
        ramped_gain_kernel(f32, i64, cells, left, target, frames, bus + GAINS * BUS_STRIDE, at, n)
    key = bus + KEY * BUS_STRIDE
    for t in range(n):
        f32[key + t] = f32[bus + t]
