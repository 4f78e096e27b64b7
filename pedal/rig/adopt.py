"""Adopting a rig at a period edge, and the splice at the chain's end that hides every break.

The builder writes a slot, the panel publishes its number, the period thread takes it here and
reports it playing; the slot before is then free. One rig runs at a time, so the outgoing sound is
continued by its last value and slope and faded into the new one.
"""

from __future__ import annotations

from typing import Any

from pedal.jit import kernel
from pedal.jit.machine import load_acquire, store_release
from pedal.layout import (
    BUS_F32,
    BUS_STRIDE,
    EVENT_ADOPTED,
    MAX_ROWS,
    OUT_LAST_F64,
    OUT_SPLICE_ASKED,
    OUT_SPLICE_F64,
    OUT_SPLICE_FRAMES,
    OUT_SPLICE_LEFT,
    PLAYING_SLOT,
    RATE_HZ,
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
from pedal.rig.events import push_event_kernel
from pedal.rig.rehearse import end_rehearsal_kernel
from pedal.rig.splice import RIG_S, splice_kernel

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
    i64[OUT_SPLICE_ASKED] = 1
    store_release(i64, PLAYING_SLOT, wanted)
    serial = i64[SLOTS + wanted * SLOT_STRIDE + SLOT_SERIAL]
    store_release(i64, REHEARSAL_LOCK, SEAT_FREE)
    push_event_kernel(i64, EVENT_ADOPTED, wanted, playing, serial, missed, 0)


@kernel
def out_splice_kernel(f32: Any, f64: Any, i64: Any, n: int) -> None:
    """Start the asked splice against what is on the bus, add what runs, remember the last two frames."""
    if i64[OUT_SPLICE_ASKED]:
        i64[OUT_SPLICE_ASKED] = 0
        frames = int(RIG_S * i64[RATE_HZ])
        i64[OUT_SPLICE_FRAMES] = frames
        i64[OUT_SPLICE_LEFT] = frames
        for channel in range(2):
            last, start = OUT_LAST_F64 + 2 * channel, OUT_SPLICE_F64 + 2 * channel
            at = BUS_F32 + channel * BUS_STRIDE
            new_slope = f32[at + 1] - f32[at] if n > 1 else 0.0
            slope = (f64[last] - f64[last + 1]) - new_slope
            f64[start] = f64[last] - (f32[at] - new_slope)  # against where the new sound comes from
            f64[start + 1] = slope
    left, frames = i64[OUT_SPLICE_LEFT], i64[OUT_SPLICE_FRAMES]
    for channel in range(2):
        last, start = OUT_LAST_F64 + 2 * channel, OUT_SPLICE_F64 + 2 * channel
        at = BUS_F32 + channel * BUS_STRIDE
        for t in range(min(n, left)):
            f32[at + t] += splice_kernel(frames - left + t + 1, frames, f64[start], f64[start + 1])
        f64[last + 1] = f32[at + n - 2] if n > 1 else f64[last]
        f64[last] = f32[at + n - 1]
    i64[OUT_SPLICE_LEFT] = max(0, left - n)
