"""A width change, seen from the period thread. Called at every period edge, per amp.

The understudy keeps the state of one width - the *seat* - a little behind the amp. To change, the
period thread tries the seat's lock (it never waits), feeds the state the few frames it is behind,
and plays on with it. The outgoing width is simply not run any more. The splice hides what the two
widths disagree about at that frame.

An amp that plays twice has two rows that are never at different widths: the left one, which is first, changes
only when both seats are ready, and keeps the right one's locked until its turn, later in the same period.
"""

from __future__ import annotations

from typing import Any

from pedal.jit import kernel
from pedal.jit.machine import compare_swap, store_release
from pedal.layout import (
    AMP_HANDOVER,
    AMP_HEAD,
    AMP_HELD,
    AMP_LAG_MILLI,
    AMP_PAST,
    AMP_PLANS,
    AMP_PLAYING,
    AMP_PRICES,
    AMP_REST_PRICES,
    AMP_RING,
    AMP_RING_FRAMES,
    AMP_TRIMS,
    AMP_TWIN,
    AMP_WAITED,
    AMP_WANTED,
    AMP_WIDTHS,
    BUS_STRIDE,
    COLD_CHANGES,
    EVENT_WIDTH,
    F32,
    HANDOVER_COLD,
    HANDOVER_WARM,
    I64,
    MAX_FRAMES,
    NO_HANDOVER,
    NO_WIDTH,
    PAST_FRAMES,
    PRICE_WORDS,
    SCRATCH,
    SEAT_FREE,
    SEAT_LEARNT,
    SEAT_LOCK,
    SEAT_PAST,
    SEAT_PERIOD,
    SEAT_POSITION,
    SEAT_WIDTH,
    SERIAL,
    SIDE,
    SIDE_RIGHT,
    SPLICE_LEFT,
    WIDTH_CHANGES,
)
from pedal.nam.kernels import play_model_kernel, rest_model_kernel
from pedal.rig.events import push_event_kernel
from pedal.rig.spend import spend_kernel
from pedal.rig.splice import FIT_FRAMES, start_splice_kernel

#: Periods that an emergency waits for a warm seat before it changes cold.
EMERGENCY_PATIENCE = 4


@kernel
def _wish(i64: Any, amp: int) -> int:
    wanted, held = i64[amp + AMP_WANTED], i64[amp + AMP_HELD]
    return wanted if held == NO_WIDTH else min(wanted, held)


@kernel
def asked_width_kernel(i64: Any, amp: int) -> int:
    """The width this amp should play: the panel's wish, capped after an overrun, always one that exists.

    Of two sides, what both may play.
    """
    wanted, twin = _wish(i64, amp), i64[amp + AMP_TWIN]
    if twin != 0:
        wanted = min(wanted, _wish(i64, twin))
    return min(max(wanted, 0), i64[amp + AMP_WIDTHS] - 1)


@kernel
def _is_held(i64: Any, amp: int) -> bool:
    """After an overrun, of either side."""
    twin = i64[amp + AMP_TWIN]
    return i64[amp + AMP_HELD] != NO_WIDTH or (twin != 0 and i64[twin + AMP_HELD] != NO_WIDTH)


@kernel
def ring_copy_kernel(f32: Any, i64: Any, amp: int, position: int, n: int, to: int) -> None:
    """Copy ``n`` frames of the amp's input, from ring frame ``position``, to ``f32[to]``."""
    ring, mask = i64[amp + AMP_RING], i64[amp + AMP_RING_FRAMES] - 1
    for t in range(n):
        f32[to + t] = f32[ring + ((position + t) & mask)]


@kernel
def rest_width_kernel(f32: Any, i64: Any, amp: int, width: int) -> None:
    """Bring a width to rest."""
    spend_kernel(i64, amp + AMP_REST_PRICES + PRICE_WORDS * width, 1)
    rest_model_kernel(f32, i64, i64[amp + AMP_PLANS + width])


@kernel
def play_width_kernel(f32: Any, i64: Any, row: int, width: int, x: int, y: int, n: int) -> None:
    """``n`` frames of a width as it is heard: the model's output, brought nearer to the widest one's loudness."""
    amp = i64[row + I64]
    spend_kernel(i64, amp + AMP_PRICES + PRICE_WORDS * width, n)
    play_model_kernel(f32, i64, i64[amp + AMP_PLANS + width], x, y, n)
    trim = f32[i64[row + F32] + AMP_TRIMS + width]
    if trim != 1.0:
        for t in range(n):
            f32[y + t] *= trim


@kernel
def feed_kernel(f32: Any, i64: Any, row: int, width: int, position: int, n: int, x: int, y: int) -> None:
    """Play ``n`` ring frames through a width for the seat, keeping only its state and the last of its output."""
    ring_copy_kernel(f32, i64, i64[row + I64], position, n, x)
    play_width_kernel(f32, i64, row, width, x, y, n)
    past = i64[row + F32] + SEAT_PAST
    for t in range(max(0, n - PAST_FRAMES), n):
        f32[past + ((position + t) & (PAST_FRAMES - 1))] = f32[y + t]


@kernel
def _stay_warm(f32: Any, i64: Any, amp: int, state: int, width: int) -> None:
    """Leave the width that played until now in the seat: after a widening the way back is ready at once."""
    head = i64[amp + AMP_HEAD]
    for t in range(FIT_FRAMES):
        k = (head - FIT_FRAMES + t) & (PAST_FRAMES - 1)
        f32[state + SEAT_PAST + k] = f32[state + AMP_PAST + k]
    i64[amp + SEAT_POSITION] = head
    i64[amp + SEAT_LEARNT] = 0
    i64[amp + SEAT_WIDTH] = width


@kernel
def _sit_down(f32: Any, i64: Any, row: int, bus: int, width: int, lag: int, warm: bool) -> None:
    """Make ``width`` the playing one, with a splice from what played before."""
    amp, state = i64[row + I64], i64[row + F32]
    before = i64[amp + AMP_PLAYING]
    if before == NO_WIDTH:  # the bypass fades it in
        i64[amp + SPLICE_LEFT] = 0
        for k in range(PAST_FRAMES):
            f32[state + AMP_PAST + k] = f32[state + SEAT_PAST + k]
    else:
        start_splice_kernel(f32, i64, row, bus, warm)
        if width > before:
            _stay_warm(f32, i64, amp, state, before)
    i64[amp + AMP_PLAYING] = width
    i64[amp + AMP_WAITED] = 0
    i64[WIDTH_CHANGES] += 1
    if not warm:
        i64[COLD_CHANGES] += 1
    push_event_kernel(i64, EVENT_WIDTH, i64[row + SERIAL], before, width, lag, 1 if warm else 0)


@kernel
def _is_warm(i64: Any, amp: int, asked: int, n: int, emergency: bool) -> bool:
    """Whether a locked seat holds the asked width, has learnt to splice, and is near enough to take over."""
    head, near_milli = i64[amp + AMP_HEAD], i64[amp + AMP_LAG_MILLI + asked]
    if emergency:  # one heavier period is the lesser evil
        near_milli = max(near_milli, 1000)
    learnt = i64[amp + SEAT_LEARNT]
    ready = i64[amp + SEAT_WIDTH] == asked and learnt > 0 and head - learnt <= FIT_FRAMES + n
    return ready and 1000 * (head - i64[amp + SEAT_POSITION]) <= near_milli * n


@kernel
def _take_over(f32: Any, i64: Any, row: int, bus: int, width: int, warm: bool) -> None:
    """Play ``width`` from here on, of a locked seat if that is warm, else from rest; and unlock it."""
    amp, lag = i64[row + I64], 0
    if warm:
        head = i64[amp + AMP_HEAD]
        lag = head - i64[amp + SEAT_POSITION]
        scratch, done = bus + SCRATCH * BUS_STRIDE, head - lag
        while done < head:
            chunk = min(MAX_FRAMES, head - done)
            feed_kernel(f32, i64, row, width, done, chunk, scratch, scratch)
            done += chunk
    else:
        rest_width_kernel(f32, i64, amp, width)
    i64[amp + SEAT_WIDTH] = NO_WIDTH
    _sit_down(f32, i64, row, bus, width, lag, warm)
    store_release(i64, amp + SEAT_LOCK, SEAT_FREE)


@kernel
def change_width_kernel(f32: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Change to the asked width if the seat holds it and is near enough; else keep playing.

    Runs before the period's input enters the ring, so the ring ends where the playing width ended.
    """
    amp = i64[row + I64]
    twin = i64[amp + AMP_TWIN]
    if twin != 0 and i64[row + SIDE] == SIDE_RIGHT:
        handover = i64[amp + AMP_HANDOVER]
        if handover != NO_HANDOVER:
            i64[amp + AMP_HANDOVER] = NO_HANDOVER
            _take_over(f32, i64, row, bus, i64[twin + AMP_PLAYING], handover == HANDOVER_WARM)
        return
    asked, playing = asked_width_kernel(i64, amp), i64[amp + AMP_PLAYING]
    if asked == playing:
        i64[amp + AMP_WAITED] = 0
        return
    emergency = asked < playing and _is_held(i64, amp)
    if emergency:
        i64[amp + AMP_WAITED] += 1
    if not compare_swap(i64, amp + SEAT_LOCK, SEAT_FREE, SEAT_PERIOD):
        return
    if twin != 0 and not compare_swap(i64, twin + SEAT_LOCK, SEAT_FREE, SEAT_PERIOD):
        store_release(i64, amp + SEAT_LOCK, SEAT_FREE)
        return
    warm = _is_warm(i64, amp, asked, n, emergency)
    twin_warm = twin == 0 or _is_warm(i64, twin, asked, n, emergency)
    if (warm and twin_warm) or (emergency and i64[amp + AMP_WAITED] > EMERGENCY_PATIENCE):
        if twin != 0:
            i64[twin + AMP_HANDOVER] = HANDOVER_WARM if twin_warm else HANDOVER_COLD
        _take_over(f32, i64, row, bus, asked, warm)
        return
    if twin != 0:
        store_release(i64, twin + SEAT_LOCK, SEAT_FREE)
    store_release(i64, amp + SEAT_LOCK, SEAT_FREE)
