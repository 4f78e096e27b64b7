"""Three-band tone stack: low shelf, mid peak, high shelf. Formulae and structure: ``biquad``.

While a knob turns, its gain ramps and the coefficients follow every ``STEP_FRAMES`` frames of the
ramp - counted by the ramp, not by the period, so that a turn sounds the same at any period.
"""

from __future__ import annotations

from typing import Any

from pedal.dsp.biquad import COEFFICIENTS, STATES, biquad_step_kernel, peaking_kernel, shelf_kernel
from pedal.dsp.block import State, plays, resets
from pedal.dsp.ramp import param_kernel, ramps_begin_kernel, ramps_next_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F64, RATE
from pedal.params.tone import TONE

BASS = TONE.index("bass_db")  # mid and treble follow

BASS_HZ, MID_HZ, TREBLE_HZ = 120.0, 650.0, 2800.0
MID_Q = 0.7
BANDS = 3
STEP_FRAMES = 8

#: Coefficients of the bands, then two channels of states.
STATE_F64 = BANDS * (COEFFICIENTS + 2 * STATES)


def state(rate_hz: int, data_cells: int) -> State:
    """Coefficients and memory of the bands."""
    return State(f64=STATE_F64)


@kernel
def _set_bands(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Coefficients for the ramps' present values."""
    at, rate_hz = i64[row + F64], i64[row + RATE]
    shelf_kernel(f64, at, rate_hz, BASS_HZ, param_kernel(f32, i64, row, BASS), False)
    peaking_kernel(f64, at + COEFFICIENTS, rate_hz, MID_HZ, MID_Q, param_kernel(f32, i64, row, BASS + 1))
    shelf_kernel(f64, at + 2 * COEFFICIENTS, rate_hz, TREBLE_HZ, param_kernel(f32, i64, row, BASS + 2), True)


@plays
def tone_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Filter the bus in place."""
    coefficients, memory = i64[row + F64], i64[row + F64] + BANDS * COEFFICIENTS
    left = ramps_begin_kernel(f32, i64, row, BANDS)
    for t in range(n):
        if left > 0:
            left = ramps_next_kernel(f32, i64, row, BANDS)
            if left % STEP_FRAMES == 0:
                _set_bands(f32, f64, i64, row)
        for channel in range(i64[row + CHANNELS]):
            at = bus + channel * BUS_STRIDE + t
            y = float(f32[at])
            for band in range(BANDS):
                section = memory + (channel * BANDS + band) * STATES
                y = biquad_step_kernel(f64, coefficients + band * COEFFICIENTS, section, y)
            f32[at] = y


@resets
def reset_tone_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Fresh coefficients, and no memory of any sound."""
    _set_bands(f32, f64, i64, row)
    for k in range(2 * BANDS * STATES):
        f64[i64[row + F64] + BANDS * COEFFICIENTS + k] = 0.0
