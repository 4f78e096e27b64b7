"""Output level, mute, and a limiter (``limiter``) that only ever saves ears. Last row of a preset."""

from __future__ import annotations

from typing import Any

from pedal.dsp.block import State, own_f32, plays, resets
from pedal.dsp.guard import LIMIT
from pedal.dsp.limiter import falling_kernel, limit_kernel
from pedal.dsp.ramp import param_kernel, ramps_begin_kernel, ramps_next_kernel
from pedal.layout import CHANNELS, F32, RATE
from pedal.params.output import OUTPUT

LEVEL = OUTPUT.index("level_db")
CEILING = OUTPUT.index("ceiling_db")
MUTE = OUTPUT.index("mute")
KNOBS = 3

OWN_F32 = own_f32(OUTPUT)


def state(rate_hz: int, data_cells: int) -> State:
    """The limiter's envelope."""
    return State(f32=1)


@plays
def output_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Scale, mute and limit the bus in place."""
    memory = i64[row + F32] + OWN_F32
    falling, channels = falling_kernel(i64[row + RATE]), i64[row + CHANNELS]
    envelope = float(f32[memory])
    if not (envelope <= LIMIT):  # an infinite one would never fall
        envelope = 0.0
    left = ramps_begin_kernel(f32, i64, row, KNOBS)
    for t in range(n):
        if left > 0:
            left = ramps_next_kernel(f32, i64, row, KNOBS)
        top = param_kernel(f32, i64, row, CEILING)
        gain = param_kernel(f32, i64, row, LEVEL) * (1.0 - param_kernel(f32, i64, row, MUTE))
        envelope = limit_kernel(f32, bus + t, channels, gain, top, envelope * falling)
    f32[memory] = envelope


@resets
def reset_output_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Nothing loud was heard."""
    f32[i64[row + F32] + OWN_F32] = 0.0
