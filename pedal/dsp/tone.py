"""Three-band tone stack: low shelf, mid peak, high shelf.

While a knob turns, its gain ramps and the coefficients follow every ``STEP_FRAMES`` frames of the
ramp - counted by the ramp, not by the period, so that a turn sounds the same at any period.
"""

from __future__ import annotations

from typing import Any

from pedal.dsp.biquad import COEFFICIENTS, STATES, biquad_step_kernel, peaking_kernel, shelf_kernel
from pedal.dsp.ramp import RAMP_CELLS, ramp_begin_kernel, ramp_frames_kernel, ramp_next_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, F64, I64, PARAMS, RATE
from pedal.params import KINDS

BASS = KINDS["tone"].index("bass_db")  # mid and treble follow

BASS_HZ, MID_HZ, TREBLE_HZ = 120.0, 650.0, 2800.0
MID_Q = 0.7
BANDS = 3
STEP_FRAMES = 8

STATE_F32 = BANDS * RAMP_CELLS
STATE_I64 = BANDS
#: Coefficients of the bands, then two channels of states.
STATE_F64 = BANDS * (COEFFICIENTS + 2 * STATES)


@kernel
def tone_band_kernel(f64: Any, at: int, band: int, rate_hz: float, gain_db: float) -> None:
    """Coefficients of one band."""
    if band == 0:
        shelf_kernel(f64, at, rate_hz, BASS_HZ, gain_db, False)
    elif band == 1:
        peaking_kernel(f64, at, rate_hz, MID_HZ, MID_Q, gain_db)
    else:
        shelf_kernel(f64, at, rate_hz, TREBLE_HZ, gain_db, True)


@kernel
def tone_prepare_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Coefficients for the ramps' present values; called when the block is placed."""
    for band in range(BANDS):
        gain_db = f32[i64[row + F32] + band * RAMP_CELLS]
        tone_band_kernel(f64, i64[row + F64] + band * COEFFICIENTS, band, i64[row + RATE], gain_db)


@kernel
def tone_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Filter the bus in place."""
    rate_hz = i64[row + RATE]
    frames = ramp_frames_kernel(rate_hz)
    coefficients, state = i64[row + F64], i64[row + F64] + BANDS * COEFFICIENTS
    channels = i64[row + CHANNELS]
    moving = False
    for band in range(BANDS):
        cells, left = i64[row + F32] + band * RAMP_CELLS, i64[row + I64] + band
        target = f32[i64[row + PARAMS] + BASS + band]
        moving |= ramp_begin_kernel(f32, i64, cells, left, target, frames)
    for t in range(n):
        if moving:
            for band in range(BANDS):
                cells, left = i64[row + F32] + band * RAMP_CELLS, i64[row + I64] + band
                if i64[left] > 0:
                    gain_db = ramp_next_kernel(f32, i64, cells, left)
                    if i64[left] % STEP_FRAMES == 0:
                        tone_band_kernel(f64, coefficients + band * COEFFICIENTS, band, rate_hz, gain_db)
        for channel in range(channels):
            at = bus + channel * BUS_STRIDE + t
            y = float(f32[at])
            for band in range(BANDS):
                section = state + (channel * BANDS + band) * STATES
                y = biquad_step_kernel(f64, coefficients + band * COEFFICIENTS, section, y)
            f32[at] = y
