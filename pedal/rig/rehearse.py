"""Rehearsal: the new amps of a wanted rig hear what is played until the period they play in.

The builder (``prewarm.py``) plays the pedal's last seconds to the rows that no live rig owns, up to the
last amp, and notes in the slot how far it came. From then on the understudy goes on with it, and the
period thread adopts the rig at an edge where its new rows have heard everything: an amp's state is
then what it would be had it always played. ``REHEARSAL_LOCK`` says who may touch these rows; the
period thread only tries it.

The rows hear the input ring through the input's present trim, and each other. Rows that go on from the
live rig have one state, and that plays; a new amp behind such a row (other than the input) hears the
guitar without it, and is itself again one receptive field after it was adopted.
"""

from __future__ import annotations

from typing import Any

from pedal.dsp.input import TRIM
from pedal.dsp.ramp import param_kernel
from pedal.jit import kernel
from pedal.jit.machine import compare_swap, load_acquire, store_release
from pedal.layout import (
    BUS_STRIDE,
    INPUT_HEAD,
    INPUT_RING_F32,
    INPUT_RING_FRAMES,
    PLAYING_SLOT,
    REHEARSAL_LOCK,
    REHEARSES,
    ROW_FIELDS,
    SEAT_FREE,
    SEAT_PERIOD,
    SEAT_UNDERSTUDY,
    SLOT_COUNT,
    SLOT_HEADER,
    SLOT_HEARD,
    SLOT_NEW,
    SLOT_ROWS,
    SLOT_STRIDE,
    SLOTS,
    UNDERSTUDY_BUS_F32,
    WANTED_SLOT,
)
from pedal.rig.chain import play_row_kernel

#: Most frames heard while holding the lock.
CHUNK_FRAMES = 64


@kernel
def hear_kernel(f32: Any, f64: Any, i64: Any, slot: int, bus: int, n: int) -> None:
    """The next ``n`` frames of the input ring to the new rows of the rig at ``slot``."""
    position, first = i64[slot + SLOT_HEARD], slot + SLOT_HEADER
    trim = f32.dtype.type(1.0)
    if i64[first + REHEARSES] == 0:  # the input plays: as it trims now
        trim = param_kernel(f32, i64, first, TRIM)
    for t in range(n):
        x = trim * f32[INPUT_RING_F32 + ((position + t) & (INPUT_RING_FRAMES - 1))]
        f32[bus + t] = x
        f32[bus + BUS_STRIDE + t] = x
    for index in range(i64[slot + SLOT_ROWS]):
        row = first + index * ROW_FIELDS
        if i64[row + REHEARSES]:
            play_row_kernel(f32, f64, i64, row, bus, n)
    i64[slot + SLOT_HEARD] = position + n


@kernel
def rehearse_kernel(f32: Any, f64: Any, i64: Any) -> bool:
    """The understudy's part: bring the wanted rig nearer; False when there was nothing to hear."""
    wanted = load_acquire(i64, WANTED_SLOT)
    if wanted < 0 or wanted >= SLOT_COUNT or i64[SLOTS + wanted * SLOT_STRIDE + SLOT_NEW] == 0:
        return False
    if not compare_swap(i64, REHEARSAL_LOCK, SEAT_FREE, SEAT_UNDERSTUDY):
        return False
    slot, worked = SLOTS + wanted * SLOT_STRIDE, False
    if load_acquire(i64, WANTED_SLOT) == wanted and load_acquire(i64, PLAYING_SLOT) != wanted:
        n = min(load_acquire(i64, INPUT_HEAD) - i64[slot + SLOT_HEARD], CHUNK_FRAMES)
        if n > 0:
            hear_kernel(f32, f64, i64, slot, UNDERSTUDY_BUS_F32, n)
            worked = True
    store_release(i64, REHEARSAL_LOCK, SEAT_FREE)
    return worked


@kernel
def end_rehearsal_kernel(i64: Any, wanted: int, n: int, patient: bool) -> int:
    """The period thread's part, when it has captured ``n`` frames: may it adopt ``wanted`` now?

    Returns how many frames the new rows have missed (0 if they heard all, or there are none), and
    takes their lock; or -1: not yet. Impatient, it also takes rows that have missed something.
    """
    slot = SLOTS + wanted * SLOT_STRIDE
    if not compare_swap(i64, REHEARSAL_LOCK, SEAT_FREE, SEAT_PERIOD):
        return -1
    if i64[slot + SLOT_NEW] == 0:
        return 0
    missed = i64[INPUT_HEAD] - n - i64[slot + SLOT_HEARD]
    if missed > 0 and patient:
        store_release(i64, REHEARSAL_LOCK, SEAT_FREE)
        return -1
    i64[slot + SLOT_NEW] = 0
    return missed
