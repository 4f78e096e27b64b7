"""Clearing the memory of a block whose tail was faded out: it must not go on where it was cut off.

A long delay's memory takes longer to clear than a period may take. So the understudy does it, on its own core
(``clear_kernel``); a block that is wanted again before sleeps on until then. A word says who may touch it, the row's
``QUIET``: ``UNCLEAN`` is anybody's, ``CLEANING`` one of both has taken.
"""

from __future__ import annotations

from typing import Any

from pedal.jit import kernel
from pedal.jit.machine import compare_swap, load_acquire, store_release
from pedal.layout import (
    CLEANING,
    KIND,
    QUIET,
    QUIET_FRAMES,
    ROW_FIELDS,
    SLOT_HEADER,
    SLOT_ROWS,
    SWITCHED,
    SWITCHED_TAIL,
    UNCLEAN,
)
from pedal.rig.dispatch import reset_kind

#: Periods that a block waits for the understudy at most.
PATIENCE = 32


@kernel
def _clear(f32: Any, f64: Any, i64: Any, row: int, seen: int) -> bool:
    """Clear it, unless the other one is at it."""
    if not compare_swap(i64, i64[row + QUIET], seen, CLEANING):
        return False
    reset_kind(i64[row + KIND], f32, f64, i64, row)
    store_release(i64, i64[row + QUIET], i64[row + QUIET_FRAMES])
    return True


@kernel
def clear_kernel(f32: Any, f64: Any, i64: Any, slot: int) -> bool:
    """The understudy's part: every row of the rig at ``slot`` that waits for it. False: there was none."""
    cleared = False
    for index in range(i64[slot + SLOT_ROWS]):
        row = slot + SLOT_HEADER + index * ROW_FIELDS
        if i64[row + SWITCHED] == SWITCHED_TAIL:
            seen = load_acquire(i64, i64[row + QUIET])
            if UNCLEAN <= seen < CLEANING:
                cleared |= _clear(f32, f64, i64, row, seen)
    return cleared


@kernel
def may_wake_kernel(f32: Any, f64: Any, i64: Any, row: int) -> bool:
    """The period thread's part, for a row that is to play and was found unclean: whether it may now.

    An understudy that gets no time cannot keep it asleep for ever: after some periods it is cleared here.
    """
    seen = load_acquire(i64, i64[row + QUIET])
    if seen >= CLEANING:
        return False
    if seen >= UNCLEAN + PATIENCE:
        return _clear(f32, f64, i64, row, seen)
    if seen >= UNCLEAN:
        compare_swap(i64, i64[row + QUIET], seen, seen + 1)
        return False
    return True
