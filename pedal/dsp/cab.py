"""Cabinet: one impulse response, or two blended, by direct convolution; low and high cut. Zero latency.

Nothing is deferred to a later period, so every period costs the same; what longer responses than a loudspeaker's would
want says W. G. Gardner, "Efficient convolution without input-output delay", JAES 43(3), 1995. Past
inputs lie in a ring that is written twice, a ring's length apart, so that the past is one piece wherever the ring
stands and never moved. Taps are stored reversed, so that every output is a sum over two rising runs.

There are always two sets of taps (the same one twice, if there is one response). Each channel hears a mix of them:
while the knobs rest, that mix is made into taps of its own, level included, and costs what one response costs;
while they turn, both sets are convolved and mixed frame by frame. The cuts are second-order Butterworth
(``biquad``). All of this is there with all the taps and with fewer, and the governor says with how many a cabinet
plays (``cab_sizes``, ``cab_convolve``).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pedal.dsp.biquad import COEFFICIENTS, STATES, biquad_run_kernel, biquad_step_kernel, cut_kernel
from pedal.dsp.block import State, own_f32, own_i64, plays, resets
from pedal.dsp.cab_convolve import (
    begin_change_kernel,
    cells_before_kernel,
    convolve_size_kernel,
    go_on_kernel,
    half_way_kernel,
    ring_frames,
)
from pedal.dsp.cab_sizes import sizes_of
from pedal.dsp.ramp import param_kernel, ramps_begin_kernel, ramps_next_kernel
from pedal.jit import kernel
from pedal.layout import (
    BUS_STRIDE,
    CHANNELS,
    DATA,
    F32,
    F64,
    I64,
    RATE,
    SCRATCH,
    SIZE_COUNT,
    SIZE_PLAYING,
    SIZE_WANTED,
    SIZE_WAY,
    SIZE_WORDS,
    SIZED,
    SPARE,
    TAPS,
)
from pedal.params.cab import CAB

LEVEL, LOW_CUT, HIGH_CUT = CAB.index("level_db"), CAB.index("low_cut_hz"), CAB.index("high_cut_hz")
MIX, WIDTH = CAB.index("mix"), CAB.index("width")
KNOBS = len(CAB.params) - 1
OWN_F32, OWN_I64 = own_f32(CAB), own_i64(CAB)
#: Own words: where the ring is written next, whether the mixed taps are out of date, and its sizes (``SIZED``).
HEAD, STALE, SIZES = 0, 1, 2
STEP_FRAMES = 4

_ONE = np.float32(1.0)


def state(rate_hz: int, data_cells: int) -> State:
    """Mixed taps of all sizes and rings of two channels, two cuts; it rings for as long as its taps last.

    ``data_cells`` are those of two sets of all taps.
    """
    taps = data_cells // 2
    f32 = 2 * sum(sizes_of(taps)) + 4 * ring_frames(taps)
    return State(f32=f32, f64=2 * (COEFFICIENTS + 2 * STATES), i64=SIZES + SIZE_WORDS, quiet_frames=taps)


@kernel
def share_kernel(f32: Any, i64: Any, row: int, channel: int) -> Any:
    """How much of the second response a channel hears: left from 0 on, right up to 1."""
    mix, width = param_kernel(f32, i64, row, MIX), param_kernel(f32, i64, row, WIDTH)
    return mix * (_ONE - width) if channel == 0 else mix + width * (_ONE - mix)


@kernel
def _set_cuts(f32: Any, f64: Any, i64: Any, row: int) -> None:
    at, rate_hz = i64[row + F64], i64[row + RATE]
    cut_kernel(f64, at, rate_hz, param_kernel(f32, i64, row, LOW_CUT), False)
    cut_kernel(f64, at + COEFFICIENTS, rate_hz, param_kernel(f32, i64, row, HIGH_CUT), True)


@kernel
def _set_cells(i64: Any, row: int) -> int:
    """Cells of one response in all sizes."""
    return cells_before_kernel(i64, i64[row + SIZED], i64[i64[row + SIZED] + SIZE_COUNT])


@kernel
def _mix_taps(f32: Any, i64: Any, row: int) -> None:
    """Taps of each channel, in all sizes, for the knobs as they stand."""
    cells, first, level = _set_cells(i64, row), i64[row + DATA], param_kernel(f32, i64, row, LEVEL)
    for channel in range(2):
        mixed, mix = i64[row + F32] + OWN_F32 + channel * cells, share_kernel(f32, i64, row, channel)
        for k in range(cells):
            f32[mixed + k] = level * (f32[first + k] + (f32[first + cells + k] - f32[first + k]) * mix)
    i64[i64[row + I64] + OWN_I64 + STALE] = 0


@kernel
def _remember(f32: Any, ring: int, size: int, head: int, at: int, n: int) -> None:
    """Write a block into a ring and its copy."""
    straight = min(n, size - head)
    for t in range(straight):
        f32[ring + head + t] = f32[at + t]
    for t in range(straight):
        f32[ring + size + head + t] = f32[at + t]
    for t in range(straight, n):
        f32[ring + head + t - size] = f32[at + t]
    for t in range(straight, n):
        f32[ring + head + t] = f32[at + t]


@kernel
def _play_turning(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int, left: int) -> None:
    """First responses on the bus, second ones in two scratch rows: mix and cut frame by frame."""
    cuts, memory = i64[row + F64], i64[row + F64] + 2 * COEFFICIENTS
    for t in range(n):
        if left > 0:
            left = ramps_next_kernel(f32, i64, row, KNOBS)
            if left % STEP_FRAMES == 0:
                _set_cuts(f32, f64, i64, row)
        level = param_kernel(f32, i64, row, LEVEL)
        for channel in range(i64[row + CHANNELS]):
            at, second = bus + channel * BUS_STRIDE + t, bus + (SCRATCH + channel) * BUS_STRIDE + t
            y = level * (f32[at] + (f32[second] - f32[at]) * share_kernel(f32, i64, row, channel))
            section = memory + 2 * channel * STATES
            y = biquad_step_kernel(f64, cuts, section, y)
            f32[at] = biquad_step_kernel(f64, cuts + COEFFICIENTS, section + STATES, y)
    i64[i64[row + I64] + OWN_I64 + STALE] = 1


@plays
def cab_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Convolve the bus in place."""
    own, words, sizes = i64[row + F32] + OWN_F32, i64[row + I64] + OWN_I64, i64[row + SIZED]
    cells, data, half = _set_cells(i64, row), i64[row + DATA], half_way_kernel(i64[row + RATE])
    size, head, spare = ring_frames(i64[row + TAPS]), i64[words + HEAD], bus + SPARE * BUS_STRIDE
    left = ramps_begin_kernel(f32, i64, row, KNOBS)
    if left == 0 and i64[words + STALE]:
        _mix_taps(f32, i64, row)
    step = begin_change_kernel(i64, sizes, half)
    newest = head if head >= i64[row + TAPS] - 1 else head + size  # all taps back from here is one piece
    for channel in range(i64[row + CHANNELS]):
        at, ring = bus + channel * BUS_STRIDE, own + 2 * cells + 2 * channel * size
        _remember(f32, ring, size, head, at, n)
        if left > 0:
            second = bus + (SCRATCH + channel) * BUS_STRIDE
            convolve_size_kernel(f32, i64, sizes, data + cells, ring + newest, step, half, second, spare, n)
            convolve_size_kernel(f32, i64, sizes, data, ring + newest, step, half, at, spare, n)
        else:
            mixed = own + channel * cells
            convolve_size_kernel(f32, i64, sizes, mixed, ring + newest, step, half, at, spare, n)
            section = i64[row + F64] + 2 * COEFFICIENTS + 2 * channel * STATES
            biquad_run_kernel(f32, f64, i64[row + F64], section, at, n)
            biquad_run_kernel(f32, f64, i64[row + F64] + COEFFICIENTS, section + STATES, at, n)
    if left > 0:
        _play_turning(f32, f64, i64, row, bus, n, left)
    if step != 0:
        go_on_kernel(i64, sizes, step, half, n)
    i64[words + HEAD] = head + n if head + n < size else head + n - size


@resets
def reset_cab_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Fresh taps and coefficients, of the size that is wanted; forget the past of both channels."""
    sizes = i64[row + SIZED]
    i64[sizes + SIZE_PLAYING] = min(max(i64[sizes + SIZE_WANTED], 0), i64[sizes + SIZE_COUNT] - 1)
    i64[sizes + SIZE_WAY] = 0
    _mix_taps(f32, i64, row)
    _set_cuts(f32, f64, i64, row)
    for k in range(4 * ring_frames(i64[row + TAPS])):
        f32[i64[row + F32] + OWN_F32 + 2 * _set_cells(i64, row) + k] = 0.0
    for k in range(4 * STATES):
        f64[i64[row + F64] + 2 * COEFFICIENTS + k] = 0.0
    i64[i64[row + I64] + OWN_I64 + HEAD] = 0
