"""How late a machine woke up, period after period: a trace, in numbers. Pure.

Used by ``pedal setup``; ``period`` decides by it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: The first wake-ups belong to the start: the buffer has just been filled.
STARTING_PERIODS = 16
#: Heights of ``Wakes``.
_TENTHS = 40


@dataclass(frozen=True, slots=True)
class Wakes:
    """How a machine kept a period.

    Attributes:
        period_frames, periods, rate_hz: of the card.
        seconds: how long was looked.
        late_s: lateness at the usual times: median, 99 % of all, the worst.
        xruns: how often the card ran dry.
        heights: how many wake-ups were late by 0, 1, 2 ... tenths of a period; the last one is all beyond.
    """

    period_frames: int
    periods: int
    rate_hz: int
    seconds: float
    late_s: tuple[float, float, float]
    xruns: int
    heights: tuple[int, ...] = ()

    @property
    def period_s(self) -> float:
        """Length of a period."""
        return self.period_frames / self.rate_hz

    @property
    def room_s(self) -> float:
        """How late the pedal may be done before the card runs dry."""
        return (self.periods - 1) * self.period_s

    @property
    def buffer_s(self) -> float:
        """What the card's buffer adds to the way through the pedal."""
        return self.periods * self.period_s


def wakes_of(woke_ns: NDArray[np.int64], period_frames: int, periods: int, rate_hz: int, xruns: int) -> Wakes:
    """Lateness from a trace of wake-ups, int64 ``(periods,)``, one for each period.

    The card's clock is not ours: a straight line through the trace is when turns were, and the earliest wake-ups
    along it are those that were not late.
    """
    period_s = period_frames / rate_hz
    trace = (woke_ns[STARTING_PERIODS:] - woke_ns[:1]) * 1e-9
    if len(trace) < STARTING_PERIODS:
        return Wakes(period_frames, periods, rate_hz, 0.0, (0.0, 0.0, 0.0), xruns)
    turns = np.arange(len(trace), dtype=np.float64)
    # the median of the slopes between the halves: one stall tilts a line of least squares
    half = len(trace) // 2
    slope = float(np.median(trace[half : 2 * half] - trace[:half])) / half
    late = trace - slope * turns
    late -= np.percentile(late, 5)
    late = np.maximum(late, 0.0)
    tenths = np.minimum((late / (period_s / 10)).astype(int), _TENTHS - 1)
    median, most, worst = (float(value) for value in np.percentile(late, (50, 99, 100)))
    heights = tuple(int(count) for count in np.bincount(tenths, minlength=_TENTHS))
    return Wakes(period_frames, periods, rate_hz, len(woke_ns) * period_s, (median, most, worst), xruns, heights)
