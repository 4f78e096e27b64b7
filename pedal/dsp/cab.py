"""Cabinet: one impulse response, or two blended, by direct convolution; low and high cut. Zero latency.

Nothing is deferred to a later period, so every period costs the same; what longer responses than a loudspeaker's would
want says W. G. Gardner, "Efficient convolution without input-output delay", JAES 43(3), 1995. Past
inputs lie in a ring that is written twice, a ring's length apart, so that the past is one piece wherever the ring
stands and never moved. Taps are stored reversed, so that every output is a sum over two rising runs.

There are always two sets of taps (the same one twice, if there is one response). Each channel hears a mix of them:
while the knobs rest, that mix is made into taps of its own, level included, and costs what one response costs;
while they turn, both sets are convolved and mixed frame by frame. The cuts are second-order Butterworth
(``biquad``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pedal.dsp.biquad import COEFFICIENTS, STATES, biquad_run_kernel, biquad_step_kernel, cut_kernel
from pedal.dsp.block import State, own_f32, own_i64, plays, resets
from pedal.dsp.fir_tiles import LONG_FRAMES, SHORT_FRAMES, fir_long_tile, fir_short_tile
from pedal.dsp.ramp import param_kernel, ramps_begin_kernel, ramps_next_kernel
from pedal.jit import kernel
from pedal.jit.vectors import GROUP
from pedal.layout import BUS_STRIDE, CHANNELS, DATA, F32, F64, I64, MAX_FRAMES, RATE, SCRATCH, TAPS
from pedal.params.cab import CAB

LEVEL, LOW_CUT, HIGH_CUT = CAB.index("level_db"), CAB.index("low_cut_hz"), CAB.index("high_cut_hz")
MIX, WIDTH = CAB.index("mix"), CAB.index("width")
KNOBS = len(CAB.params) - 1
OWN_F32, OWN_I64 = own_f32(CAB), own_i64(CAB)
HEAD, STALE = 0, 1  # own words: where the ring is written next, and whether the mixed taps are out of date
STEP_FRAMES = 4
#: A response that is cut ends in a half cosine over this part of it.
FADE_SHARE = 0.125

_ONE = np.float32(1.0)


def two_sets(impulses: Sequence[NDArray[np.float32]], most: int) -> NDArray[np.float32]:
    """One or two responses as the kernel wants them: cut to ``most`` taps, reversed, filled up to whole groups."""
    cut = [_cut(impulse, most) for impulse in impulses]
    size = -(-max(impulse.size for impulse in cut) // GROUP) * GROUP
    sets = [np.pad(impulse[::-1], (size - impulse.size, 0)) for impulse in (cut[0], cut[-1])]
    return np.concatenate(sets).astype(np.float32)


def _cut(impulse: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    if impulse.size <= most:
        return impulse
    fade = max(1, int(most * FADE_SHARE))
    cut = impulse[:most].copy()
    cut[-fade:] *= (0.5 + 0.5 * np.cos(np.pi * (np.arange(fade) + 1) / (fade + 1))).astype(np.float32)
    return cut


@kernel
def ring_frames(taps: int) -> int:
    """Length of a channel's ring: the past, a block, and what the last tile reads beyond."""
    return (taps + MAX_FRAMES + LONG_FRAMES + 15) // 16 * 16


def state(rate_hz: int, data_cells: int) -> State:
    """Mixed taps and rings of two channels, two cuts; it rings for as long as its taps last."""
    taps = data_cells // 2
    cuts = 2 * (COEFFICIENTS + 2 * STATES)
    return State(f32=2 * taps + 4 * ring_frames(taps), f64=cuts, i64=2, quiet_frames=taps)


@kernel
def convolve_kernel(f32: Any, taps: int, count: int, history: int, out: int, n: int) -> None:
    """``out[t] = sum_k taps[k] * history[t + k]`` for ``n`` frames; overruns ``out`` by less than a tile."""
    t = 0
    while n - t > SHORT_FRAMES:
        fir_long_tile(f32, taps, count, history + t, out + t)
        t += LONG_FRAMES
    while t < n:
        fir_short_tile(f32, taps, count, history + t, out + t)
        t += SHORT_FRAMES


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
def _mix_taps(f32: Any, i64: Any, row: int) -> None:
    """Taps of each channel for the knobs as they stand."""
    taps, first = i64[row + TAPS], i64[row + DATA]
    level = param_kernel(f32, i64, row, LEVEL)
    for channel in range(2):
        mixed, mix = i64[row + F32] + OWN_F32 + channel * taps, share_kernel(f32, i64, row, channel)
        for k in range(taps):
            f32[mixed + k] = level * (f32[first + k] + (f32[first + taps + k] - f32[first + k]) * mix)
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
    taps, own, words = i64[row + TAPS], i64[row + F32] + OWN_F32, i64[row + I64] + OWN_I64
    size, head, past = ring_frames(taps), i64[words + HEAD], taps - 1
    left = ramps_begin_kernel(f32, i64, row, KNOBS)
    if left == 0 and i64[words + STALE]:
        _mix_taps(f32, i64, row)
    start = head - past if head >= past else head - past + size
    for channel in range(i64[row + CHANNELS]):
        at, ring = bus + channel * BUS_STRIDE, own + 2 * taps + 2 * channel * size
        _remember(f32, ring, size, head, at, n)
        if left > 0:
            second = bus + (SCRATCH + channel) * BUS_STRIDE
            convolve_kernel(f32, i64[row + DATA] + taps, taps, ring + start, second, n)
            convolve_kernel(f32, i64[row + DATA], taps, ring + start, at, n)
        else:
            convolve_kernel(f32, own + channel * taps, taps, ring + start, at, n)
            section = i64[row + F64] + 2 * COEFFICIENTS + 2 * channel * STATES
            biquad_run_kernel(f32, f64, i64[row + F64], section, at, n)
            biquad_run_kernel(f32, f64, i64[row + F64] + COEFFICIENTS, section + STATES, at, n)
    if left > 0:
        _play_turning(f32, f64, i64, row, bus, n, left)
    i64[words + HEAD] = head + n if head + n < size else head + n - size


@resets
def reset_cab_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Fresh taps and coefficients; forget the past of both channels."""
    taps = i64[row + TAPS]
    _mix_taps(f32, i64, row)
    _set_cuts(f32, f64, i64, row)
    for k in range(4 * ring_frames(taps)):
        f32[i64[row + F32] + OWN_F32 + 2 * taps + k] = 0.0
    for k in range(4 * STATES):
        f64[i64[row + F64] + 2 * COEFFICIENTS + k] = 0.0
    i64[i64[row + I64] + OWN_I64 + HEAD] = 0
