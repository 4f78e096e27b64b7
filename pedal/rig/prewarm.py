"""A new rig does not start from silence: what was just played is played to its new amps first.

Called by the builder, after placing and before publishing. The last frames of the pedal's input
ring go through the rows that no live rig owns, up to the last amp, so that the amps' memory is that
of the playing. Rows that go on from the live rig keep their own and are left out; only the input's trim,
which is nothing but a gain, is made up for.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pedal import layout as at
from pedal.arena import Arena
from pedal.jit import entry
from pedal.jit.machine import flush_denormals, load_acquire, restore_float_mode
from pedal.layout import (
    BUS_STRIDE,
    INPUT_HEAD,
    INPUT_RING_F32,
    INPUT_RING_FRAMES,
    MAX_FRAMES,
    ROW_FIELDS,
    SLOT_HEADER,
)
from pedal.notes import RigNotes
from pedal.rig.chain import play_row_kernel

#: How much of the past is replayed beyond the longest receptive field.
EXTRA_FRAMES = 2048


@entry("void(float32[::1], float64[::1], int64[::1], int64, int64, int64)")
def _replay_row(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    mode = flush_denormals()
    play_row_kernel(f32, f64, i64, row, bus, n)
    restore_float_mode(mode)


@entry("int64(int64[::1])")
def _input_head(i64: Any) -> int:
    return load_acquire(i64, INPUT_HEAD)


def prewarm(arena: Arena, slot_idx: int, notes: RigNotes, kept: frozenset[str], bus_f32: int, frames: int) -> None:
    """Replay ``frames`` of the input ring through the new rows up to the last amp.

    Args:
        arena: the link's.
        slot_idx: of the new rig.
        notes: of the new rig.
        kept: keys of rows that a live rig owns.
        bus_f32: scratch of ``layout.BUS_ROWS`` rows that nobody else uses.
        frames: how much of the past.
    """
    last_amp = max((i for i, block in enumerate(notes.blocks) if block.amp is not None), default=-1)
    rows = [i for i in range(last_amp + 1) if notes.blocks[i].key not in kept]
    if not any(notes.blocks[i].amp for i in rows):
        return
    slot = at.SLOTS + slot_idx * at.SLOT_STRIDE
    trim = np.float32(1.0)
    if notes.blocks[0].key in kept:
        trim = arena.f32[int(arena.i64[slot + SLOT_HEADER + at.F32])]
    head = int(_input_head(arena.i64))
    position = max(0, head - min(frames, INPUT_RING_FRAMES // 2))
    while position < head:
        n = min(MAX_FRAMES, head - position)
        start = position % INPUT_RING_FRAMES
        first = min(n, INPUT_RING_FRAMES - start)
        ring = arena.f32[INPUT_RING_F32 : INPUT_RING_F32 + INPUT_RING_FRAMES]
        for channel in range(2):
            bus = arena.f32[bus_f32 + channel * BUS_STRIDE : bus_f32 + channel * BUS_STRIDE + n]
            bus[:first] = ring[start : start + first]
            bus[first:] = ring[: n - first]
            bus *= trim
        for index in rows:
            row = slot + SLOT_HEADER + index * ROW_FIELDS
            _replay_row(arena.f32, arena.f64, arena.i64, row, bus_f32, n)
        position += n
