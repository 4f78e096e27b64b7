"""How the pedal is connected: tone, mono sum, level and cap behind every preset. Last row of every chain.

One instance in all rigs, so that its knobs and its memory go on from preset to preset. Whether cabinets play is the
chain's affair (``layout.CABS_OFF``). Formulae: ``biquad``, ``limiter``.
Flat, stereo and uncapped it changes no bit and costs next to nothing.
"""

from __future__ import annotations

from typing import Any

from pedal.dsp.biquad import COEFFICIENTS, STATES, biquad_step_kernel, peaking_kernel, shelf_kernel
from pedal.dsp.block import State, own_f32, plays, resets
from pedal.dsp.guard import LIMIT
from pedal.dsp.limiter import falling_kernel, limit_kernel
from pedal.dsp.ramp import param_kernel, ramps_begin_kernel, ramps_next_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, F64, RATE
from pedal.params.master import MASTER

LEVEL, CAP, MONO = MASTER.index("level_db"), MASTER.index("cap_db"), MASTER.index("mono")
BASS, MID, TREBLE = MASTER.index("bass_db"), MASTER.index("mid_db"), MASTER.index("treble_db")
KNOBS = len(MASTER.params) - 1

#: Wider than a preset's tone stack: this one is for rooms and loudspeakers, not for the guitar.
BASS_HZ, MID_HZ, TREBLE_HZ = 150.0, 800.0, 4000.0
MID_Q = 0.5
BANDS = 3
STEP_FRAMES = 4
OWN_F32 = own_f32(MASTER)
STATE_F64 = BANDS * (COEFFICIENTS + 2 * STATES)


def state(rate_hz: int, data_cells: int) -> State:
    """The limiter's envelope; coefficients and memory of the bands."""
    return State(f32=1, f64=STATE_F64)


@kernel
def _set_bands(f32: Any, f64: Any, i64: Any, row: int) -> None:
    at, rate_hz = i64[row + F64], i64[row + RATE]
    shelf_kernel(f64, at, rate_hz, BASS_HZ, param_kernel(f32, i64, row, BASS), False)
    peaking_kernel(f64, at + COEFFICIENTS, rate_hz, MID_HZ, MID_Q, param_kernel(f32, i64, row, MID))
    shelf_kernel(f64, at + 2 * COEFFICIENTS, rate_hz, TREBLE_HZ, param_kernel(f32, i64, row, TREBLE), True)


@kernel
def _is_flat(f32: Any, i64: Any, row: int) -> bool:
    flat = True
    for cell in (BASS, MID, TREBLE):
        flat &= param_kernel(f32, i64, row, cell) == 0.0
    return flat


@kernel
def _filter(f32: Any, f64: Any, memory: int, coefficients: int, at: int, flat: bool) -> None:
    """One frame of a channel through the bands; flat ones only remember it, to be ready."""
    y = float(f32[at])
    for band in range(BANDS):
        section = memory + band * STATES
        if flat:
            f64[section + 1], f64[section] = f64[section], y
            f64[section + 3], f64[section + 2] = f64[section + 2], y
        else:
            y = biquad_step_kernel(f64, coefficients + band * COEFFICIENTS, section, y)
    if not flat:
        f32[at] = y


@plays
def master_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Filter, sum, scale and limit the bus in place."""
    own, channels, coefficients = i64[row + F32] + OWN_F32, i64[row + CHANNELS], i64[row + F64]
    memory, falling = coefficients + BANDS * COEFFICIENTS, falling_kernel(i64[row + RATE])
    envelope = float(f32[own])
    if not (envelope <= LIMIT):
        envelope = 0.0
    left = ramps_begin_kernel(f32, i64, row, KNOBS)
    flat = left == 0 and _is_flat(f32, i64, row)
    for t in range(n):
        if left > 0:
            left = ramps_next_kernel(f32, i64, row, KNOBS)
            if left % STEP_FRAMES == 0:
                _set_bands(f32, f64, i64, row)
        at = bus + t
        for channel in range(channels):
            _filter(f32, f64, memory + channel * BANDS * STATES, coefficients, at + channel * BUS_STRIDE, flat)
        if channels == 2:
            half = 0.5 * param_kernel(f32, i64, row, MONO) * (f32[at + BUS_STRIDE] - f32[at])
            f32[at] += half
            f32[at + BUS_STRIDE] -= half
        gain, top = param_kernel(f32, i64, row, LEVEL), param_kernel(f32, i64, row, CAP)
        envelope = limit_kernel(f32, at, channels, gain, top, envelope * falling)
    f32[own] = envelope


@resets
def reset_master_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Fresh coefficients, no memory of any sound."""
    _set_bands(f32, f64, i64, row)
    for k in range(2 * BANDS * STATES):
        f64[i64[row + F64] + BANDS * COEFFICIENTS + k] = 0.0
    f32[i64[row + F32] + OWN_F32] = 0.0
