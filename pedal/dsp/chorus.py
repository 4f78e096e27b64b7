"""Chorus: each side hears itself twice more, a little late and a little out of tune.

Four voices read one line a side, around two delays, their sines a third and a half of a turn apart: what is above the
pitch in one voice is below it in another (J. Dattorro, "Effect design, part 2: delay-line modulation and chorus", JAES
45(10), 1997). Faster swings are smaller, so that the detuning grows less than the rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np

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
from pedal.dsp.line import line_cells, line_frames, write_kernel
from pedal.dsp.ramp import param_kernel
from pedal.dsp.swing import SWING_CELLS, TURN, swing_kernel, swing_on_kernel, voice_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, F64, GAINS, I64, RATE, SCRATCH
from pedal.params.chorus import CHORUS

RATE_HZ, DEPTH, MIX = CHORUS.index("rate_hz"), CHORUS.index("depth"), CHORUS.index("mix")
PARAMS_COUNT = len(CHORUS.params) - 1

#: Delays that the two voices of a side swing around, and their sines' places, left and right.
CENTRES_S = (0.0095, 0.0137)
OFFSETS = (0.0, 1.0 / 3.0, 0.5, 5.0 / 6.0)
#: The widest swing, when it is slowest.
SWING_S = 0.004
#: Two voices that differ are together louder by this.
VOICES_GAIN = 0.5**0.5

DRY, WET, WAY, CENTRE = range(4)  # and the second voice's centre
SEGMENTS = 5
OWN_F32, OWN_I64 = own_f32(CHORUS), own_i64(CHORUS)
LINES = OWN_F32 + SEGMENTS * SEGMENT_CELLS


@kernel
def longest_frames(rate_hz: int) -> int:
    """The farthest that a voice reads back."""
    return int((CENTRES_S[1] + SWING_S) * rate_hz) + 4


def state(rate_hz: int, data_cells: int) -> State:
    """Segments and two lines; the swing; the place in the lines."""
    longest = longest_frames(rate_hz)
    return State(LINES - OWN_F32 + 2 * line_cells(longest), SWING_CELLS, 1, quiet_frames=longest)


@kernel
def _aim_all(f32: Any, f64: Any, i64: Any, row: int) -> None:
    segments, rate_hz = i64[row + F32] + OWN_F32, i64[row + RATE]
    aim_mix_kernel(f32, segments, param_kernel(f32, i64, row, MIX), VOICES_GAIN)
    hertz = param_kernel(f32, i64, row, RATE_HZ)
    way_s = SWING_S * param_kernel(f32, i64, row, DEPTH) / (1.0 + hertz)
    aim_kernel(f32, segments + WAY * SEGMENT_CELLS, way_s * rate_hz)
    for voice in range(2):
        aim_kernel(f32, segments + (CENTRE + voice) * SEGMENT_CELLS, CENTRES_S[voice] * rate_hz)
    f64[i64[row + F64] + TURN] = float(hertz) / rate_hz


@plays
def chorus_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Add the voices to the bus."""
    segments, words, swing = i64[row + F32] + OWN_F32, i64[row + I64] + OWN_I64, i64[row + F64]
    longest, done = longest_frames(i64[row + RATE]), 0
    frames, cells = line_frames(longest), line_cells(longest)
    dry, wet, way = segments, segments + WET * SEGMENT_CELLS, segments + WAY * SEGMENT_CELLS
    sines, voices = bus + GAINS * BUS_STRIDE, bus + SCRATCH * BUS_STRIDE
    while done < n:
        head = i64[words]
        k = head % STEP_FRAMES
        if k == 0:
            step_ramps_kernel(f32, i64, row, PARAMS_COUNT)
            _aim_all(f32, f64, i64, row)
        m = min(n - done, STEP_FRAMES - k)
        for channel in range(i64[row + CHANNELS]):
            at, line = bus + channel * BUS_STRIDE + done, i64[row + F32] + LINES + channel * cells
            write_kernel(f32, line, frames, head, at, m)
            for t in range(m):
                f32[voices + t] = 0.0
            for voice in range(2):
                swing_kernel(f32, f64, swing, OFFSETS[2 * channel + voice], sines, m)
                centre = segments + (CENTRE + voice) * SEGMENT_CELLS
                voice_kernel(f32, line, frames, head, centre, way, sines, voices, k, m)
            for t in range(m):
                frame = np.float32(k + t)
                wet_gain = f32[wet + START] + f32[wet + SLOPE] * frame
                f32[at + t] = (f32[dry + START] + f32[dry + SLOPE] * frame) * f32[at + t] + wet_gain * f32[voices + t]
        swing_on_kernel(f64, swing, m)
        i64[words] = (head + m) % frames
        done += m


@resets
def reset_chorus_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Empty lines, at the beginning of a swing."""
    clear_kernel(f32, i64[row + F32] + LINES, 2 * line_cells(longest_frames(i64[row + RATE])))
    f64[i64[row + F64]] = 0.0
    i64[i64[row + I64] + OWN_I64] = 0
    _aim_all(f32, f64, i64, row)
    settle_kernel(f32, i64[row + F32] + OWN_F32, SEGMENTS)
