"""The understudy: keeps the width that may be needed next warm, beside the playing one.

One compiled function on another core of pedal-audio, which never returns to Python until the pedal
stops. From each amp's input ring it feeds the *seat*: the state of one width the amp does not
play. With nothing asked that is the next narrower width, so an emergency finds it ready; when the
panel asks for another, the understudy starts that one from rest one receptive field back - which
makes its state exactly what it would be had it played all along - and chases the amp. The period
thread takes the seat over at an edge (``width.py``). A wanted rig's new amps it keeps warm as well
(``rehearse.py``), and blocks that were faded out it clears (``clearing.py``). The seat's lock is only ever tried by the
period thread; the understudy holds it for at most ``CHUNK_FRAMES`` of work.
"""

from __future__ import annotations

from typing import Any

from pedal.jit import entry, kernel
from pedal.jit.machine import (
    compare_swap,
    flush_denormals,
    load_acquire,
    restore_float_mode,
    sleep_us,
    store_release,
)
from pedal.layout import (
    AMP_ENGAGED,
    AMP_FIELDS_FRAMES,
    AMP_HEAD,
    AMP_PLAYING,
    AMP_RING_FRAMES,
    F32,
    I64,
    KIND,
    KIND_AMP,
    MAX_FRAMES,
    NO_WIDTH,
    PAST_FRAMES,
    PLAYING_SLOT,
    READY_SLOT,
    REGION_CELLS,
    REGION_F32,
    ROW_FIELDS,
    SEAT_FREE,
    SEAT_LEARNT,
    SEAT_LOCK,
    SEAT_PAST,
    SEAT_POSITION,
    SEAT_UNDERSTUDY,
    SEAT_WIDTH,
    SEAT_X,
    SEAT_Y,
    SEATS_OVERTAKEN,
    SLOT_COUNT,
    SLOT_HEADER,
    SLOT_ROWS,
    SLOT_STRIDE,
    SLOTS,
    STOP,
    TOUCHED_F32,
    UNDERSTUDY_ROUND,
    WANTED_SLOT,
)
from pedal.rig.clearing import clear_kernel
from pedal.rig.rehearse import rehearse_kernel
from pedal.rig.splice import FIT_FRAMES, learn_kernel
from pedal.rig.width import asked_width_kernel, feed_kernel, rest_width_kernel

#: Most frames fed while holding a seat's lock.
CHUNK_FRAMES = 64
#: Sleep of a round that found nothing to do.
IDLE_US = 150
#: Floats of the smallest page there is.
PAGE_CELLS = 1024


@kernel
def seat_goal_kernel(i64: Any, amp: int) -> int:
    """The width the seat should hold: the asked one, else the next narrower than the playing one."""
    if i64[amp + AMP_ENGAGED] == 0:
        return NO_WIDTH
    asked, playing = asked_width_kernel(i64, amp), i64[amp + AMP_PLAYING]
    if asked != playing:
        return asked
    return playing - 1 if playing > 0 else NO_WIDTH


@kernel
def _start_seat(f32: Any, i64: Any, amp: int, state: int, goal: int, head: int) -> None:
    """Begin ``goal`` from rest, so far back that what it will have played of late is exact: the splice asks for it."""
    rest_width_kernel(f32, i64, amp, goal)
    i64[amp + SEAT_POSITION] = max(0, head - (i64[amp + AMP_FIELDS_FRAMES + goal] + FIT_FRAMES))
    for k in range(PAST_FRAMES):
        f32[state + SEAT_PAST + k] = 0.0
    i64[amp + SEAT_LEARNT] = 0
    i64[amp + SEAT_WIDTH] = goal


@kernel
def tend_seat_kernel(f32: Any, i64: Any, row: int) -> bool:
    """Bring one amp's seat nearer; False when there was nothing to do."""
    amp, state = i64[row + I64], i64[row + F32]
    if not compare_swap(i64, amp + SEAT_LOCK, SEAT_FREE, SEAT_UNDERSTUDY):
        return False
    worked = False
    goal = seat_goal_kernel(i64, amp)
    head = load_acquire(i64, amp + AMP_HEAD)
    if i64[amp + SEAT_WIDTH] != goal:
        i64[amp + SEAT_WIDTH] = NO_WIDTH
        if goal != NO_WIDTH:
            _start_seat(f32, i64, amp, state, goal, head)
    if goal != NO_WIDTH:
        position = i64[amp + SEAT_POSITION]
        n = min(head - position, CHUNK_FRAMES)
        if n > 0:
            feed_kernel(f32, i64, row, goal, position, n, state + SEAT_X, state + SEAT_Y)
            i64[amp + SEAT_POSITION] = position + n
            worked = True
        learn_kernel(f32, i64, amp, state)
        # The period thread may have lapped the ring while this core slept: then what was read is no
        # longer what was played, and the seat starts again.
        lapped = load_acquire(i64, amp + AMP_HEAD) - position > i64[amp + AMP_RING_FRAMES] - MAX_FRAMES
        if lapped:
            i64[amp + SEAT_WIDTH] = NO_WIDTH
            i64[SEATS_OVERTAKEN] += 1
    store_release(i64, amp + SEAT_LOCK, SEAT_FREE)
    return worked


@kernel
def walk_through_kernel(f32: Any, i64: Any) -> None:
    """Touch all memory of a wanted rig, so that its first period meets no page fault.

    The builder wrote it, but in another process: here every page is still to be mapped.
    """
    wanted = load_acquire(i64, WANTED_SLOT)
    if wanted < 0 or wanted >= SLOT_COUNT or wanted == i64[READY_SLOT]:
        return
    slot = SLOTS + wanted * SLOT_STRIDE
    touched = f32.dtype.type(0.0)
    for index in range(i64[slot + SLOT_ROWS]):
        row = slot + SLOT_HEADER + index * ROW_FIELDS
        for cell in range(0, i64[row + REGION_CELLS], PAGE_CELLS):
            touched += f32[i64[row + REGION_F32] + cell]
    f32[TOUCHED_F32] = touched  # a sum that nobody needs, so that no compiler leaves it out
    store_release(i64, READY_SLOT, wanted)


@kernel
def understudy_round_kernel(f32: Any, f64: Any, i64: Any) -> bool:
    """One look at the wanted rig and at every amp of the playing one; False when all were up to date."""
    walk_through_kernel(f32, i64)
    worked = rehearse_kernel(f32, f64, i64)
    playing = load_acquire(i64, PLAYING_SLOT)
    if playing >= 0:
        slot = SLOTS + playing * SLOT_STRIDE
        worked |= clear_kernel(f32, f64, i64, slot)
        for index in range(i64[slot + SLOT_ROWS]):
            row = slot + SLOT_HEADER + index * ROW_FIELDS
            if i64[row + KIND] == KIND_AMP:
                worked |= tend_seat_kernel(f32, i64, row)
    store_release(i64, UNDERSTUDY_ROUND, i64[UNDERSTUDY_ROUND] + 1)
    return worked


@entry("void(float32[::1], float64[::1], int64[::1])")
def understudy_loop(f32: Any, f64: Any, i64: Any) -> None:
    """Tend the seats until ``STOP``; releases the interpreter lock for good."""
    mode = flush_denormals()
    while load_acquire(i64, STOP) == 0:
        if not understudy_round_kernel(f32, f64, i64):
            sleep_us(IDLE_US)
    restore_float_mode(mode)


@entry("boolean(float32[::1], float64[::1], int64[::1])")
def understudy_round(f32: Any, f64: Any, i64: Any) -> bool:
    """One round, for tests and for callers that keep their own time."""
    mode = flush_denormals()
    worked = understudy_round_kernel(f32, f64, i64)
    restore_float_mode(mode)
    return worked
