"""Five-band parametric EQ: low shelf, three peaks, high shelf, level.

Formulae and structure: ``biquad``. While a knob turns, its value ramps and all coefficients follow every
``STEP_FRAMES`` frames of the ramp, as in the tone stack.
"""

from __future__ import annotations

from typing import Any

from pedal.dsp.biquad import COEFFICIENTS, STATES, biquad_run_kernel, peaking_kernel, shelf_kernel
from pedal.dsp.block import State, plays, resets
from pedal.dsp.ramp import param_kernel, ramps_begin_kernel, ramps_next_kernel, run_on_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F64, RATE
from pedal.params.eq import EQ

LOW, PEAKS, HIGH, LEVEL = (EQ.index(name) for name in ("low_hz", "one_hz", "high_hz", "level_db"))
KNOBS = len(EQ.params) - 1
PEAK_COUNT, PEAK_KNOBS = 3, 3
BANDS = PEAK_COUNT + 2
STEP_FRAMES = 4
#: Coefficients of the bands, then two channels of states.
STATE_F64 = BANDS * (COEFFICIENTS + 2 * STATES)


def state(rate_hz: int, data_cells: int) -> State:
    """Coefficients and memory of the bands."""
    return State(f64=STATE_F64)


@kernel
def _set_bands(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Coefficients for the ramps' present values; the level is the low shelf's."""
    at, rate_hz = i64[row + F64], i64[row + RATE]
    shelf_kernel(f64, at, rate_hz, param_kernel(f32, i64, row, LOW), param_kernel(f32, i64, row, LOW + 1), False)
    for k in range(3):
        f64[at + k] *= param_kernel(f32, i64, row, LEVEL)
    for peak in range(PEAK_COUNT):
        knob = PEAKS + peak * PEAK_KNOBS
        centre_hz, gain_db = param_kernel(f32, i64, row, knob), param_kernel(f32, i64, row, knob + 1)
        q, place = param_kernel(f32, i64, row, knob + 2), at + (1 + peak) * COEFFICIENTS
        peaking_kernel(f64, place, rate_hz, centre_hz, q, gain_db)
    place = at + (BANDS - 1) * COEFFICIENTS
    shelf_kernel(f64, place, rate_hz, param_kernel(f32, i64, row, HIGH), param_kernel(f32, i64, row, HIGH + 1), True)


@plays
def eq_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Filter the bus in place, band after band."""
    coefficients, memory = i64[row + F64], i64[row + F64] + BANDS * COEFFICIENTS
    left = ramps_begin_kernel(f32, i64, row, KNOBS)
    start = 0
    while start < n:
        count = n - start
        if left > 0:
            left = ramps_next_kernel(f32, i64, row, KNOBS)
            if left % STEP_FRAMES == 0:
                _set_bands(f32, f64, i64, row)
            count, left = run_on_kernel(f32, i64, row, KNOBS, left, count, STEP_FRAMES)
        for channel in range(i64[row + CHANNELS]):
            at = bus + channel * BUS_STRIDE + start
            for band in range(BANDS):
                section = memory + (channel * BANDS + band) * STATES
                biquad_run_kernel(f32, f64, coefficients + band * COEFFICIENTS, section, at, count)
        start += count


@resets
def reset_eq_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Fresh coefficients, and no memory of any sound."""
    _set_bands(f32, f64, i64, row)
    for k in range(2 * BANDS * STATES):
        f64[i64[row + F64] + BANDS * COEFFICIENTS + k] = 0.0
