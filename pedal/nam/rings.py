"""Rings and lines: how kernels keep the past, and the rule that lets a tile ignore a ring's end.

Called by the kernels of this package, in real time. Every row is one channel.

A *ring* has ``frames`` columns and repeats its first few behind its last, so that a
tile may be read or written at any position without a seam. After a tile was written over the end,
the repeat is the newer copy; after one near the start, the start is. ``mirror_kernel`` brings
the older of the two up to date.

A *line* is history and the current block side by side; after the block it moves back.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic

from pedal.jit import kernel
from pedal.jit.vectors import TARGET, Emitter

#: Frames per copy: a cache line.
LINE_FRAMES = 16


@intrinsic
def copy_line(typing_context: Any, f32: Any, target: Any, source: Any) -> Any:
    """``f32[target : target + 16] = f32[source : source + 16]``, all read before any is written."""
    signature = types.void(f32, types.int64, types.int64)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        e = Emitter(context, builder, TARGET.conv.lanes)
        memory = e.memory(sig.args[0], args[0])
        values = e.load(e.at(memory, args[2]), LINE_FRAMES // TARGET.conv.lanes)
        e.store(values, e.at(memory, args[1]))
        return context.get_dummy_value()

    return signature, codegen


@kernel
def mirror_kernel(
    f32: Any, ring: int, stride: int, rows: int, frames: int, position: int, width: int, mirror: int
) -> None:
    """Repair the repeat of a ring after ``width`` columns were written at ``position``.

    ``mirror`` columns are repeated (whole cache lines). Callers skip the call for writes that touch
    neither end: ``mirror <= position <= frames - width``.
    """
    if position + width > frames:
        source = ring + frames
        target = ring
        first = 0
        stop = position + width - frames
    else:
        source = ring
        target = ring + frames
        first = position & -LINE_FRAMES
        stop = min(position + width, mirror)
    for row in range(rows):
        for at in range(first, stop, LINE_FRAMES):
            copy_line(f32, target + row * stride + at, source + row * stride + at)


@kernel
def advance_kernel(position: int, n: int, frames: int) -> int:
    """``position`` moved on by ``n`` (up to ``frames``) in a ring of ``frames``; a division would cost more."""
    moved = position + n
    return moved - frames if moved >= frames else moved


@kernel
def shift_line_kernel(f32: Any, line: int, stride: int, rows: int, history: int, n: int) -> None:
    """Drop the oldest ``n`` frames of a line: its last ``history`` (whole cache lines) come to its start."""
    for row in range(rows):
        for at in range(0, history, LINE_FRAMES):
            copy_line(f32, line + row * stride + at, line + row * stride + n + at)


@kernel
def fill_rows_kernel(f32: Any, line: int, stride: int, rows: int, values: int) -> None:
    """Fill ``rows`` rows of ``stride`` elements, each with its own number of ``f32[values:]``."""
    for row in range(rows):
        value = f32[values + row]
        whole = f32[line + row * stride : line + (row + 1) * stride]
        for i in range(len(whole)):
            whole[i] = value


@kernel
def copy_frames_kernel(f32: Any, target: int, source: int, n: int) -> None:
    """``f32[target : target + n] = f32[source : source + n]``, for regions that do not overlap."""
    new = f32[target : target + n]
    old = f32[source : source + n]
    for i in range(n):
        new[i] = old[i]
