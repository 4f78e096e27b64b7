"""The amp row: sum (or one side of two), drive, remember the input, play the model's current width, level.

Called by the chain, once a period. A bypassed amp plays no width at all and costs nothing; it
comes back when the understudy has a warm state for it, and fades in then.
"""

from __future__ import annotations

from typing import Any

from pedal.dsp.block import State, plays, resets
from pedal.dsp.ramp import ramp_begin_kernel, ramp_frames_kernel, ramp_next_kernel, ramped_gain_kernel
from pedal.jit import kernel
from pedal.jit.machine import store_release
from pedal.layout import (
    AMP_CELLS,
    AMP_DRIVE,
    AMP_ENGAGED,
    AMP_HEAD,
    AMP_INPUT_GAIN,
    AMP_LEVEL,
    AMP_OUTPUT_GAIN,
    AMP_PAST,
    AMP_PLANS,
    AMP_PLAYED,
    AMP_PLAYING,
    AMP_RAMP_COUNTS,
    AMP_RING,
    AMP_RING_FRAMES,
    AMP_TWIN,
    AMP_WET,
    AMP_WORDS,
    AMP_X,
    AMP_Y,
    BUS_STRIDE,
    CHANNELS,
    F32,
    GAINS,
    I64,
    NO_WIDTH,
    PARAMS,
    PAST_FRAMES,
    PRICE,
    RATE,
    SIDE,
    SIDE_BOTH,
    SIDE_LEFT,
    SIDE_RIGHT,
    SPLICE_LEFT,
)
from pedal.nam.kernels import rest_model_kernel
from pedal.params.amp import AMP
from pedal.params.param import BYPASS
from pedal.rig.spend import spend_kernel
from pedal.rig.splice import splice_width_kernel
from pedal.rig.width import change_width_kernel, play_width_kernel

BYPASS_CELL = AMP.index(BYPASS.name)
DRIVE = AMP.index("drive_db")
LEVEL = AMP.index("level_db")
#: Ramp counters, in the record.
WET_LEFT, DRIVE_LEFT, LEVEL_LEFT = AMP_RAMP_COUNTS, AMP_RAMP_COUNTS + 1, AMP_RAMP_COUNTS + 2


def state(rate_hz: int, data_cells: int) -> State:
    """Its record and cells are all its own (``layout``): an amp's memory does not begin like other blocks'."""
    return State(f32=AMP_CELLS, i64=AMP_WORDS)


@kernel
def _listen(f32: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Sum to mono (or hear one side), drive, and append to the amp's ring."""
    amp, state = i64[row + I64], i64[row + F32]
    x = state + AMP_X
    if i64[row + SIDE] == SIDE_RIGHT:
        for t in range(n):
            f32[x + t] = f32[bus + BUS_STRIDE + t]
    elif i64[row + SIDE] == SIDE_BOTH and i64[row + CHANNELS] == 2:
        for t in range(n):
            f32[x + t] = 0.5 * (f32[bus + t] + f32[bus + BUS_STRIDE + t])
    else:
        for t in range(n):
            f32[x + t] = f32[bus + t]
    frames = ramp_frames_kernel(i64[row + RATE])
    target = f32[i64[row + PARAMS] + DRIVE] * f32[state + AMP_INPUT_GAIN]
    gains = bus + GAINS * BUS_STRIDE
    ramped_gain_kernel(f32, i64, state + AMP_DRIVE, amp + DRIVE_LEFT, target, frames, gains, x, n)
    head, mask, ring = i64[amp + AMP_HEAD], i64[amp + AMP_RING_FRAMES] - 1, i64[amp + AMP_RING]
    for t in range(n):
        f32[ring + ((head + t) & mask)] = f32[x + t]
    store_release(i64, amp + AMP_HEAD, head + n)


@kernel
def _play(f32: Any, i64: Any, row: int, n: int) -> None:
    """The playing width's output, with what is left of a splice, in the amp's Y block."""
    amp, state = i64[row + I64], i64[row + F32]
    y = state + AMP_Y
    play_width_kernel(f32, i64, row, i64[amp + AMP_PLAYING], state + AMP_X, y, n)
    splice_width_kernel(f32, i64, amp, state, y, n)
    head = i64[amp + AMP_HEAD]
    for t in range(max(0, n - PAST_FRAMES), n):
        f32[state + AMP_PAST + ((head - n + t) & (PAST_FRAMES - 1))] = f32[y + t]
    store_release(i64, amp + AMP_PLAYED, head)


@plays
def amp_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Replace the bus by the amp's output (in every channel that is its)."""
    amp, state, params = i64[row + I64], i64[row + F32], i64[row + PARAMS]
    engaged, twin = f32[params + BYPASS_CELL] < 0.5, i64[amp + AMP_TWIN]
    if twin != 0 and i64[row + SIDE] == SIDE_RIGHT:  # both come and go in the same period
        engaged = i64[twin + AMP_ENGAGED] != 0
    store_release(i64, amp + AMP_ENGAGED, 1 if engaged else 0)
    if engaged:
        change_width_kernel(f32, i64, row, bus, n)
    _listen(f32, i64, row, bus, n)
    if i64[amp + AMP_PLAYING] == NO_WIDTH:
        store_release(i64, amp + AMP_PLAYED, i64[amp + AMP_HEAD])
        return
    _play(f32, i64, row, n)
    spend_kernel(i64, row + PRICE, n)
    y, rate_frames = state + AMP_Y, ramp_frames_kernel(i64[row + RATE])
    gains = bus + GAINS * BUS_STRIDE
    level = f32[params + LEVEL] * f32[state + AMP_OUTPUT_GAIN]
    ramped_gain_kernel(f32, i64, state + AMP_LEVEL, amp + LEVEL_LEFT, level, rate_frames, gains, y, n)
    first = 1 if i64[row + SIDE] == SIDE_RIGHT else 0
    last = 1 if i64[row + SIDE] == SIDE_LEFT else i64[row + CHANNELS]
    wet = 1.0 if engaged else 0.0
    moving = ramp_begin_kernel(f32, i64, state + AMP_WET, amp + WET_LEFT, wet, rate_frames)
    for t in range(n):
        mix = ramp_next_kernel(f32, i64, state + AMP_WET, amp + WET_LEFT) if moving else f32[state + AMP_WET]
        for channel in range(first, last):
            at = bus + channel * BUS_STRIDE + t
            f32[at] += (f32[y + t] - f32[at]) * mix
    if not engaged and i64[amp + WET_LEFT] == 0:
        i64[amp + AMP_PLAYING] = NO_WIDTH


@resets
def reset_amp_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """The playing width as after silence, no splice running."""
    amp, state = i64[row + I64], i64[row + F32]
    if i64[amp + AMP_PLAYING] != NO_WIDTH:
        rest_model_kernel(f32, i64, i64[amp + AMP_PLANS + i64[amp + AMP_PLAYING]])
    for k in range(PAST_FRAMES):
        f32[state + AMP_PAST + k] = 0.0
    i64[amp + SPLICE_LEFT] = 0
