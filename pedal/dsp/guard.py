"""The guard against not-a-number: one bad float in a recursive filter lasts for ever."""

from __future__ import annotations

from typing import Any

from pedal.jit import kernel

#: Louder than this (+ 80 dBFS) is as broken as infinity: nothing musical gets there.
LIMIT = 1e4


@kernel
def is_broken_kernel(f32: Any, at: int, n: int) -> bool:
    """True if any of ``f32[at : at + n]`` is NaN, infinite or beyond ``LIMIT``.

    Written as ``not (|x| <= limit)``, which is true for NaN; must be compiled without fastmath.
    """
    broken = False
    for t in range(n):
        broken |= not (abs(f32[at + t]) <= LIMIT)
    return broken
