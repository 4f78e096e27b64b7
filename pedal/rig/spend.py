"""Work takes time, also where computing takes none.

A machine may stand for another, slower one: a laboratory in virtual time above all, where nothing that
is computed takes any time. Then the builder gives rows and widths a *price* (``pedal.prices``), and
whoever does their work - period thread, understudy, builder and its stopwatch - sleeps that price, here,
in the middle of the work. So what others see meanwhile, load and lateness are what they would be there,
and nobody has to be told. Where this machine stands for itself, ``SLOWDOWN_MILLI`` is 0: a load and a
branch per row.
"""

from __future__ import annotations

import math
from typing import Any

from pedal.jit import kernel
from pedal.jit.machine import compare_swap, load_acquire, sleep_ns
from pedal.layout import (
    NEIGHBOUR_MEAN_NS,
    NEIGHBOUR_MOST_NS,
    NEIGHBOUR_PPM,
    NEIGHBOUR_SEED,
    PERIOD_PRICE_NS,
    SLOWDOWN_MILLI,
    STALL_NS,
)

#: drand48's generator: 48 bits, modulo a power of two, so that 64-bit overflow does no harm.
_FACTOR, _ADDEND, _MASK = 25_214_903_917, 11, (1 << 48) - 1


@kernel
def price_ns_kernel(i64: Any, price: int, n: int) -> int:
    """Nanoseconds that ``n`` frames take now at the price at ``i64[price : price + 2]``."""
    return (i64[price] * 1000 + i64[price + 1] * n) * i64[SLOWDOWN_MILLI] // 1_000_000


@kernel
def spend_kernel(i64: Any, price: int, n: int) -> None:
    """Let the time pass that ``n`` frames of work take at the price at ``i64[price : price + 2]``."""
    if i64[SLOWDOWN_MILLI] == 0:
        return
    duration_ns = price_ns_kernel(i64, price, n)
    if duration_ns > 0:
        sleep_ns(duration_ns)


@kernel
def _chance_kernel(i64: Any) -> float:
    """The next of a row of numbers from 0 up to 1, all of which its seed determines."""
    i64[NEIGHBOUR_SEED] = (i64[NEIGHBOUR_SEED] * _FACTOR + _ADDEND) & _MASK
    return i64[NEIGHBOUR_SEED] / (_MASK + 1)


@kernel
def period_ns_kernel(i64: Any) -> int:
    """Nanoseconds that this period takes besides its blocks: its own price, a stall, a neighbour's turn."""
    duration_ns = i64[PERIOD_PRICE_NS] * i64[SLOWDOWN_MILLI] // 1000
    stall_ns = load_acquire(i64, STALL_NS)
    if stall_ns > 0 and compare_swap(i64, STALL_NS, stall_ns, 0):
        duration_ns += stall_ns
    if i64[NEIGHBOUR_PPM] > 0:
        taken, length = _chance_kernel(i64), _chance_kernel(i64)
        if taken * 1e6 < i64[NEIGHBOUR_PPM]:
            duration_ns += min(i64[NEIGHBOUR_MOST_NS], int(-i64[NEIGHBOUR_MEAN_NS] * math.log(1.0 - length)))
    return duration_ns


@kernel
def spend_period_kernel(i64: Any) -> None:
    """Let the time pass that a period takes besides its blocks. Once a period, in the period thread."""
    if i64[SLOWDOWN_MILLI] == 0:
        return
    duration_ns = period_ns_kernel(i64)
    if duration_ns > 0:
        sleep_ns(duration_ns)
