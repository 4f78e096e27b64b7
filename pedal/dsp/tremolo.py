"""Tremolo: the level goes up and down, by a sine or (``shape``) nearly by steps; ``spread`` lets the sides take turns.

The sine ``s`` is bent to ``(1 + b) s / (1 + b |s|)``, which keeps its ends and its smoothness at any ``b``. The level
lies between 1 and ``1 - depth`` (U. Zölzer, "DAFX", 2nd ed., 2011, section 3.5).
"""

from __future__ import annotations

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
    settle_kernel,
    step_ramps_kernel,
)
from pedal.dsp.ramp import param_kernel
from pedal.dsp.swing import SWING_CELLS, TURN, swing_kernel, swing_on_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, F64, GAINS, I64, RATE
from pedal.params.tempo import BEATS
from pedal.params.tremolo import TREMOLO

RATE_HZ, DIVISION, TEMPO = TREMOLO.index("rate_hz"), TREMOLO.index("division"), TREMOLO.index("tempo_bpm")
DEPTH, SHAPE, SPREAD_BY = TREMOLO.index("depth"), TREMOLO.index("shape"), TREMOLO.index("spread")
PARAMS_COUNT = len(TREMOLO.params) - 1
#: The hardest bend.
MOST_BEND = 12.0

DEEP, BEND, APART = range(3)
SEGMENTS = 3
OWN_F32, OWN_I64 = own_f32(TREMOLO), own_i64(TREMOLO)
_HALF, _ONE = np.float32(0.5), np.float32(1.0)


def state(rate_hz: int, data_cells: int) -> State:
    """Segments, the swing, the count of frames."""
    return State(f32=SEGMENTS * SEGMENT_CELLS, f64=SWING_CELLS, i64=1)


@kernel
def _aim_all(f32: Any, f64: Any, i64: Any, row: int) -> None:
    segments = i64[row + F32] + OWN_F32
    aim_kernel(f32, segments + DEEP * SEGMENT_CELLS, param_kernel(f32, i64, row, DEPTH))
    aim_kernel(f32, segments + BEND * SEGMENT_CELLS, MOST_BEND * param_kernel(f32, i64, row, SHAPE) ** 2)
    aim_kernel(f32, segments + APART * SEGMENT_CELLS, param_kernel(f32, i64, row, SPREAD_BY))
    f64[i64[row + F64] + TURN] = beat_hz_kernel(f32, i64, row, RATE_HZ, DIVISION, TEMPO, BEATS) / i64[row + RATE]


@plays
def tremolo_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Multiply the bus by the swinging level."""
    segments, words, swing, done = i64[row + F32] + OWN_F32, i64[row + I64] + OWN_I64, i64[row + F64], 0
    deep, bend, apart = segments, segments + BEND * SEGMENT_CELLS, segments + APART * SEGMENT_CELLS
    run = bus + GAINS * BUS_STRIDE
    while done < n:
        k = i64[words]
        if k == 0:
            step_ramps_kernel(f32, i64, row, PARAMS_COUNT)
            _aim_all(f32, f64, i64, row)
        m = min(n - done, STEP_FRAMES - k)
        swing_kernel(f32, f64, swing, 0.0, run, m)
        for channel in range(i64[row + CHANNELS]):
            at = bus + channel * BUS_STRIDE + done
            for t in range(m):
                frame, s = np.float32(k + t), f32[run + t]
                if channel == 1:
                    s -= np.float32(2.0) * s * (f32[apart + START] + f32[apart + SLOPE] * frame)
                b = f32[bend + START] + f32[bend + SLOPE] * frame
                s = (_ONE + b) * s / (_ONE + b * abs(s))
                f32[at + t] *= _ONE - (f32[deep + START] + f32[deep + SLOPE] * frame) * _HALF * (_ONE - s)
        swing_on_kernel(f64, swing, m)
        i64[words] = (k + m) % STEP_FRAMES
        done += m


@resets
def reset_tremolo_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """At the middle of a swing, as deep as the knobs say."""
    f64[i64[row + F64]] = 0.0
    i64[i64[row + I64] + OWN_I64] = 0
    _aim_all(f32, f64, i64, row)
    settle_kernel(f32, i64[row + F32] + OWN_F32, SEGMENTS)
