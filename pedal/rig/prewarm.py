"""A new rig does not start from silence: what was just played is played to its new amps first.

Called by the builder, after placing and before publishing. The last frames of the pedal's input
ring go through the rows that no live rig owns, up to the last amp, so that the amps' memory is that
of the playing. Until the rig is adopted the understudy goes on with it (``rehearse.py``, which also says
for which rows that is exact). Rows that go on from the live rig keep their own memory and are left out.
"""

from __future__ import annotations

from typing import Any

from pedal import layout as at
from pedal.arena import Arena
from pedal.jit import entry
from pedal.jit.machine import flush_denormals, load_acquire, restore_float_mode
from pedal.layout import INPUT_HEAD
from pedal.notes import RigNotes
from pedal.rig.rehearse import hear_kernel

#: How much of the past is replayed beyond the longest receptive field.
EXTRA_FRAMES = 2048
#: Passes until the rest, what was played meanwhile, is the understudy's.
CATCH_UPS = 3


@entry("void(float32[::1], float64[::1], int64[::1], int64, int64, int64)")
def _hear(f32: Any, f64: Any, i64: Any, slot: int, bus: int, n: int) -> None:
    mode = flush_denormals()
    hear_kernel(f32, f64, i64, slot, bus, n)
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
    if not rows:
        return
    words, slot = arena.i64, at.SLOTS + slot_idx * at.SLOT_STRIDE
    for index in rows:
        words[slot + at.SLOT_HEADER + index * at.ROW_FIELDS + at.REHEARSES] = 1
    words[slot + at.SLOT_HEARD] = max(0, int(_input_head(words)) - min(frames, at.INPUT_RING_FRAMES // 2))
    for _ in range(CATCH_UPS):
        head = int(_input_head(words))
        while words[slot + at.SLOT_HEARD] < head:
            n = min(at.MAX_FRAMES, head - int(words[slot + at.SLOT_HEARD]))
            _hear(arena.f32, arena.f64, words, slot, bus_f32, n)
    words[slot + at.SLOT_NEW] = len(rows)
