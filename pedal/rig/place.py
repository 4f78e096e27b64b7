"""Placing a compiled preset into an arena: regions, rows, initial state. The last step of a build.

Called by the builder (shared arena) and offline (private arena), never in real time. Instances that
a live rig already has keep their region untouched: only their row is written again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from pedal import layout as at
from pedal.arena import Arena, Regions, align_up
from pedal.dsp.block import own_f32, quiet_i64
from pedal.dsp.ramp import RAMP_CELLS
from pedal.jit import entry
from pedal.nam.kernels import rest_model_kernel
from pedal.nam.plan import KIND, KIND_A2
from pedal.notes import AmpNote, BlockNote, RigNotes
from pedal.params import KINDS
from pedal.prices import Price, Prices
from pedal.rig.compile import Part
from pedal.rig.dispatch import reset_kind

#: Ring of an amp's input beyond the receptive field: what the understudy may sleep through.
RING_SLACK_FRAMES = 8192

_SWITCHED = {"own": at.SWITCHED_OWN, "cut": at.SWITCHED_CUT, "tail": at.SWITCHED_TAIL}

#: A narrow width's time is this much more than its share of multiply-adds (measured: 1.2 to 1.8).
NARROW_OVERHEAD = 1.75
#: Least and most that a seat may be behind when it is taken over, thousandths of a period.
LEAST_LAG_MILLI, MOST_LAG_MILLI = 250, 2000


@entry("void(float32[::1], float64[::1], int64[::1], int64)")
def _reset(f32: Any, f64: Any, i64: Any, row: int) -> None:
    reset_kind(i64[row + at.KIND], f32, f64, i64, row)


@entry("void(float32[::1], int64[::1], int64)")
def _rest(f32: Any, i64: Any, plan: int) -> None:
    rest_model_kernel(f32, i64, plan)


class _Cursor:
    """Walks through one region, handing out pieces on cache lines (byte offsets)."""

    def __init__(self, start: int = 0) -> None:
        self.at = start

    def take(self, size_bytes: int) -> int:
        piece = self.at
        self.at += align_up(size_bytes)
        return piece


def ring_frames(part: Part) -> int:
    """Length of an amp's input ring: a power of two that holds every width's receptive field."""
    assert part.amp is not None
    return 1 << (max(part.amp.receptive_frames) + RING_SLACK_FRAMES - 1).bit_length()


def lag_milli(macs: Sequence[int], width: int) -> int:
    """How far behind width ``width`` may be taken over, thousandths of a period.

    To catch up and play a period must take no longer than a period of the next wider width did.
    """
    wider = macs[min(width + 1, len(macs) - 1)]
    spare = wider / (NARROW_OVERHEAD * max(1, macs[width])) - 1.0
    return min(MOST_LAG_MILLI, max(LEAST_LAG_MILLI, int(1000 * spare)))


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
    costs: Mapping[str, tuple[float, tuple[float, ...]]] | None = None,
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
        start_widths: width index by block id: new amps start with it (the widest where absent), amps that go on
            are to be asked for it before the rig plays.
        costs: by cost key, ns per frame of the row and of each width.
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
        _write_row(arena, row, part, pieces, rate_hz, instance)
        arena.i64[row + at.REGION_F32] = start // 4
        arena.i64[row + at.REGION_CELLS] = size // 4
        row_cost, width_costs = (costs or {}).get(part.cost_key, (0.0, ()))
        amp = None
        if part.amp is not None:
            amp = AmpNote(
                record_idx=pieces["i64"] // 8,
                gains_idx=pieces["f32"] // 4 + at.AMP_INPUT_GAIN,
                model_name=part.amp.model.name,
                levels=part.amp.model.levels,
                labels=part.amp.labels,
                costs_ns=tuple(width_costs),
                start_idx=(start_widths or {}).get(part.block.id, -1),
            )
        if not kept:
            arena.u8[start : start + size] = 0
            width = (start_widths or {}).get(part.block.id, len(part.amp.labels) - 1 if part.amp else 0)
            _write_state(arena, row, part, pieces, width)
        if prices is not None:
            _write_prices(arena, row, part, prices)
        notes.append(
            BlockNote(
                id=part.block.id,
                kind=part.block.kind,
                key=part.key,
                serial=instance,
                region=(start, size),
                params_idx=pieces["params"] // 4,
                targets=part.targets,
                cost_ns=row_cost,
                amp=amp,
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


def _write_row(arena: Arena, row: int, part: Part, pieces: Mapping[str, Any], rate_hz: int, serial: int) -> None:
    words, kind = arena.i64, KINDS[part.block.kind]
    words[row + at.KIND] = kind.number
    words[row + at.CHANNELS] = part.channels
    words[row + at.SPREAD] = part.spread
    words[row + at.SIDE] = part.side
    words[row + at.PARAMS] = pieces["params"] // 4
    words[row + at.F32] = pieces["f32"] // 4
    words[row + at.F64] = pieces["f64"] // 8
    words[row + at.I64] = pieces["i64"] // 8
    words[row + at.DATA] = pieces["data"] // 4
    words[row + at.TAPS] = part.taps
    words[row + at.RATE] = rate_hz
    words[row + at.SERIAL] = serial
    words[row + at.SWITCHED] = _SWITCHED[kind.bypass]
    words[row + at.QUIET] = pieces["i64"] // 8 + quiet_i64(kind)
    words[row + at.QUIET_FRAMES] = max(1, part.quiet_frames)
    words[row + at.METER] = pieces["f32"] // 4 + own_f32(kind) + part.meter if kind.meter else 0


def _write_prices(arena: Arena, row: int, part: Part, prices: Prices) -> None:
    words = arena.i64

    def put(word: int, price: Price) -> None:
        words[word : word + at.PRICE_WORDS] = price.words()

    choices = [param for param in KINDS[part.block.kind].params if param.words]
    chosen = [param.words[int(part.block.value(param.name))] for param in choices]
    put(row + at.PRICE, prices.blocks[part.block.kind].of(part.taps, part.channels, chosen))
    if part.amp is not None:
        record = int(words[row + at.I64])
        put(record + at.AMP_LEARN_PRICE, Price(prices.model.learn_ns, 0.0))
        for index, (packed, macs) in enumerate(zip(part.amp.packed, part.amp.macs, strict=True)):
            playing = prices.model.of(macs, is_a2=int(packed.plan[KIND]) == KIND_A2)
            put(record + at.AMP_PRICES + index * at.PRICE_WORDS, playing)
            put(record + at.AMP_REST_PRICES + index * at.PRICE_WORDS, prices.model.rest(playing))


def _settle(arena: Arena, cells: int, value: float) -> None:
    """A ramp that stands at ``value``."""
    arena.f32[cells], arena.f32[cells + 1], arena.f32[cells + 2] = value, 0.0, value


def _write_state(arena: Arena, row: int, part: Part, pieces: Mapping[str, Any], width: int) -> None:
    params, state = pieces["params"] // 4, pieces["f32"] // 4
    arena.f32[params : params + len(part.targets)] = part.targets
    arena.f32[pieces["data"] // 4 : pieces["data"] // 4 + part.data.size] = part.data
    wet = 1.0 - part.targets[0]
    if part.amp is not None:
        _write_amp(arena, part, pieces, width, wet)
        return
    for cell, value in enumerate((wet, *part.targets[1:])):
        _settle(arena, state + cell * RAMP_CELLS, value)
    if wet == 0.0:  # asleep
        arena.i64[arena.i64[row + at.QUIET]] = arena.i64[row + at.QUIET_FRAMES]
    _reset(arena.f32, arena.f64, arena.i64, row)


def _write_amp(arena: Arena, part: Part, pieces: Mapping[str, Any], width: int, wet: float) -> None:
    amp = part.amp
    assert amp is not None
    record, state, words = pieces["i64"] // 8, pieces["f32"] // 4, arena.i64
    words[record + at.AMP_WIDTHS] = len(amp.packed)
    words[record + at.AMP_WANTED] = width
    words[record + at.AMP_PLAYING] = width if part.block.on else at.NO_WIDTH
    words[record + at.AMP_HELD] = at.NO_WIDTH
    words[record + at.AMP_RING] = pieces["ring"] // 4
    words[record + at.AMP_RING_FRAMES] = ring_frames(part)
    words[record + at.SEAT_WIDTH] = at.NO_WIDTH
    _settle(arena, state + at.AMP_WET, wet)
    for ramp, target, cell, gain in (
        (at.AMP_DRIVE, part.targets[1], at.AMP_INPUT_GAIN, amp.input_gain),
        (at.AMP_LEVEL, part.targets[2], at.AMP_OUTPUT_GAIN, amp.output_gain),
    ):
        arena.f32[state + cell] = gain
        _settle(arena, state + ramp, float(np.float32(target) * np.float32(gain)))
    arena.f32[state + at.AMP_TRIMS : state + at.AMP_TRIMS + len(amp.trim_gains)] = amp.trim_gains
    for index, (packed, places) in enumerate(zip(amp.packed, pieces["widths"], strict=True)):
        plan, weights, state_f32, state_i64 = places
        packed.place(arena, plan // 8, weights // 4, state_f32 // 4, state_i64 // 8)
        _rest(arena.f32, arena.i64, plan // 8)
        words[record + at.AMP_PLANS + index] = plan // 8
        words[record + at.AMP_FIELDS_FRAMES + index] = amp.receptive_frames[index]
        words[record + at.AMP_LAG_MILLI + index] = lag_milli(amp.macs, index)
