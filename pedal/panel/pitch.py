"""The pitch of one string, from the last part of a second of a guitar. Pure; called by the panel's tuner.

Two steps. A coarse pitch by the normalised square difference function of P. McLeod and G. Wyvill ("A smarter way to
find pitch", ICMC 2005), which needs three periods and knows no octave errors on a string. Then, if the string has
sounded long enough, the frequency of each of its partials by the phase that it gained between two windows (J. L.
Flanagan, R. M. Golden, "Phase vocoder", Bell System Technical Journal 45, 1966), and through all of them the law of a
stiff string, ``f_k = k f_0 sqrt(1 + B k^2)`` (H. Fletcher, JASA 36(1), 1964), linear in ``k^2`` when squared. A real
string's partials are sharp, by 3 cents at the sixth of a wound string: what takes it as periodic reads it sharp.
The pitch is that of the first partial, as a strobe tuner shows it, whether it is to be heard or not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LOWEST_HZ, HIGHEST_HZ = 27.0, 1400.0
LEAST_REFERENCE_HZ, MOST_REFERENCE_HZ = 430.0, 450.0
NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")

#: Seconds that a reading looks back at most, and that the coarse step looks back.
LONGEST_S, COARSE_S = 0.6, 0.12
#: Softer than this (dBFS, RMS) nobody plays.
SILENT_DB = -66.0
#: How alike two periods must be, 1 for a perfect string in silence.
LEAST_CLARITY = 0.85
#: Only peaks this near the best one's count, the first of them is the period.
PEAK_SHARE = 0.92
#: An attack is over after this long; a reading begins behind the last attack.
ATTACK_S, FRAME_S = 0.015, 0.01
RISE = 3.0
#: The fine step wants so many periods, takes so many partials up to so high, hops by a share of what it has.
LEAST_PERIODS = 9.0
PARTIALS, TOP_HZ = 14, 5000.0
HOP_SHARE = 0.25
#: Partials softer than the loudest by this much (dB) do not count; nor do those that miss the law by so many cents.
SOFTEST_DB, FARTHEST_CENTS = 50.0, 4.0
#: No guitar string is stiffer.
STIFFEST = 2e-3

Samples = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a string sounds at.

    Attributes:
        hz: its pitch.
        note: nearest note, such as ``E2``.
        cents: from that note, -50 to 50.
        fine: read from its partials: within 0.2 cents of a steady string.
    """

    hz: float
    note: str
    cents: float
    fine: bool


def read_pitch(x: Samples, rate_hz: int, reference_hz: float = 440.0) -> Reading | None:
    """The string that sounds at the end of ``x``; None if there is none to be recognised.

    Args:
        x: ``(frames,)``, the newest last; more than ``LONGEST_S`` is not looked at.
        rate_hz: of ``x``.
        reference_hz: of A4.
    """
    x = since_attack(np.asarray(x[-int(LONGEST_S * rate_hz) :], np.float64), rate_hz)
    recent = x[-int(COARSE_S * rate_hz) :]
    if recent.size < 0.5 * COARSE_S * rate_hz or np.sqrt(np.mean(recent**2)) < 10 ** (SILENT_DB / 20):
        return None
    coarse_hz = coarse_pitch_hz(recent, rate_hz)
    if coarse_hz is None:
        return None
    fine_hz = fine_pitch_hz(x, rate_hz, coarse_hz)
    hz = coarse_hz if fine_hz is None else fine_hz
    note, cents = nearest_note(hz, reference_hz)
    return Reading(hz, note, cents, fine_hz is not None)


def nearest_note(hz: float, reference_hz: float) -> tuple[str, float]:
    """Name with octave, and cents from it."""
    semitones = 12 * math.log2(hz / reference_hz) + 57  # from C0
    number = round(semitones)
    return f"{NOTES[number % 12]}{number // 12}", 100 * (semitones - number)


def since_attack(x: Samples, rate_hz: int) -> Samples:
    """What was played since the last pluck."""
    frame = int(FRAME_S * rate_hz)
    count = x.size // frame
    level = np.sqrt(np.mean(x[x.size - count * frame :].reshape(count, frame) ** 2, axis=1)) + 1e-9
    slow = np.array([level[max(0, i - 4) : max(1, i - 1)].max() for i in range(count)])
    rises = np.flatnonzero((level > RISE * slow) & (level > 10 ** (SILENT_DB / 20)))
    if not rises.size:
        return x
    return x[x.size - (count - rises[-1]) * frame + int(ATTACK_S * rate_hz) :]


def coarse_pitch_hz(x: Samples, rate_hz: int) -> float | None:
    """The period that ``x`` repeats with; None if it does not."""
    x = x - x.mean()
    longest = min(int(rate_hz / LOWEST_HZ) + 2, x.size // 2)
    shortest = int(rate_hz / (HIGHEST_HZ * 1.03))
    size = 1 << (x.size + longest).bit_length()
    spectrum = np.fft.rfft(x, size)
    product = np.fft.irfft(np.abs(spectrum) ** 2)[: longest + 1]
    squares = np.concatenate([[0.0], np.cumsum(x**2)])
    lags = np.arange(longest + 1)
    energy = squares[x.size - lags] + squares[-1] - squares[lags]
    alike = 2 * product / np.maximum(energy, 1e-20)
    below = np.flatnonzero(alike < 0.0)
    if not below.size:
        return None
    first = max(int(below[0]), shortest)
    inner = alike[first:-1]
    if inner.size < 3:
        return None
    peaks = first + 1 + np.flatnonzero((inner[1:-1] > inner[:-2]) & (inner[1:-1] >= inner[2:]))
    if not peaks.size or alike[peaks].max() < LEAST_CLARITY:
        return None
    lag = int(peaks[np.argmax(alike[peaks] >= PEAK_SHARE * alike[peaks].max())])
    before, at, after = alike[lag - 1 : lag + 2]
    return float(rate_hz / (lag + 0.5 * (before - after) / (before - 2 * at + after)))


def fine_pitch_hz(x: Samples, rate_hz: int, near_hz: float) -> float | None:
    """The first partial of the stiff string whose partials are in ``x``; None if that is too short."""
    if x.size < LEAST_PERIODS * rate_hz / near_hz:
        return None
    hop = int(HOP_SHARE * x.size)
    length = x.size - hop
    window = _window(length)
    size = 2 << length.bit_length()
    one, other = (np.fft.rfft(part * window, size) for part in (x[:length], x[hop:]))
    numbers = np.arange(1, max(1, min(PARTIALS, int(TOP_HZ / near_hz))) + 1)
    found, power = np.empty(numbers.size), np.empty(numbers.size)
    stiff = 0.0
    for i, k in enumerate(numbers):
        # Each partial is looked for where those before say.
        hz = near_hz * k * math.sqrt((1 + stiff * k * k) / (1 + stiff))
        found[i], power[i] = _partial(one, other, hz, near_hz, hop, size, rate_hz)
        if i >= 2:
            _, stiff = _law(numbers[: i + 1], found[: i + 1], power[: i + 1])
    counts = power > power.max() * 10 ** (-SOFTEST_DB / 10)
    for _ in range(3):
        first_hz, stiff = _law(numbers[counts], found[counts], power[counts])
        law = first_hz * numbers * np.sqrt((1 + stiff * numbers**2) / (1 + stiff))
        near = np.abs(1200 * np.log2(found / law)) < FARTHEST_CENTS
        if not (counts & near).any() or (counts & near).sum() == counts.sum():
            break
        counts &= near
    return first_hz if abs(1200 * math.log2(first_hz / near_hz)) < 60.0 else None


def _window(length: int) -> NDArray[np.float64]:
    """Blackman and Harris's, 92 dB down: no partial is heard through another."""
    turn = 2 * np.pi * (np.arange(length) + 0.5) / length
    return 0.35875 - 0.48829 * np.cos(turn) + 0.14128 * np.cos(2 * turn) - 0.01168 * np.cos(3 * turn)


def _partial(
    one: NDArray[np.complex128],
    other: NDArray[np.complex128],
    hz: float,
    apart_hz: float,
    hop: int,
    size: int,
    rate_hz: int,
) -> tuple[float, float]:
    """Frequency and power of the strongest line near ``hz``, by its phase in two windows ``hop`` apart."""
    bin_hz = rate_hz / size
    reach = max(2, int(0.25 * apart_hz / bin_hz))
    middle = round(hz / bin_hz)
    low, high = max(1, middle - reach), min(one.size - 1, middle + reach + 1)
    power = np.abs(one[low:high]) ** 2 + np.abs(other[low:high]) ** 2
    at = int(np.argmax(power))
    place = float(low + at)
    if 0 < at < power.size - 1:
        before, top, after = np.log(power[at - 1 : at + 2] + 1e-30)
        place += 0.5 * (before - after) / (before - 2 * top + after)
    gained = np.angle(other[low + at] * np.conj(one[low + at])) / (2 * np.pi)
    turns = place * hop / size
    return (gained + round(turns - gained)) * rate_hz / hop, float(power[at])


def _law(numbers: NDArray[np.int64], found: Samples, power: Samples) -> tuple[float, float]:
    """First partial and stiffness of the string nearest to the partials; a high one says more about the pitch."""
    y, k2 = (found / numbers) ** 2, numbers.astype(np.float64) ** 2
    weight = power * k2
    weight = weight / weight.sum()
    mean_y, mean_k2 = float(weight @ y), float(weight @ k2)
    spread = float(weight @ (k2 - mean_k2) ** 2)
    slope = float(weight @ ((k2 - mean_k2) * (y - mean_y))) / spread if spread > 1e-9 else 0.0
    slope = min(max(slope, 0.0), STIFFEST * mean_y)
    squared = mean_y - slope * (mean_k2 - 1.0)
    base = squared - slope
    return math.sqrt(squared), slope / base
