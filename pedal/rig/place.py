"""Placing a compiled preset into an arena: regions, rows, initial state. The last step of a build.

Called by the builder (shared arena) and offline (private arena), never in real time. Instances that
a live rig already has keep their region untouched: only their row is written again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from pedal import layout as at
from pedal.arena import Arena, Regions, align_up
from pedal.notes import AmpNote, BlockNote, ImpulseNote, RigNotes
from pedal.prices import Prices
from pedal.rig.compile import Part
from pedal.rig.rows import ring_frames, write_new_targets, write_prices, write_row, write_state


class _Cursor:
    """Walks through one region, handing out pieces on cache lines (byte offsets)."""

    def __init__(self, start: int = 0) -> None:
        self.at = start

    def take(self, size_bytes: int) -> int:
        piece = self.at
        self.at += align_up(size_bytes)
        return piece


def region_bytes(part: Part) -> int:
    """All memory of one part, in one region."""
    cursor = _Cursor()
    _pieces(part, cursor)
    return cursor.at


def _pieces(part: Part, cursor: _Cursor) -> dict[str, Any]:
    pieces: dict[str, Any] = {
        "params": cursor.take(4 * len(part.targets)),
        "f32": cursor.take(4 * part.f32),
        "f64": cursor.take(8 * part.f64),
        "i64": cursor.take(8 * part.i64),
        "edge": cursor.take(4 * 2 * at.EDGE_STRIDE),
        "edge_words": cursor.take(8 * at.EDGE_WORD_COUNT),
        "data": cursor.take(4 * part.data.size),
    }
    if part.amp is not None:
        pieces["ring"] = cursor.take(4 * ring_frames(part))
        pieces["widths"] = [
            (
                cursor.take(packed.plan_bytes),
                cursor.take(packed.weights_bytes),
                cursor.take(packed.state_f32_bytes),
                cursor.take(packed.state_i64_bytes),
            )
            for packed in part.amp.packed
        ]
    return pieces


def place_rig(
    arena: Arena,
    slot_idx: int,
    parts: Sequence[Part],
    *,
    preset_name: str,
    serial: int,
    rate_hz: int,
    live: Mapping[str, BlockNote],
    in_use: Sequence[tuple[int, int]],
    start_widths: Mapping[str, int] | None = None,
    costs: Mapping[str, tuple[float, ...]] | None = None,
    prices: Prices | None = None,
    origin: str = "",
) -> RigNotes:
    """Write rows and regions of a rig into ``arena`` and say where everything lies.

    Args:
        arena: with the map of ``layout``.
        slot_idx: which slot; nobody may be playing it.
        parts: from ``compile_preset``.
        preset_name: for the notes.
        serial: of this rig; instances get serials derived from it.
        rate_hz: of the card.
        live: instances that go on, by key.
        in_use: all regions that must not be touched.
        start_widths: width index by block id, or size index: new amps and cabinets start with it (the widest where
            absent), those that go on are to be asked for it before the rig plays.
        costs: by cost key, ns per frame of each size.
        prices: of the board that this machine stands for; None if for itself.
        origin: the preset's file, for the notes.

    Raises:
        PedalError: not enough memory.
    """
    regions = Regions(at.HEAP_AT_BYTE, at.heap_stop_byte(arena.u8.size), in_use)
    slot = at.SLOTS + slot_idx * at.SLOT_STRIDE
    arena.i64[slot : slot + at.SLOT_STRIDE] = 0
    arena.i64[slot + at.SLOT_ROWS] = len(parts)
    arena.i64[slot + at.SLOT_SERIAL] = serial
    notes = []
    for index, part in enumerate(parts):
        kept = live.get(part.key)
        size = region_bytes(part)
        start = kept.region[0] if kept else regions.take(size)
        pieces = _pieces(part, _Cursor(start))
        instance = kept.serial if kept else serial * at.MAX_ROWS + index
        row = slot + at.SLOT_HEADER + index * at.ROW_FIELDS
        write_row(arena, row, part, pieces, rate_hz, instance)
        write_new_targets(arena, row, part, slot_idx * at.MAX_ROWS + index, goes_on=kept is not None)
        arena.i64[row + at.REGION_F32] = start // 4
        arena.i64[row + at.REGION_CELLS] = size // 4
        sizes_ns = (costs or {}).get(part.cost_key, ())
        start_idx = (start_widths or {}).get(part.block.id, -1)
        amp = impulse = None
        if part.amp is not None:
            amp = AmpNote(
                record_idx=pieces["i64"] // 8,
                gains_idx=pieces["f32"] // 4 + at.AMP_INPUT_GAIN,
                model_name=part.amp.model.name,
                levels=part.amp.model.levels,
                labels=part.amp.labels,
                costs_ns=sizes_ns,
                start_idx=start_idx,
            )
        elif part.sizes:
            impulse = ImpulseNote(int(arena.i64[row + at.SIZED]), part.sizes, sizes_ns, start_idx)
        if not kept:
            arena.u8[start : start + size] = 0
            widest = len(part.amp.labels if part.amp else part.sizes) - 1
            write_state(arena, row, part, pieces, widest if start_idx < 0 else start_idx, fades_in=bool(live))
        if prices is not None:
            write_prices(arena, row, part, prices)
        notes.append(
            BlockNote(
                id=part.block.id,
                kind=part.block.kind,
                key=part.key,
                serial=instance,
                region=(start, size),
                params_idx=pieces["params"] // 4,
                targets=part.targets,
                cost_key=part.cost_key,
                cost_ns=sizes_ns[-1] if sizes_ns and amp is None else 0.0,
                amp=amp,
                impulse=impulse,
            )
        )
    _join_twins(arena, parts, notes)
    return RigNotes(preset_name, serial, tuple(notes), origin)


def _join_twins(arena: Arena, parts: Sequence[Part], notes: Sequence[BlockNote]) -> None:
    """Tell the two sides of an amp, which are neighbours, of each other."""
    for (left, note), (right, other) in pairwise(zip(parts, notes, strict=True)):
        if (left.side, right.side) == (at.SIDE_LEFT, at.SIDE_RIGHT) and note.amp and other.amp:
            arena.i64[note.amp.record_idx + at.AMP_TWIN] = other.amp.record_idx
            arena.i64[other.amp.record_idx + at.AMP_TWIN] = note.amp.record_idx
