"""Adopting a rig at a period edge.

The builder writes a slot, the panel publishes its number, the period thread takes it here and
reports it playing; the slot before is then free. One rig runs at a time; ``edges.py`` hides the break.
"""

from __future__ import annotations

from typing import Any

from pedal.jit import kernel
from pedal.jit.machine import load_acquire, store_release
from pedal.layout import (
    EVENT_ADOPTED,
    MAX_ROWS,
    PLAYING_SLOT,
    READY_SLOT,
    REHEARSAL_LOCK,
    ROW_COST_F64,
    SEAT_FREE,
    SLOT_COUNT,
    SLOT_SERIAL,
    SLOT_STRIDE,
    SLOTS,
    WANTED_PERIODS,
    WANTED_SLOT,
)
from pedal.rig.edges import enter_kernel
from pedal.rig.events import push_event_kernel
from pedal.rig.rehearse import end_rehearsal_kernel

#: Periods that a wanted rig waits for the understudy at most.
UNDERSTUDY_PATIENCE = 32


@kernel
def adopt_kernel(f32: Any, f64: Any, i64: Any, n: int) -> None:
    """Play the wanted slot from this period of ``n`` frames on, if the understudy is through with it.

    It has walked through its memory, and its new amps have heard everything before this period. An
    understudy that gets no time cannot hold a rig back for ever.
    """
    wanted, playing = load_acquire(i64, WANTED_SLOT), i64[PLAYING_SLOT]
    if wanted == playing or wanted < 0 or wanted >= SLOT_COUNT:
        i64[WANTED_PERIODS] = 0
        return
    i64[WANTED_PERIODS] += 1
    patient = i64[WANTED_PERIODS] <= UNDERSTUDY_PATIENCE
    if load_acquire(i64, READY_SLOT) != wanted and patient:
        return
    missed = end_rehearsal_kernel(i64, wanted, n, patient)
    if missed < 0:
        return
    i64[WANTED_PERIODS] = 0
    for index in range(MAX_ROWS):
        f64[ROW_COST_F64 + index] = 0.0
    enter_kernel(f32, f64, i64, playing, wanted)
    store_release(i64, PLAYING_SLOT, wanted)
    serial = i64[SLOTS + wanted * SLOT_STRIDE + SLOT_SERIAL]
    store_release(i64, REHEARSAL_LOCK, SEAT_FREE)
    push_event_kernel(i64, EVENT_ADOPTED, wanted, playing, serial, missed, 0)
