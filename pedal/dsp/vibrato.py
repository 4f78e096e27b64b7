"""Vibrato: the pitch goes up and down, by a delay that swings.

A delay of ``w sin(2 pi f t)`` frames turns the pitch by ``1 - 2 pi f w / rate`` at most, so ``w`` follows from the
cents that were asked for (U. Zölzer, "DAFX", 2nd ed., 2011, section 3.2). The sound is late by ``w``: that is the
effect, not the pedal; at its default it is 0.4 thousandths of a second.
"""

from __future__ import annotations

import math
from typing import Any

from pedal.dsp.block import State, own_f32, own_i64, plays, resets
from pedal.dsp.control import SEGMENT_CELLS, STEP_FRAMES, aim_kernel, clear_kernel, settle_kernel, step_ramps_kernel
from pedal.dsp.line import line_cells, line_frames, write_kernel
from pedal.dsp.ramp import param_kernel
from pedal.dsp.swing import SWING_CELLS, TURN, swing_kernel, swing_on_kernel, voice_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, F64, GAINS, I64, RATE
from pedal.params.vibrato import VIBRATO

RATE_HZ, DEPTH = VIBRATO.index("rate_hz"), VIBRATO.index("depth_cents")
PARAMS_COUNT = len(VIBRATO.params) - 1
#: The nearest that the reading place comes to the writing place, frames.
LEAST_FRAMES = 3.0

WAY, CENTRE = range(2)
SEGMENTS = 2
OWN_F32, OWN_I64 = own_f32(VIBRATO), own_i64(VIBRATO)
LINES = OWN_F32 + SEGMENTS * SEGMENT_CELLS


@kernel
def way_frames(cents: float, hertz: float, rate_hz: int) -> float:
    """How far the delay swings to either side for a pitch of ``cents`` to either side."""
    return (2.0 ** (cents / 1200.0) - 1.0) * rate_hz / (2.0 * math.pi * hertz)


@kernel
def longest_frames(rate_hz: int) -> int:
    """The farthest that is read back: the deepest at the slowest."""
    return int(2.0 * way_frames(60.0, 1.0, rate_hz) + LEAST_FRAMES) + 4


def state(rate_hz: int, data_cells: int) -> State:
    """Segments and two lines; the swing; the place in the lines."""
    longest = longest_frames(rate_hz)
    return State(LINES - OWN_F32 + 2 * line_cells(longest), SWING_CELLS, 1, quiet_frames=longest)


@kernel
def _aim_all(f32: Any, f64: Any, i64: Any, row: int) -> None:
    segments, hertz = i64[row + F32] + OWN_F32, float(param_kernel(f32, i64, row, RATE_HZ))
    way = way_frames(param_kernel(f32, i64, row, DEPTH), max(hertz, 0.1), i64[row + RATE])
    aim_kernel(f32, segments + WAY * SEGMENT_CELLS, way)
    aim_kernel(f32, segments + CENTRE * SEGMENT_CELLS, way + LEAST_FRAMES)
    f64[i64[row + F64] + TURN] = hertz / i64[row + RATE]


@plays
def vibrato_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Read the bus back around a swinging delay."""
    segments, words, swing = i64[row + F32] + OWN_F32, i64[row + I64] + OWN_I64, i64[row + F64]
    longest, sines, done = longest_frames(i64[row + RATE]), bus + GAINS * BUS_STRIDE, 0
    frames, cells = line_frames(longest), line_cells(longest)
    while done < n:
        head = i64[words]
        k = head % STEP_FRAMES
        if k == 0:
            step_ramps_kernel(f32, i64, row, PARAMS_COUNT)
            _aim_all(f32, f64, i64, row)
        m = min(n - done, STEP_FRAMES - k)
        swing_kernel(f32, f64, swing, 0.0, sines, m)
        for channel in range(i64[row + CHANNELS]):
            at, line = bus + channel * BUS_STRIDE + done, i64[row + F32] + LINES + channel * cells
            write_kernel(f32, line, frames, head, at, m)
            for t in range(m):
                f32[at + t] = 0.0
            centre, way = segments + CENTRE * SEGMENT_CELLS, segments + WAY * SEGMENT_CELLS
            voice_kernel(f32, line, frames, head, centre, way, sines, at, k, m)
        swing_on_kernel(f64, swing, m)
        i64[words] = (head + m) % frames
        done += m


@resets
def reset_vibrato_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Empty lines, at the beginning of a swing."""
    clear_kernel(f32, i64[row + F32] + LINES, 2 * line_cells(longest_frames(i64[row + RATE])))
    f64[i64[row + F64]] = 0.0
    i64[i64[row + I64] + OWN_I64] = 0
    _aim_all(f32, f64, i64, row)
    settle_kernel(f32, i64[row + F32] + OWN_F32, SEGMENTS)
