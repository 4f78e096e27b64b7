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

from pedal.dsp.block import State, own_f32, plays, resets
from pedal.dsp.fir_tiles import LONG_FRAMES, SHORT_FRAMES, fir_long_tile, fir_short_tile
from pedal.dsp.ramp import ramped_row_kernel
from pedal.jit import kernel
from pedal.jit.vectors import GROUP
from pedal.layout import BUS_STRIDE, CHANNELS, DATA, F32, MAX_FRAMES, TAPS
from pedal.params.cab import CAB

LEVEL = CAB.index("level_db")
OWN_F32 = own_f32(CAB)


def state(rate_hz: int, data_cells: int) -> State:
    """Two channels of history; it rings for as long as its taps last."""
    return State(f32=2 * history_frames(data_cells), quiet_frames=data_cells)


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


@plays
def cab_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Convolve the bus in place."""
    taps = i64[row + TAPS]
    past = taps - 1
    for channel in range(i64[row + CHANNELS]):
        at = bus + channel * BUS_STRIDE
        history = i64[row + F32] + OWN_F32 + channel * history_frames(taps)
        for t in range(n):
            f32[history + past + t] = f32[at + t]
        convolve_kernel(f32, i64[row + DATA], taps, history, at, n)
        for k in range(past):
            f32[history + k] = f32[history + k + n]
    ramped_row_kernel(f32, i64, row, LEVEL, bus, n)


@resets
def reset_cab_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Forget the past of both channels."""
    for k in range(2 * history_frames(i64[row + TAPS])):
        f32[i64[row + F32] + OWN_F32 + k] = 0.0
