"""Cabinet: an impulse response by direct convolution, zero latency.

State per channel is the last ``taps - 1`` inputs followed by room for one block; the block is
written behind them, convolved, and the whole moved down. Taps are stored reversed, so that every
output is a sum over two rising runs. Cost grows with the taps; nothing is deferred, so
every period costs the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pedal.dsp.fir_tiles import LONG_FRAMES, SHORT_FRAMES, fir_long_tile, fir_short_tile
from pedal.dsp.ramp import RAMP_CELLS, ramp_frames_kernel, ramped_gain_kernel
from pedal.jit import kernel
from pedal.jit.vectors import GROUP
from pedal.layout import BUS_STRIDE, CHANNELS, DATA, F32, GAINS, I64, MAX_FRAMES, PARAMS, RATE, TAPS
from pedal.params import KINDS

LEVEL = KINDS["cab"].index("level_db")
STATE_I64 = 2


def state_f32(taps: int) -> int:
    """Float cells for two channels of history and their level ramps."""
    return 2 * RAMP_CELLS + 2 * history_frames(taps)


def padded_taps(impulse: NDArray[np.float32]) -> NDArray[np.float32]:
    """Taps as the kernel wants them: reversed, and filled up at the oldest end to whole groups."""
    return np.pad(impulse[::-1], (-impulse.size % GROUP, 0)).astype(np.float32)


@kernel
def history_frames(taps: int) -> int:
    """Length of one channel's history, with room for a block and the last tile's overhang."""
    return (taps + MAX_FRAMES + LONG_FRAMES + 15) // 16 * 16


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
def cab_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int, sounding: bool) -> None:
    """Convolve the bus in place; a silent (bypassed) cabinet only keeps its history."""
    taps = i64[row + TAPS]
    past = taps - 1
    frames = ramp_frames_kernel(i64[row + RATE])
    for channel in range(i64[row + CHANNELS]):
        at = bus + channel * BUS_STRIDE
        cells = i64[row + F32] + channel * RAMP_CELLS
        history = i64[row + F32] + 2 * RAMP_CELLS + channel * history_frames(taps)
        for t in range(n):
            f32[history + past + t] = f32[at + t]
        if sounding:
            convolve_kernel(f32, i64[row + DATA], taps, history, at, n)
            target = f32[i64[row + PARAMS] + LEVEL]
            gains = bus + GAINS * BUS_STRIDE
            ramped_gain_kernel(f32, i64, cells, i64[row + I64] + channel, target, frames, gains, at, n)
        for k in range(past):
            f32[history + k] = f32[history + k + n]
