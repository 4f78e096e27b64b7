"""Flanger: the sound and its copy a few thousandths of a second later, which swings, so that a comb sweeps through it.

The copy goes back into its own line (``feedback``, of either sign), a frame at a time since the delay may be shorter
than a run. Left and right swing a quarter of a turn apart (U. Zölzer, "DAFX", 2nd ed., 2011, section 3.3).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pedal.dsp.beat import beat_hz_kernel
from pedal.dsp.block import State, own_f32, own_i64, plays, resets
from pedal.dsp.control import (
    SEGMENT_CELLS,
    SLOPE,
    START,
    STEP_FRAMES,
    aim_kernel,
    aim_mix_kernel,
    clear_kernel,
    settle_kernel,
    step_ramps_kernel,
)
from pedal.dsp.line import MIRROR_FRAMES, line_cells, line_frames, read_between_kernel
from pedal.dsp.ramp import param_kernel
from pedal.dsp.swing import SWING_CELLS, TURN, swing_kernel, swing_on_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, F64, GAINS, I64, RATE
from pedal.params.flanger import FLANGER
from pedal.params.tempo import SWEEP_BEATS

RATE_HZ, DIVISION, TEMPO = FLANGER.index("rate_hz"), FLANGER.index("division"), FLANGER.index("tempo_bpm")
DEPTH, DELAY = FLANGER.index("depth"), FLANGER.index("delay_s")
FEEDBACK, MIX = FLANGER.index("feedback"), FLANGER.index("mix")
PARAMS_COUNT = len(FLANGER.params) - 1
#: The nearest that the reading place comes to the writing place, frames.
LEAST_FRAMES = 3.0

DRY, WET, LOOP, CENTRE, WAY = range(5)
SEGMENTS = 5
OWN_F32, OWN_I64 = own_f32(FLANGER), own_i64(FLANGER)
#: What went back last, of two sides; the lines.
LAST = OWN_F32 + SEGMENTS * SEGMENT_CELLS
LINES = LAST + 2


@kernel
def longest_frames(rate_hz: int) -> int:
    """The farthest that is read back."""
    return int(2.0 * FLANGER_MOST_S * rate_hz) + 4


FLANGER_MOST_S = FLANGER.params[DELAY].high


def state(rate_hz: int, data_cells: int) -> State:
    """Segments, two lines; the swing; the place in the lines."""
    longest = longest_frames(rate_hz)
    return State(LINES - OWN_F32 + 2 * line_cells(longest), SWING_CELLS, 1, quiet_frames=longest)


@kernel
def _aim_all(f32: Any, f64: Any, i64: Any, row: int) -> None:
    segments, rate_hz = i64[row + F32] + OWN_F32, i64[row + RATE]
    back = param_kernel(f32, i64, row, FEEDBACK)
    aim_mix_kernel(f32, segments, param_kernel(f32, i64, row, MIX), math.sqrt(1.0 - back**2))
    aim_kernel(f32, segments + LOOP * SEGMENT_CELLS, back)
    centre = max(param_kernel(f32, i64, row, DELAY) * rate_hz, LEAST_FRAMES)
    aim_kernel(f32, segments + CENTRE * SEGMENT_CELLS, centre)
    aim_kernel(f32, segments + WAY * SEGMENT_CELLS, (centre - LEAST_FRAMES) * param_kernel(f32, i64, row, DEPTH))
    f64[i64[row + F64] + TURN] = beat_hz_kernel(f32, i64, row, RATE_HZ, DIVISION, TEMPO, SWEEP_BEATS) / rate_hz


@kernel
def _play(
    f32: Any, segments: int, line: int, frames: int, head: int, last: int, sines: int, at: int, k: int, n: int
) -> None:
    """``n`` frames of one side in place."""
    dry, wet, loop = segments, segments + WET * SEGMENT_CELLS, segments + LOOP * SEGMENT_CELLS
    centre, way = segments + CENTRE * SEGMENT_CELLS, segments + WAY * SEGMENT_CELLS
    y = f32[last]
    for t in range(n):
        frame, x = np.float32(k + t), f32[at + t]
        fed = x + (f32[loop + START] + f32[loop + SLOPE] * frame) * y
        f32[line + head + t] = fed
        if head + t < MIRROR_FRAMES:
            f32[line + frames + head + t] = fed
        swung = (f32[way + START] + f32[way + SLOPE] * frame) * f32[sines + t]
        y = read_between_kernel(f32, line, frames, head + t, f32[centre + START] + f32[centre + SLOPE] * frame + swung)
        dry_gain, wet_gain = f32[dry + START] + f32[dry + SLOPE] * frame, f32[wet + START] + f32[wet + SLOPE] * frame
        f32[at + t] = dry_gain * x + wet_gain * y
    f32[last] = y


@plays
def flanger_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Sweep a comb through the bus."""
    state, words, swing = i64[row + F32], i64[row + I64] + OWN_I64, i64[row + F64]
    longest, sines, done = longest_frames(i64[row + RATE]), bus + GAINS * BUS_STRIDE, 0
    frames, cells = line_frames(longest), line_cells(longest)
    while done < n:
        head = i64[words]
        k = head % STEP_FRAMES
        if k == 0:
            step_ramps_kernel(f32, i64, row, PARAMS_COUNT)
            _aim_all(f32, f64, i64, row)
        m = min(n - done, STEP_FRAMES - k)
        for channel in range(i64[row + CHANNELS]):
            swing_kernel(f32, f64, swing, 0.25 * channel, sines, m)
            line, at = state + LINES + channel * cells, bus + channel * BUS_STRIDE + done
            _play(f32, state + OWN_F32, line, frames, head, state + LAST + channel, sines, at, k, m)
        swing_on_kernel(f64, swing, m)
        i64[words] = (head + m) % frames
        done += m


@resets
def reset_flanger_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Empty lines, at the beginning of a swing."""
    clear_kernel(f32, i64[row + F32] + LAST, 2 + 2 * line_cells(longest_frames(i64[row + RATE])))
    f64[i64[row + F64]] = 0.0
    i64[i64[row + I64] + OWN_I64] = 0
    _aim_all(f32, f64, i64, row)
    settle_kernel(f32, i64[row + F32] + OWN_F32, SEGMENTS)
