"""Putting a row back to what silence leaves: after a number that broke, and after a process that died.

Called by the chain's guard in the period thread, by a bypassed block, and by ``takeover``.
"""

from __future__ import annotations

from typing import Any

from pedal.dsp.biquad import COEFFICIENTS, STATES
from pedal.dsp.cab import history_frames
from pedal.dsp.dc import STATE_F64 as DC_STATE_F64
from pedal.dsp.gate import STATE_F32 as GATE_STATE_F32
from pedal.dsp.gate import STATE_I64 as GATE_STATE_I64
from pedal.dsp.output import RAMPS
from pedal.dsp.ramp import RAMP_CELLS
from pedal.dsp.tone import BANDS, tone_prepare_kernel
from pedal.jit import kernel
from pedal.layout import (
    AMP_PAST,
    AMP_PLANS,
    AMP_PLAYING,
    F32,
    F64,
    I64,
    KIND,
    KIND_AMP,
    KIND_CAB,
    KIND_DC,
    KIND_GATE,
    KIND_OUTPUT,
    KIND_TONE,
    NO_WIDTH,
    PAST_FRAMES,
    SPLICE_LEFT,
    TAPS,
)
from pedal.nam.kernels import rest_model_kernel


@kernel
def reset_row_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Put a block's signal state (not its ramps) to what silence leaves."""
    kind, state, words = i64[row + KIND], i64[row + F32], i64[row + I64]
    if kind == KIND_AMP:
        if i64[words + AMP_PLAYING] != NO_WIDTH:
            rest_model_kernel(f32, i64, i64[words + AMP_PLANS + i64[words + AMP_PLAYING]])
        for k in range(PAST_FRAMES):
            f32[state + AMP_PAST + k] = 0.0
        i64[words + SPLICE_LEFT] = 0
    elif kind == KIND_CAB:
        start = state + 2 * RAMP_CELLS
        for k in range(2 * history_frames(i64[row + TAPS])):
            f32[start + k] = 0.0
    elif kind == KIND_TONE:
        start = i64[row + F64] + BANDS * COEFFICIENTS
        for k in range(2 * BANDS * STATES):
            f64[start + k] = 0.0
    elif kind == KIND_GATE:
        for k in range(GATE_STATE_F32):
            f32[state + k] = 0.0
        for k in range(GATE_STATE_I64):
            i64[words + k] = 0
    elif kind == KIND_DC:
        for k in range(DC_STATE_F64):
            f64[i64[row + F64] + k] = 0.0
    elif kind == KIND_OUTPUT:
        f32[state + RAMPS * RAMP_CELLS] = 0.0


@kernel
def repair_row_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Reset a block that broke, and mend the coefficients that a reset leaves alone; ramps mend themselves."""
    reset_row_kernel(f32, f64, i64, row)
    if i64[row + KIND] == KIND_TONE:
        tone_prepare_kernel(f32, f64, i64, row)
