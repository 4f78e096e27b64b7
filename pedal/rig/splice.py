"""The splice: how one width of an amp becomes another without a click.

How one rig becomes another is told in ``edges.py``. Of two widths of one amp much is known: the
seat has played all along, so the difference of the two
outputs up to the edge lies in memory. The ideal is a cross-fade, ``new + fade * difference``, but it
needs the old width to run on. So the difference is forecast instead (``forecast.py``) and faded by
``fade_kernel``. Why this is no click: a linear prediction errs by what is new in the difference at
that frame, and spreads it over the spectrum that the difference has anyway. What the correction adds
above 10 kHz is thus bounded by what an ideal cross-fade has there, whereas a correction that starts
from value and slope only puts a step into the second derivative: -0.25 of the slope, if that decays
within 24 frames, falls off with the cube of the frequency, which a dull, soft note does not hide.

The understudy learns the forecast's coefficients after every period; the period thread only continues it
from the last values. Coefficients that are 128 frames old do as well, because the difference moves as
it moved before; and at 16 frames a period, learning in the period thread took 1.5 microseconds of 6.

Simulated over 2,000 changes of the factory model at drives of -24 to 24 dB, energy above 10 kHz within
5 ms of the edge over the largest of cross-fade, old and new: value and slope more than 1 dB in 0.2 %,
worst 2.8 dB; forecast of order 8 from 128 frames 0.1 %, worst 1.7 dB; a cut without any splice 41 %,
worst 32 dB. Orders 6 to 16 and pasts of 96 to 256 frames differ little. Undamped, one change in a
thousand had a step larger than either width's own by more than 1 %; damped by 0.92 about the mean, none.
"""

from __future__ import annotations

from typing import Any

from pedal.jit import kernel
from pedal.jit.machine import load_acquire
from pedal.layout import (
    AMP_FORECAST,
    AMP_HEAD,
    AMP_LEARN_PRICE,
    AMP_PAST,
    AMP_PLAYED,
    AMP_REST,
    BUS_STRIDE,
    F32,
    FORECAST_ORDER,
    GAINS,
    I64,
    MAX_FRAMES,
    PAST_FRAMES,
    RATE,
    SCRATCH,
    SEAT_FORECAST,
    SEAT_LEARNT,
    SEAT_PAST,
    SEAT_POSITION,
    SEAT_REST,
    SEAT_X,
    SEAT_Y,
    SPLICE_COLD,
    SPLICE_FRAMES,
    SPLICE_LEFT,
)
from pedal.rig.forecast import centre_kernel, fit_forecast_kernel, next_forecast_kernel
from pedal.rig.spend import spend_kernel

#: Length of the fade, seconds: a warm width change; a cold one.
WARM_S, COLD_S = 0.003, 0.02
#: A forecast is learnt from this much of the past.
FIT_FRAMES = 128


@kernel
def fade_kernel(frame: int, frames: int) -> float:
    """From 1 at frame 0 to 0 at ``frames``, level at both ends: ``(1 + 2u)(1 - u)^2``."""
    if frame >= frames:
        return 0.0
    u = frame / frames
    return (1.0 + 2.0 * u) * (1.0 - u) * (1.0 - u)


@kernel
def difference_kernel(f32: Any, state: int, end: int, frames: int, share: float, to: int) -> None:
    """What the amp played in the ``frames`` up to ring frame ``end``, less ``share`` of the seat's, oldest first."""
    for t in range(frames):
        at = state + ((end - frames + t) & (PAST_FRAMES - 1))
        f32[to + t] = f32[at + AMP_PAST] - share * f32[at + SEAT_PAST]


@kernel
def learn_kernel(f32: Any, i64: Any, amp: int, state: int) -> None:
    """Learn how the difference moved of late. Called by the understudy, which holds the seat.

    The period thread appends a period's input to the ring before it plays it, so the seat may be ahead of what
    has left the amp: learnt is only what both have played.
    """
    end = min(i64[amp + SEAT_POSITION], load_acquire(i64, amp + AMP_PLAYED))
    late = load_acquire(i64, amp + AMP_HEAD) - end
    if end <= i64[amp + SEAT_LEARNT] or late > PAST_FRAMES - FIT_FRAMES - MAX_FRAMES:
        return  # nothing new, or what the amp played then is being written over
    difference_kernel(f32, state, end, FIT_FRAMES, 1.0, state + SEAT_X)
    if load_acquire(i64, amp + AMP_HEAD) - end > PAST_FRAMES - FIT_FRAMES - MAX_FRAMES:
        i64[amp + SEAT_LEARNT] = 0  # this core was away meanwhile: what was read may be half old, half new
        return
    spend_kernel(i64, amp + AMP_LEARN_PRICE, 1)
    f32[state + SEAT_REST] = centre_kernel(f32, state + SEAT_X, FIT_FRAMES)
    fit_forecast_kernel(f32, state + SEAT_X, state + SEAT_Y, FIT_FRAMES, state + SEAT_FORECAST)
    i64[amp + SEAT_LEARNT] = end


@kernel
def start_splice_kernel(f32: Any, i64: Any, row: int, bus: int, warm: bool) -> None:
    """Begin to forecast what the amp is about to lose, from its past up to the ring's head.

    Warm: the difference between what was heard and the seat's width, by what the understudy learnt of
    it. Cold: all that was heard, for nothing is known of the new width; it fades in meanwhile.
    """
    amp, state = i64[row + I64], i64[row + F32]
    head, known = i64[amp + AMP_HEAD], bus + SCRATCH * BUS_STRIDE
    if not warm:
        spend_kernel(i64, amp + AMP_LEARN_PRICE, 1)
        difference_kernel(f32, state, head, FIT_FRAMES, 0.0, known)
        f32[state + SEAT_REST] = centre_kernel(f32, known, FIT_FRAMES)
        fit_forecast_kernel(f32, known, bus + GAINS * BUS_STRIDE, FIT_FRAMES, state + SEAT_FORECAST)
    difference_kernel(f32, state, head, FORECAST_ORDER, 1.0 if warm else 0.0, known)
    f32[state + AMP_REST] = f32[state + SEAT_REST]
    for k in range(FORECAST_ORDER):
        f32[state + AMP_FORECAST + k] = f32[state + SEAT_FORECAST + k]
        f32[state + AMP_FORECAST + FORECAST_ORDER + k] = f32[known + FORECAST_ORDER - 1 - k] - f32[state + AMP_REST]
    i64[amp + SPLICE_FRAMES] = int((WARM_S if warm else COLD_S) * i64[row + RATE])
    i64[amp + SPLICE_LEFT] = i64[amp + SPLICE_FRAMES]
    i64[amp + SPLICE_COLD] = 0 if warm else 1


@kernel
def splice_width_kernel(f32: Any, i64: Any, amp: int, state: int, y: int, n: int) -> None:
    """Add what is left of a running splice to ``n`` frames at ``f32[y:]``."""
    left, frames = i64[amp + SPLICE_LEFT], i64[amp + SPLICE_FRAMES]
    if left <= 0:
        return
    own = 1.0 if i64[amp + SPLICE_COLD] else 0.0
    for t in range(min(n, left)):
        lost = f32[state + AMP_REST] + next_forecast_kernel(f32, state + AMP_FORECAST) - own * f32[y + t]
        f32[y + t] += lost * fade_kernel(frames - left + t + 1, frames)
    i64[amp + SPLICE_LEFT] = max(0, left - n)
