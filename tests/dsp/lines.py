"""Delay-line effects once more, slowly and in float64: one frame after the other, by the books' formulae."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tests.dsp.rows import RATE_HZ, Exact

STEP = 32  # a control step: what a knob means is a straight line between two steps


def between(line: Exact, place: float) -> float:
    """Lagrange's cubic through the four frames around ``place``; 0 before the beginning."""
    first = math.ceil(place) - 2
    total = 0.0
    for i in range(4):
        weight = math.prod((place - first - j) / (i - j) for j in range(4) if j != i)
        total += weight * (line[first + i] if 0 <= first + i < len(line) else 0.0)
    return total


def one_pole(hz: float) -> float:
    return 1.0 - math.exp(-2 * math.pi * hz / RATE_HZ)


def delay(
    x: Exact,
    *,
    delay_frames: Callable[[int, int], float],
    feedback: float,
    mix: float,
    low_cut_hz: float,
    high_cut_hz: float,
    ping_pong: bool,
) -> Exact:
    """``delay_frames(t, channel)`` for every frame; ``x`` is ``(frames, 2)``."""
    written, y = np.zeros_like(x), np.zeros_like(x)
    slow, smooth = np.zeros(2), np.zeros(2)
    for t in range(len(x)):
        read = np.array([between(written[:t, c], t - delay_frames(t, c)) for c in range(2)])
        slow += one_pole(low_cut_hz) * (read - slow)
        smooth += one_pole(high_cut_hz) * (read - slow - smooth)
        if ping_pong:
            written[t] = np.array([x[t].mean(), 0.0]) + feedback * smooth[::-1]
        else:
            written[t] = x[t] + feedback * smooth
        y[t] = min(1.0, 2 - 2 * mix) * x[t] + min(1.0, 2 * mix) * smooth
    return y


def swung(x: Exact, taps: list[tuple[float, float, float]], hz: float, feedback: float = 0.0) -> Exact:
    """Sum of ``(centre, way, phase in turns)`` taps of one channel's line, all in frames; feedback of the last."""
    line, y, back = np.zeros(len(x)), np.zeros(len(x)), 0.0
    for t in range(len(x)):
        line[t] = x[t] + feedback * back
        for centre, way, phase in taps:
            back = between(line[: t + 1], t - centre - way * math.sin(2 * math.pi * (hz * t / RATE_HZ + phase)))
            y[t] += back
    return y


def stepped(value: Callable[[int], float], frames: int) -> Exact:
    """``value(step)`` at the end of every control step (0: at its beginning), joined by straight lines."""
    steps = -(-frames // STEP)
    ends = np.array([value(step) for step in range(steps + 1)])
    t = np.arange(frames)
    return ends[t // STEP] + (ends[t // STEP + 1] - ends[t // STEP]) * (t % STEP) / STEP
