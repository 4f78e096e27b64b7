"""Any network as a program: a list of steps on registers and rings, tile after tile.

Called by ``kernels`` in real time. A register is a few rows of one tile; a ring keeps the past of a register
for a convolution. Every tile goes through all steps before the next one begins, so registers
are small, and the length of a block is of no consequence. Of the last tile of a block the rings keep
what the block fills; the next tile overwrites the rest.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pedal.jit import kernel
from pedal.jit.linked import linked_kernel
from pedal.nam.activation_kernels import activate_kernel
from pedal.nam.conv_tiles import CONV_FRAMES, conv_tile_kernel
from pedal.nam.lstm_kernels import lstm_kernel
from pedal.nam.plan import (
    MIRROR,
    OP_ACTIVATE,
    OP_ADD,
    OP_BLEND,
    OP_CONV,
    OP_FILM,
    OP_LSTM,
    OP_MULTIPLY,
    OP_RECORD,
    OUTPUT,
    PROGRAM_ROWS,
    R_FRAMES,
    R_ROWS,
    R_START,
    R_STEADY,
    R_STRIDE,
    RING_WORDS,
    RINGS,
    S_CODE,
    S_COUNT,
    S_DILATION,
    S_FIRST,
    S_INPUTS,
    S_OP,
    S_RING,
    S_ROWS,
    S_SECOND,
    S_STATE,
    S_STEADY,
    S_STRIDE,
    S_TAPS,
    S_TARGET,
    S_THIRD,
    S_WEIGHTS,
    SCRATCH,
    STATE_I64,
    STEP_WORDS,
    STEPS,
)
from pedal.nam.rings import advance_kernel, copy_frames_kernel, fill_rows_kernel, mirror_kernel

_ENDLESS = 1 << 40
_ONE = np.float32(1.0)


@linked_kernel("void(float32[::1], int64[::1], int64, int64)")
def _conv_kernel(f32: Any, i64: Any, plan: int, step: int) -> None:
    """A convolution over a ring, or (with all taps on the same frame) over a register."""
    base = i64[plan + SCRATCH]
    ring = i64[step + S_RING]
    source = base + i64[step + S_FIRST]
    stride = CONV_FRAMES
    frames = _ENDLESS
    position = 0
    if ring >= 0:
        row = plan + PROGRAM_ROWS + ring * RING_WORDS
        source = i64[row + R_START]
        stride = i64[row + R_STRIDE]
        frames = i64[row + R_FRAMES]
        position = i64[i64[plan + STATE_I64] + ring]
    conv_tile_kernel(
        f32, i64[step + S_WEIGHTS], i64[step + S_TAPS], i64[step + S_DILATION], i64[step + S_INPUTS],
        source, stride, frames, position, base + i64[step + S_SECOND], i64[step + S_STRIDE],
        i64[step + S_ROWS], base + i64[step + S_TARGET], CONV_FRAMES,
    )  # fmt: skip


@kernel
def _record_kernel(f32: Any, i64: Any, plan: int, step: int) -> None:
    """A register into the future of its ring, which the end of the tile makes the past."""
    ring = i64[step + S_RING]
    row = plan + PROGRAM_ROWS + ring * RING_WORDS
    start = i64[row + R_START]
    stride = i64[row + R_STRIDE]
    frames = i64[row + R_FRAMES]
    rows = i64[row + R_ROWS]
    mirror = i64[plan + MIRROR]
    at = i64[i64[plan + STATE_I64] + ring]
    source = i64[plan + SCRATCH] + i64[step + S_FIRST]
    for k in range(rows):
        copy_frames_kernel(f32, start + at + k * stride, source + k * CONV_FRAMES, CONV_FRAMES)
    if at < mirror or at + CONV_FRAMES > frames:
        mirror_kernel(f32, start, stride, rows, frames, at, CONV_FRAMES, mirror)


@kernel
def _arithmetic_kernel(f32: Any, op: int, count: int, target: int, first: int, second: int, third: int) -> None:
    """Number by number; the target is a register of its own."""
    t = f32[target : target + count]
    a = f32[first : first + count]
    b = f32[second : second + count]
    c = f32[third : third + count]
    if op == OP_ADD:
        for i in range(count):
            t[i] = a[i] + b[i]
    elif op == OP_MULTIPLY:
        for i in range(count):
            t[i] = a[i] * b[i]
    elif op == OP_FILM:
        for i in range(count):
            t[i] = a[i] * b[i] + c[i]
    elif op == OP_BLEND:
        for i in range(count):
            t[i] = a[i] * b[i] + (_ONE - a[i]) * c[i]


@linked_kernel("void(float32[::1], int64[::1], int64, int64, int64)")
def _step_kernel(f32: Any, i64: Any, plan: int, step: int, n: int) -> None:
    """Any step but a convolution; ``n`` frames of the tile are real."""
    op = i64[step + S_OP]
    base = i64[plan + SCRATCH]
    rows = i64[step + S_ROWS]
    first = base + i64[step + S_FIRST]
    target = base + i64[step + S_TARGET]
    if op == OP_RECORD:
        _record_kernel(f32, i64, plan, step)
    elif op == OP_ACTIVATE:
        copy_frames_kernel(f32, target, first, rows * CONV_FRAMES)
        activate_kernel(f32, i64[step + S_CODE], i64[step + S_WEIGHTS], target, rows, CONV_FRAMES)
    elif op == OP_LSTM:
        lstm_kernel(
            f32, i64[step + S_WEIGHTS], i64[step + S_STATE], i64[step + S_CODE], i64[step + S_INPUTS], rows,
            i64[step + S_DILATION], first, target, n,
        )  # fmt: skip
    else:
        second = base + i64[step + S_SECOND]
        third = base + i64[step + S_THIRD]
        _arithmetic_kernel(f32, op, rows * CONV_FRAMES, target, first, second, third)


@linked_kernel("void(float32[::1], int64[::1], int64, int64, int64, int64)")
def play_program_kernel(f32: Any, i64: Any, plan: int, x: int, y: int, n: int) -> None:
    """One block, see ``kernels.play_model_kernel``."""
    rings = i64[plan + RINGS]
    positions = i64[plan + STATE_I64]
    registers = i64[plan + SCRATCH]
    steps = plan + PROGRAM_ROWS + rings * RING_WORDS
    for done in range(0, n, CONV_FRAMES):
        width = min(CONV_FRAMES, n - done)
        copy_frames_kernel(f32, registers, x + done, width)
        for k in range(i64[plan + STEPS]):
            step = steps + k * STEP_WORDS
            if i64[step + S_OP] == OP_CONV:
                _conv_kernel(f32, i64, plan, step)
            else:
                _step_kernel(f32, i64, plan, step, width)
        copy_frames_kernel(f32, y + done, registers + i64[plan + OUTPUT], width)
        for k in range(rings):
            frames = i64[plan + PROGRAM_ROWS + k * RING_WORDS + R_FRAMES]
            i64[positions + k] = advance_kernel(i64[positions + k], width, frames)


@linked_kernel("void(float32[::1], int64[::1], int64)")
def rest_program_kernel(f32: Any, i64: Any, plan: int) -> None:
    """See ``kernels.rest_model_kernel``."""
    rings = i64[plan + RINGS]
    for k in range(rings):
        row = plan + PROGRAM_ROWS + k * RING_WORDS
        fill_rows_kernel(f32, i64[row + R_START], i64[row + R_STRIDE], i64[row + R_ROWS], i64[row + R_STEADY])
        i64[i64[plan + STATE_I64] + k] = 0
    for k in range(i64[plan + STEPS]):
        step = plan + PROGRAM_ROWS + rings * RING_WORDS + k * STEP_WORDS
        if i64[step + S_OP] == OP_LSTM:
            copy_frames_kernel(f32, i64[step + S_STATE], i64[step + S_STEADY], i64[step + S_COUNT])
