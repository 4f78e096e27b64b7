"""What a restarted audio process does with the rig its killed predecessor left in the link.

The predecessor may have died anywhere: locks may be held by nobody, state half written. Every row
is put to what silence leaves; parameters, weights and plans are not written by the period thread
and stay good. The sound comes back from silence, faded in by the bridge.
"""

from __future__ import annotations

from typing import Any

from pedal.dsp.looper import lend, rest_looper_kernel
from pedal.jit import entry, kernel
from pedal.layout import (
    AMP_HELD,
    I64,
    KIND,
    KIND_AMP,
    LAST_WAKE_NS,
    LOOPS_AT_BYTE,
    NO_WIDTH,
    PLAYING_SLOT,
    QUIET,
    QUIET_FRAMES,
    READY_SLOT,
    REHEARSAL_LOCK,
    ROW_FIELDS,
    SEAT_FREE,
    SEAT_LOCK,
    SEAT_WIDTH,
    SLOT_HEADER,
    SLOT_ROWS,
    SLOT_STRIDE,
    SLOTS,
    SWITCHED,
    SWITCHED_TAIL,
    UNCLEAN,
)
from pedal.rig.dispatch import reset_kind
from pedal.rig.edges import forget_out_kernel


@kernel
def _release_amp(i64: Any, row: int) -> None:
    amp = i64[row + I64]
    i64[amp + SEAT_LOCK] = SEAT_FREE
    i64[amp + SEAT_WIDTH] = NO_WIDTH
    i64[amp + AMP_HELD] = NO_WIDTH


@entry("void(float32[::1], float64[::1], int64[::1])")
def take_over(f32: Any, f64: Any, i64: Any) -> None:
    """Make the link's playing rig sound again; called once, before the first period."""
    i64[LAST_WAKE_NS] = 0
    i64[READY_SLOT] = -1
    i64[REHEARSAL_LOCK] = SEAT_FREE
    forget_out_kernel(f32, i64)
    rest_looper_kernel(f64, i64)
    playing = i64[PLAYING_SLOT]
    if playing < 0:
        return
    slot = SLOTS + playing * SLOT_STRIDE
    for index in range(i64[slot + SLOT_ROWS]):
        row = slot + SLOT_HEADER + index * ROW_FIELDS
        if i64[row + KIND] == KIND_AMP:
            _release_amp(i64, row)
        reset_kind(i64[row + KIND], f32, f64, i64, row)
        if i64[row + SWITCHED] == SWITCHED_TAIL and i64[i64[row + QUIET]] >= UNCLEAN:  # or being cleared by nobody
            i64[i64[row + QUIET]] = i64[row + QUIET_FRAMES]


def lend_loops(i64: Any, frames: int) -> None:
    """Give the looper of a link layers of ``frames``, where a link has them; 0: none. A loop in it stays."""
    lend(i64, LOOPS_AT_BYTE // 4 if frames else 0, frames)
