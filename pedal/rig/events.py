"""Events: what the period thread has to tell, pushed into a ring in shared memory.

One writer (the period thread), one reader (the panel). The reader that falls behind by a whole
ring loses the oldest and knows how many.
"""

from __future__ import annotations

from typing import Any

from pedal.jit import kernel
from pedal.jit.machine import store_release
from pedal.layout import EVENT_COUNT, EVENT_FIELDS, EVENTS, EVENTS_HEAD, FRAME


@kernel
def push_event_kernel(i64: Any, kind: int, a: int, b: int, c: int, d: int, e: int) -> None:
    """Append an event of five numbers, stamped with the frame it happened at."""
    head = i64[EVENTS_HEAD]
    at = EVENTS + (head % EVENT_COUNT) * EVENT_FIELDS
    i64[at] = kind
    i64[at + 1] = i64[FRAME]
    i64[at + 2], i64[at + 3], i64[at + 4], i64[at + 5], i64[at + 6] = a, b, c, d, e
    store_release(i64, EVENTS_HEAD, head + 1)
