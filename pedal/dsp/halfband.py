"""Twice the sample rate and back, without delay: half-band filters of two all-pass paths.

Used by blocks that bend the wave and must not fold what that adds above half the sample rate. Half-band
elliptic filters of recursive all-pass sections cost one multiplication a section and work at the lower rate; they
are minimal in delay, not linear in phase. Structure and design: R. A. Valenzuela and A. G. Constantinides, "Digital
signal processing schemes for efficient interpolation and decimation", IEE Proc. 130 G (6), 1983; the elliptic
functions by their series in the nome, as in L. Gazsi, "Explicit formulas for lattice wave digital filters", IEEE
Trans. Circuits Syst. 32 (1), 1985.

A section is ``y[t] = c * (x[t] - y[t-1]) + x[t-1]`` at the lower rate. Even coefficients make one path, odd ones the
other. Memory of one filter: for each path its last input and the last output of each section.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pedal.jit import kernel


def halfband_coefficients(sections: int, stop_share: float) -> tuple[float, ...]:
    """All-pass coefficients, rising, of the half-band filter that stops everything from a frequency on.

    Args:
        sections: how many, 2 and more.
        stop_share: where the stop band begins, as a share of the higher sample rate, above 1/4.

    Returns:
        ``sections`` numbers from 0 to 1.
    """
    k = math.tan(math.pi * (0.5 - stop_share)) ** 2
    root = (1.0 - k * k) ** 0.25
    e = 0.5 * (1.0 - root) / (1.0 + root)
    nome = e + 2.0 * e**5 + 15.0 * e**9 + 150.0 * e**13
    order = 2 * sections + 1
    coefficients = []
    for section in range(1, sections + 1):
        angle = section * math.pi / order
        odd = sum((-1) ** m * nome ** (m * (m + 1)) * math.sin((2 * m + 1) * angle) for m in range(8))
        even = 0.5 + sum((-1) ** m * nome ** (m * m) * math.cos(2 * m * angle) for m in range(1, 8))
        square = nome**0.5 * (odd / even) ** 2
        pole = math.sqrt((1.0 - square * k) * (1.0 - square / k)) / (1.0 + square)
        coefficients.append((1.0 - pole) / (1.0 + pole))
    return tuple(coefficients)


def halfband_cells(sections: int) -> int:
    """Memory of one filter, f32 cells."""
    return sections + 2


@kernel
def _path(f32: Any, coefficients: Any, first: int, memory: int, x: float) -> float:
    """One frame through every second section from ``first``; ``memory``: last input, then last outputs."""
    at = memory
    for section in range(first, len(coefficients), 2):
        y = np.float32(coefficients[section]) * (x - f32[at + 1]) + f32[at]
        f32[at] = x
        x = y
        at += 1
    f32[at] = x
    return x


@kernel
def twice_kernel(f32: Any, coefficients: Any, memory: int, source: int, target: int, n: int) -> None:
    """``n`` frames at ``source`` become ``2 n`` at ``target``, which must not overlap."""
    odd = memory + (len(coefficients) + 1) // 2 + 1
    for t in range(n):
        x = f32[source + t]
        f32[target + 2 * t] = _path(f32, coefficients, 0, memory, x)
        f32[target + 2 * t + 1] = _path(f32, coefficients, 1, odd, x)


@kernel
def half_kernel(f32: Any, coefficients: Any, memory: int, source: int, target: int, n: int) -> None:
    """``2 n`` frames at ``source`` become ``n`` at ``target``, which may be the same place."""
    odd = memory + (len(coefficients) + 1) // 2 + 1
    for t in range(n):
        late = _path(f32, coefficients, 0, memory, f32[source + 2 * t + 1])
        early = _path(f32, coefficients, 1, odd, f32[source + 2 * t])
        f32[target + t] = np.float32(0.5) * (late + early)
