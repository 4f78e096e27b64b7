"""Reading what the period thread writes: levels, load, counters, events. Read-only, any process."""

from __future__ import annotations

from dataclasses import dataclass

from pedal import layout
from pedal.arena import Arena


@dataclass(frozen=True, slots=True)
class Status:
    """One look at the period thread; numbers may be a period apart from each other.

    Loads are shares of the period (1.0 fills it), peaks linear, costs nanoseconds per period and row.
    Meters are in the unit of their block; 0 where there is none.
    """

    card_state: int
    playing_slot: int
    frame: int
    period_count: int
    rate_hz: int
    period_frames: int
    load: float
    load_mean: float
    load_peak: float
    load_worst: float
    in_peak: float
    out_peak: float
    clipped_ago_frames: int | None
    xruns: int
    overruns: int
    woken_late: int
    guard_trips: int
    cold_changes: int
    width_changes: int
    cpu_scale: float
    row_costs_ns: tuple[float, ...]
    row_meters: tuple[float, ...]
    audio_beat_ns: int


@dataclass(frozen=True, slots=True)
class Event:
    """One event; ``numbers`` mean what ``layout``'s ``EVENT_`` kinds and ``rig.events`` say."""

    kind: int
    frame: int
    numbers: tuple[int, int, int, int, int]


def read_status(arena: Arena, playing_slot: int) -> Status:
    """A ``Status`` from a link's arena."""
    words, floats = arena.i64, arena.f64
    rows = 0
    if 0 <= playing_slot < layout.SLOT_COUNT:
        rows = int(words[layout.SLOTS + playing_slot * layout.SLOT_STRIDE + layout.SLOT_ROWS])
    rows = min(max(rows, 0), layout.MAX_ROWS)
    clipped_at, frame = int(words[layout.CLIPPED_AT]), int(words[layout.FRAME])
    return Status(
        card_state=int(words[layout.CARD_STATE]),
        playing_slot=playing_slot,
        frame=frame,
        period_count=int(words[layout.PERIOD_COUNT]),
        rate_hz=int(words[layout.RATE_HZ]),
        period_frames=int(words[layout.PERIOD_FRAMES]),
        load=float(floats[layout.LOAD]),
        load_mean=float(floats[layout.LOAD_MEAN]),
        load_peak=float(floats[layout.LOAD_PEAK]),
        load_worst=float(floats[layout.LOAD_WORST]),
        in_peak=float(floats[layout.IN_PEAK]),
        out_peak=float(floats[layout.OUT_PEAK]),
        clipped_ago_frames=frame - clipped_at if clipped_at > 0 else None,
        xruns=int(words[layout.XRUNS]),
        overruns=int(words[layout.OVERRUNS]),
        woken_late=int(words[layout.WOKEN_LATE]),
        guard_trips=int(words[layout.GUARD_TRIPS]),
        cold_changes=int(words[layout.COLD_CHANGES]),
        width_changes=int(words[layout.WIDTH_CHANGES]),
        cpu_scale=float(words[layout.CPU_SCALE_MILLI]) / 1000.0,
        row_costs_ns=tuple(float(c) for c in floats[layout.ROW_COST_F64 : layout.ROW_COST_F64 + rows]),
        row_meters=tuple(_meter(arena, playing_slot, row) for row in range(rows)),
        audio_beat_ns=int(words[layout.AUDIO_BEAT_NS]),
    )


def _meter(arena: Arena, slot_idx: int, row: int) -> float:
    slot = layout.SLOTS + slot_idx * layout.SLOT_STRIDE
    cell = int(arena.i64[slot + layout.SLOT_HEADER + row * layout.ROW_FIELDS + layout.METER])
    return float(arena.f32[cell]) if 0 < cell < arena.f32.size else 0.0


def read_events(arena: Arena, read: int, head: int) -> tuple[list[Event], int]:
    """Events ``read`` to ``head``, and how many of them were already overwritten."""
    first = max(read, head - layout.EVENT_COUNT + 1)
    events = []
    for number in range(first, head):
        at = layout.EVENTS + (number % layout.EVENT_COUNT) * layout.EVENT_FIELDS
        kind, frame, *numbers = (int(word) for word in arena.i64[at : at + 7])
        events.append(Event(kind, frame, (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])))
    return events, max(0, first - read)
