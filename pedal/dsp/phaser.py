"""Phaser: six first-order allpasses in a row, swept together, beside the dry sound.

An allpass ``(a + z^-1) / (1 + a z^-1)`` with ``a = (tan(pi f / rate) - 1) / (tan(pi f / rate) + 1)`` turns the phase
by 90 degrees at ``f`` (U. Zölzer, "DAFX", 2nd ed., 2011, section 2.4); six of them turn it by odd multiples of 180 at
three frequencies, where the sum with the dry sound has its notches. The sweep is even in octaves. The left and the
right side sweep a quarter of a turn apart. The feedback takes the last output, a frame old, round again.
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
    clear_kernel,
    settle_kernel,
    step_ramps_kernel,
)
from pedal.dsp.ramp import param_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, F64, I64, RATE
from pedal.params.phaser import PHASER
from pedal.params.tempo import SWEEP_BEATS

RATE_HZ, DIVISION, TEMPO = PHASER.index("rate_hz"), PHASER.index("division"), PHASER.index("tempo_bpm")
DEPTH, CENTRE = PHASER.index("depth"), PHASER.index("centre_hz")
FEEDBACK, MIX = PHASER.index("feedback"), PHASER.index("mix")
PARAMS_COUNT = len(PHASER.params) - 1
STAGES = 6
#: At full depth the sweep goes so many octaves up and down.
OCTAVES = 2.0

DRY, WET, LOOP, SWEEP = range(4)  # and the sweep of the right side
SEGMENTS = 5
OWN_F32, OWN_I64 = own_f32(PHASER), own_i64(PHASER)
#: Past input and output of every stage, last output; of two sides.
STAGE_CELLS = 2 * STAGES + 1
PAST = OWN_F32 + SEGMENTS * SEGMENT_CELLS


def state(rate_hz: int, data_cells: int) -> State:
    """Segments, two sides of stages; the phase; the count of frames."""
    return State(f32=SEGMENTS * SEGMENT_CELLS + 2 * STAGE_CELLS, f64=1, i64=1)


@kernel
def _aim_all(f32: Any, f64: Any, i64: Any, row: int) -> None:
    segments, rate_hz, phase = i64[row + F32] + OWN_F32, i64[row + RATE], f64[i64[row + F64]]
    mix, back = param_kernel(f32, i64, row, MIX), param_kernel(f32, i64, row, FEEDBACK)
    aim_kernel(f32, segments + DRY * SEGMENT_CELLS, 1.0 - mix)
    aim_kernel(f32, segments + WET * SEGMENT_CELLS, mix * math.sqrt(1.0 - back**2))  # as loud with feedback as without
    aim_kernel(f32, segments + LOOP * SEGMENT_CELLS, back)
    for side in range(2):
        swing = OCTAVES * param_kernel(f32, i64, row, DEPTH) * math.sin(2.0 * math.pi * (phase + 0.25 * side))
        corner_hz = min(max(param_kernel(f32, i64, row, CENTRE) * 2.0**swing, 20.0), 0.45 * rate_hz)
        tangent = math.tan(math.pi * corner_hz / rate_hz)
        aim_kernel(f32, segments + (SWEEP + side) * SEGMENT_CELLS, (tangent - 1.0) / (tangent + 1.0))


@kernel
def _play(f32: Any, segments: int, sweep: int, past: int, at: int, k: int, n: int) -> None:
    """``n`` frames of one side in place."""
    dry, wet, loop = segments, segments + WET * SEGMENT_CELLS, segments + LOOP * SEGMENT_CELLS
    dry_start, dry_slope, wet_start, wet_slope = f32[dry + START], f32[dry + SLOPE], f32[wet + START], f32[wet + SLOPE]
    loop_start, loop_slope = f32[loop + START], f32[loop + SLOPE]
    sweep_start, sweep_slope = f32[sweep + START], f32[sweep + SLOPE]
    last = f32[past + 2 * STAGES]
    for t in range(n):
        frame, dry_x = np.float32(k + t), f32[at + t]
        a = sweep_start + sweep_slope * frame
        y = dry_x + (loop_start + loop_slope * frame) * last
        for stage in range(STAGES):
            x = y
            y = a * (x - f32[past + 2 * stage + 1]) + f32[past + 2 * stage]
            f32[past + 2 * stage], f32[past + 2 * stage + 1] = x, y
        last = y
        f32[at + t] = (dry_start + dry_slope * frame) * dry_x + (wet_start + wet_slope * frame) * y
    f32[past + 2 * STAGES] = last


@plays
def phaser_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Sweep notches through the bus."""
    state, words, done = i64[row + F32], i64[row + I64] + OWN_I64, 0
    while done < n:
        k = i64[words]
        if k == 0:
            step_ramps_kernel(f32, i64, row, PARAMS_COUNT)
            hertz = beat_hz_kernel(f32, i64, row, RATE_HZ, DIVISION, TEMPO, SWEEP_BEATS)
            phase = f64[i64[row + F64]] + hertz * STEP_FRAMES / i64[row + RATE]
            f64[i64[row + F64]] = phase - math.floor(phase)
            _aim_all(f32, f64, i64, row)
        m = min(n - done, STEP_FRAMES - k)
        for channel in range(i64[row + CHANNELS]):
            sweep = state + OWN_F32 + (SWEEP + channel) * SEGMENT_CELLS
            past = state + PAST + channel * STAGE_CELLS
            _play(f32, state + OWN_F32, sweep, past, bus + channel * BUS_STRIDE + done, k, m)
        i64[words] = (k + m) % STEP_FRAMES
        done += m


@resets
def reset_phaser_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Silent stages, at the beginning of a sweep."""
    clear_kernel(f32, i64[row + F32] + PAST, 2 * STAGE_CELLS)
    f64[i64[row + F64]] = 0.0
    i64[i64[row + I64] + OWN_I64] = 0
    _aim_all(f32, f64, i64, row)
    settle_kernel(f32, i64[row + F32] + OWN_F32, SEGMENTS)
