"""A cabinet's convolution, and how it changes to fewer taps or more.

Kernels called by ``cab``, in the period thread. Taps of all sizes lie behind one another, fewest first, those of one
size reversed (``cab_sizes``); which sizes there are, plays and is wanted lies at the row's ``SIZED``.

A change has two halves, so that it never costs more than the larger size: while the taps that the smaller size lacks
fade, the others play on as they are; then these are cross-faded with the smaller size, which has a fade at its end and
a trim of its own. The way back is the same way. The ring holds the past of all taps, whatever plays: a larger size is
at once what it would always have been.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pedal.dsp.fir_tiles import LONG_FRAMES, SHORT_FRAMES, fir_long_tile, fir_short_tile
from pedal.jit import kernel
from pedal.layout import MAX_FRAMES, SIZE_COUNT, SIZE_OTHER, SIZE_PLAYING, SIZE_TAPS, SIZE_WANTED, SIZE_WAY

_ONE, _TWO, _THREE = np.float32(1.0), np.float32(2.0), np.float32(3.0)


@kernel
def ring_frames(taps: int) -> int:
    """Length of a channel's ring: the past, a block, and what the last tile reads beyond."""
    return (taps + MAX_FRAMES + LONG_FRAMES + 15) // 16 * 16


@kernel
def convolve_kernel(f32: Any, taps: int, count: int, history: int, out: int, n: int) -> None:
    """``out[t] = sum_k taps[k] * history[t + k]`` for ``n`` frames; overruns ``out`` by less than a tile."""
    t = 0
    while n - t > SHORT_FRAMES:
        fir_long_tile(f32, taps, count, history + t, out + t)
        t += LONG_FRAMES
    while t < n:
        fir_short_tile(f32, taps, count, history + t, out + t)
        t += SHORT_FRAMES


@kernel
def cells_before_kernel(i64: Any, sizes: int, size: int) -> int:
    """Taps of all sizes below ``size``: so far behind the first ones lie its own."""
    cells = 0
    for smaller in range(size):
        cells += i64[sizes + SIZE_TAPS + smaller]
    return cells


@kernel
def half_way_kernel(rate_hz: int) -> int:
    """Frames of one half of a change: about 11 ms, in whole periods if their length is a power of two."""
    return max(1, (rate_hz + 12000) // 24000) * MAX_FRAMES


@kernel
def begin_change_kernel(i64: Any, sizes: int, half: int) -> int:
    """Look at the wanted size, once a period.

    Returns:
        Which way the change goes: 1 to the smaller size, -1 to the larger; 0: there is none.
    """
    wanted = min(max(i64[sizes + SIZE_WANTED], 0), i64[sizes + SIZE_COUNT] - 1)
    if i64[sizes + SIZE_WAY] == 0:
        playing = i64[sizes + SIZE_PLAYING]
        if wanted == playing:
            return 0
        i64[sizes + SIZE_OTHER] = min(wanted, playing)
        if wanted > playing:
            i64[sizes + SIZE_PLAYING] = wanted
            i64[sizes + SIZE_WAY] = 2 * half
    return 1 if wanted < i64[sizes + SIZE_PLAYING] else -1


@kernel
def _is_second_half(way: int, step: int, half: int) -> bool:
    """Whether the frames to come are of the half in which the smaller size is heard."""
    return way > half or (way == half and step > 0)


@kernel
def go_on_kernel(i64: Any, sizes: int, step: int, half: int, n: int) -> None:
    """``n`` frames further on the way; a period that reaches its middle stays there."""
    way = i64[sizes + SIZE_WAY]
    low = half if _is_second_half(way, step, half) else 0
    way = min(max(way + step * n, low), low + half)
    if way == 2 * half:
        i64[sizes + SIZE_PLAYING] = i64[sizes + SIZE_OTHER]
        way = 0
    i64[sizes + SIZE_WAY] = way


@kernel
def _blend(f32: Any, at: int, other: int, way: int, step: int, half: int, n: int) -> None:
    """``n`` frames from ``way`` on: what is at ``other`` fades out beside what is ``at``, or takes its place."""
    second = _is_second_half(way, step, half)
    low = half if second else 0
    for t in range(n):
        gone = np.float32(min(max(way + step * (t + 1), low), low + half) - low) / np.float32(half)
        gone = gone * gone * (_THREE - _TWO * gone)  # no corner at either end
        f32[at + t] += (f32[other + t] - f32[at + t]) * gone if second else f32[other + t] * (_ONE - gone)


@kernel
def convolve_size_kernel(
    f32: Any, i64: Any, sizes: int, taps: int, newest: int, step: int, half: int, out: int, spare: int, n: int
) -> None:
    """``n`` frames of the size that plays, or of a change, into ``out``.

    Args:
        f32: as ever, as are ``i64`` and ``sizes``.
        i64: see ``f32``.
        sizes: see ``f32``.
        taps: f32 index of the taps of the smallest size.
        newest: f32 index of what comes in first, in the ring.
        step: as ``begin_change_kernel`` said.
        half: frames of half the way.
        out: room for ``n`` frames and a tile.
        spare: as much.
        n: frames.
    """
    playing, way = i64[sizes + SIZE_PLAYING], i64[sizes + SIZE_WAY]
    count, larger = i64[sizes + SIZE_TAPS + playing], taps + cells_before_kernel(i64, sizes, playing)
    if step == 0:
        convolve_kernel(f32, larger, count, newest - (count - 1), out, n)
        return
    fewer = i64[sizes + SIZE_TAPS + i64[sizes + SIZE_OTHER]]
    past = newest - (fewer - 1)
    if _is_second_half(way, step, half):
        smaller = taps + cells_before_kernel(i64, sizes, i64[sizes + SIZE_OTHER])
        convolve_kernel(f32, smaller, fewer, past, spare, n)
    else:
        convolve_kernel(f32, larger, count - fewer, newest - (count - 1), spare, n)
    convolve_kernel(f32, larger + count - fewer, fewer, past, out, n)
    _blend(f32, out, spare, way, step, half, n)
