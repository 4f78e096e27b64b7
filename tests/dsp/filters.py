"""Filters once more, slowly and in float64: cookbook sections as difference equations."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Exact = NDArray[np.float64]
Section = tuple[Sequence[float], Sequence[float]]


def peaking(centre_hz: float, q: float, gain_db: float, rate_hz: float) -> Section:
    """Numerator and denominator of a peaking section."""
    a, w = 10 ** (gain_db / 40), 2 * math.pi * centre_hz / rate_hz
    alpha = math.sin(w) / (2 * q)
    return [1 + alpha * a, -2 * math.cos(w), 1 - alpha * a], [1 + alpha / a, -2 * math.cos(w), 1 - alpha / a]


def shelf(corner_hz: float, gain_db: float, rate_hz: float, *, high: bool) -> Section:
    """Numerator and denominator of a shelf of slope 1."""
    a, w = 10 ** (gain_db / 40), 2 * math.pi * corner_hz / rate_hz
    cos, root = math.cos(w), 2 * math.sqrt(a) * math.sin(w) / math.sqrt(2)
    if high:
        return (
            [a * (a + 1 + (a - 1) * cos + root), -2 * a * (a - 1 + (a + 1) * cos), a * (a + 1 + (a - 1) * cos - root)],
            [a + 1 - (a - 1) * cos + root, 2 * (a - 1 - (a + 1) * cos), a + 1 - (a - 1) * cos - root],
        )
    return (
        [a * (a + 1 - (a - 1) * cos + root), 2 * a * (a - 1 - (a + 1) * cos), a * (a + 1 - (a - 1) * cos - root)],
        [a + 1 + (a - 1) * cos + root, -2 * (a - 1 + (a + 1) * cos), a + 1 + (a - 1) * cos - root],
    )


def difference(x: NDArray[Any], b: Sequence[float], a: Sequence[float]) -> Exact:
    """``a0 y[t] = b0 x[t] + b1 x[t-1] + b2 x[t-2] - a1 y[t-1] - a2 y[t-2]`` per column of ``(frames, channels)``."""
    return varying(x.astype(np.float64), lambda t: (b, a))


def varying(x: Exact, section_at: Callable[[int], Section]) -> Exact:
    """The same with a section of its own for every frame."""
    y = np.zeros((len(x) + 2, x.shape[1]))
    past = np.concatenate([np.zeros((2, x.shape[1])), x])
    for t in range(2, len(past)):
        b, a = section_at(t - 2)
        above = b[0] * past[t] + b[1] * past[t - 1] + b[2] * past[t - 2] - a[1] * y[t - 1] - a[2] * y[t - 2]
        y[t] = above / a[0]
    return y[2:]


def butterworth(corner_hz: float, rate_hz: float, *, low_pass: bool) -> Section:
    """Numerator and denominator of a second-order low-pass or high-pass."""
    w = 2 * math.pi * corner_hz / rate_hz
    alpha, cos = math.sin(w) / math.sqrt(2), math.cos(w)
    side = 1 - cos if low_pass else 1 + cos
    return [side / 2, side if low_pass else -side, side / 2], [1 + alpha, -2 * cos, 1 - alpha]
