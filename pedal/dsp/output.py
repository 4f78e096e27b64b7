"""Output level, mute, and a limiter that only ever saves ears. Last row of every chain.

The limiter has no look-ahead (no latency): its envelope jumps up with a peak and falls slowly, and
the gain is ``ceiling / envelope`` whenever the envelope is above the ceiling, one gain for both
channels. No frame leaves above the ceiling.
"""

from __future__ import annotations

import math
from typing import Any

from pedal.dsp.guard import LIMIT
from pedal.dsp.ramp import RAMP_CELLS, ramp_begin_kernel, ramp_frames_kernel, ramp_next_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, I64, PARAMS, RATE
from pedal.params import KINDS

LEVEL = KINDS["output"].index("level_db")
CEILING = KINDS["output"].index("ceiling_db")
MUTE = KINDS["output"].index("mute")

RELEASE_S = 0.06
RAMPS = 3  # level, ceiling, mute
STATE_F32 = RAMPS * RAMP_CELLS + 1
STATE_I64 = RAMPS


@kernel
def output_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Scale, mute and limit the bus in place."""
    params, state, words = i64[row + PARAMS], i64[row + F32], i64[row + I64]
    rate_hz = i64[row + RATE]
    frames = ramp_frames_kernel(rate_hz)
    level, ceiling, mute = state, state + RAMP_CELLS, state + 2 * RAMP_CELLS
    ramp_begin_kernel(f32, i64, level, words, f32[params + LEVEL], frames)
    ramp_begin_kernel(f32, i64, ceiling, words + 1, f32[params + CEILING], frames)
    ramp_begin_kernel(f32, i64, mute, words + 2, f32[params + MUTE], frames)
    falling = math.exp(-1.0 / (RELEASE_S * rate_hz))
    channels = i64[row + CHANNELS]
    envelope = f32[state + RAMPS * RAMP_CELLS]
    if not (envelope <= LIMIT):  # an infinite one would never fall
        envelope = 0.0
    for t in range(n):
        gain = ramp_next_kernel(f32, i64, level, words)
        top = ramp_next_kernel(f32, i64, ceiling, words + 1)
        gain *= 1.0 - ramp_next_kernel(f32, i64, mute, words + 2)
        envelope *= falling
        for channel in range(channels):
            envelope = max(envelope, abs(f32[bus + channel * BUS_STRIDE + t] * gain))
        if envelope > top:
            gain *= top / envelope
        for channel in range(channels):
            f32[bus + channel * BUS_STRIDE + t] *= gain
    f32[state + RAMPS * RAMP_CELLS] = envelope
