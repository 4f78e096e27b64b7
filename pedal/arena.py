"""One block of memory that kernels address by element index.

Everything a kernel touches - parameters, weights, plans, state, status - lies in one
buffer, seen at once as float32, float64 and int64. A kernel call therefore takes three
arrays and a few indices, whether the buffer is private (``pedal render``) or shared
between processes (the running pedal). Pure; known by everyone.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pedal.errors import PedalError

#: Every region starts on a cache line.
LINE_BYTES = 64


def align_up(value: int, step: int = LINE_BYTES) -> int:
    """The smallest multiple of ``step`` that is not below ``value``."""
    return -(-value // step) * step


class Arena:
    """Three views of one buffer: ``f32``, ``f64`` and ``i64`` (and ``u8`` for copies).

    A byte offset ``b`` (a multiple of 8) is ``f32[b // 4]``, ``f64[b // 8]`` and ``i64[b // 8]``.
    """

    def __init__(self, buffer: NDArray[np.uint8]) -> None:
        if buffer.dtype != np.uint8 or buffer.ndim != 1 or buffer.size % LINE_BYTES:
            raise ValueError("an arena wants a flat uint8 buffer of whole cache lines")
        if buffer.ctypes.data % LINE_BYTES:
            raise ValueError("an arena starts on a cache line")
        self.u8 = buffer
        self.f32: NDArray[np.float32] = buffer.view(np.float32)
        self.f64: NDArray[np.float64] = buffer.view(np.float64)
        self.i64: NDArray[np.int64] = buffer.view(np.int64)

    @classmethod
    def allocate(cls, size_bytes: int) -> Arena:
        """A private arena of at least ``size_bytes``, zeroed."""
        size = align_up(size_bytes)
        raw = np.zeros(size + LINE_BYTES, np.uint8)
        start = -raw.ctypes.data % LINE_BYTES
        return cls(raw[start : start + size])


class Regions:
    """First-fit bookkeeping of an arena's free bytes; touches no memory itself.

    Args:
        start: first byte that may be given out (a cache line).
        stop: one past the last.
        taken: regions ``(offset, size)`` already in use, e.g. by a rig that is playing.
    """

    def __init__(self, start: int, stop: int, taken: Iterable[tuple[int, int]] = ()) -> None:
        self._start = align_up(start)
        self._stop = stop
        self._taken = sorted({(o, align_up(n)) for o, n in taken if n > 0})

    def take(self, size_bytes: int) -> int:
        """Byte offset of a fresh region of ``size_bytes`` (on a cache line).

        Raises:
            PedalError: when no gap is large enough.
        """
        size = align_up(max(size_bytes, 1))
        at = self._start
        for offset, length in self._taken:
            if offset - at >= size:
                break
            at = max(at, offset + length)
        if at + size > self._stop:
            raise PedalError(
                f"not enough memory for {size // 1024} KiB more",
                where="arena",
                hint="Use fewer or smaller blocks",
            )
        self._taken.append((at, size))
        self._taken.sort()
        return at

    @property
    def taken(self) -> tuple[tuple[int, int], ...]:
        """All regions in use, ``(offset, size)`` in bytes, in order."""
        return tuple(self._taken)
