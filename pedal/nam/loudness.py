"""How loud a model is with a guitar before it, measured by playing it a short signal of our own.

Called by the builder and the offline tools, never in real time. The format defines a loudness, the RMS of a
model's response to a recording that is not ours and lies half below 60 Hz. Here two seconds of plucked
strings, made of sines, take its place, and the response is K-weighted (ITU-R BS.1770-4), because that is how
loud it is heard. ``docs/levels.md`` compares the two over many models.
"""

from __future__ import annotations

import math
import time
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pedal.levels import BELIEVABLE, DRIVES_DB, MOST_CHANGE_DB, Measured, trim_db
from pedal.nam.engine import Engine
from pedal.units import gain_from_db

if TYPE_CHECKING:
    from pedal.nam.model import Model

#: RMS of the test signal: what captures are measured with, hard playing into a hot input.
TEST_LEVEL_DB = -15.0
TEST_S = 2.0
#: Brings the median of many captures to what the format's own measurement says of them.
TO_FORMAT_DB = -0.3
#: Multiply-adds that measuring may take, about 4 s of the smallest board; an A2 with all its drives takes 7e9.
MOST_MACS = 10_000_000_000
#: A file may count far fewer than it takes (groups are played dense): nobody waits longer than this.
PATIENCE_S, _PIECE_FRAMES = 8.0, 1024
#: At other rates than these a model hears the signal of ``USUAL_RATE_HZ``.
RATES_HZ, USUAL_RATE_HZ = (16_000.0, 192_000.0), 48_000

#: The score: start, duration, how hard, palm on the strings, the strings' pitches in Hz.
_SCORE: tuple[tuple[float, float, float, bool, tuple[float, ...]], ...] = (
    (0.00, 0.50, 1.00, False, (82.41, 123.47, 164.81)),
    (0.50, 0.12, 0.90, True, (82.41,)),
    (0.62, 0.12, 0.70, True, (82.41,)),
    (0.74, 0.26, 0.90, True, (82.41, 123.47)),
    (1.00, 0.40, 0.80, False, (110.00, 164.81, 220.00, 277.18, 329.63)),
    (1.40, 0.20, 0.50, False, (196.00,)),
    (1.60, 0.20, 0.45, False, (329.63,)),
    (1.80, 0.20, 0.60, False, (440.00,)),
)
#: From string to string of a strum; the attack; the hand that ends a note.
_STRUM_S, _ATTACK_S, _RELEASE_S = 0.012, 0.002, 0.005
_PARTIALS, _HIGHEST_HZ = 40, 6000.0
_BLOCK_FRAMES = 256
#: The published high-pass lets a little more than all pass (0.04 dB): that is part of the scale.
_PUBLISHED_GAIN = 1.0049949


def measure_model(model: Model) -> Measured | None:
    """Loudness, trims, and what drive does to the loudness; None where nothing is missing, or it would take too long.

    Only a model that states its input level is ever driven otherwise than usual; one of a single width that
    states its loudness and no input level lacks nothing. The widest width comes first, then its drives, then the
    narrower ones, as far as ``MOST_MACS`` goes; where it takes longer than ``PATIENCE_S``, all is left unsaid.
    """
    drives_db = DRIVES_DB if model.input_level_dbu is not None else ()
    if len(model.widths) == 1 and model.loudness_db is not None and not drives_db:
        return None
    rate_hz = round(model.sample_rate_hz or USUAL_RATE_HZ)
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
        rate_hz = USUAL_RATE_HZ
    meter = _Meter(model, rate_hz)
    widest = len(model.widths) - 1
    widest_db = meter.loudness_db(widest)
    driven_db = [meter.loudness_db(widest, drive_db) for drive_db in drives_db]
    narrower_db = [meter.loudness_db(index) for index in reversed(range(widest))]
    if widest_db is None or meter.is_late:
        return None
    trims_db = [0.0 if one_db is None else trim_db(one_db, widest_db) for one_db in (widest_db, *narrower_db)]
    return Measured(_on_the_formats_scale(widest_db), tuple(reversed(trims_db)), _changes_db(driven_db, widest_db))


class _Meter:
    """Plays the widths of one model the guitar signal, until enough has been played."""

    def __init__(self, model: Model, rate_hz: int) -> None:
        self._model = model
        self._rate_hz = rate_hz
        self._signal = guitar_signal(rate_hz)
        self._macs_left = MOST_MACS
        self._until_s = time.monotonic() + PATIENCE_S

    @property
    def is_late(self) -> bool:
        """Patience is at its end."""
        return time.monotonic() > self._until_s

    def loudness_db(self, width_index: int, drive_db: float = 0.0) -> float | None:
        """K-weighted loudness of one width, the signal ``drive_db`` louder; None where that takes too long."""
        self._macs_left -= self._signal.size * self._model.widths[width_index].macs_per_sample
        if self._macs_left < 0:
            return None
        engine = Engine(self._model, width_index, _BLOCK_FRAMES)
        signal, response = self._signal * np.float32(gain_from_db(drive_db)), np.empty_like(self._signal)
        for start in range(0, signal.size, _PIECE_FRAMES):
            if self.is_late:
                return None
            response[start : start + _PIECE_FRAMES] = engine.process(signal[start : start + _PIECE_FRAMES])
        return k_weighted_db(response, self._rate_hz)


def _changes_db(driven_db: list[float | None], usual_db: float) -> tuple[float, ...]:
    """Louder or softer than usual; empty if any of it is not known."""
    found = [math.nan if one_db is None else one_db - usual_db for one_db in driven_db]
    return tuple(found) if all(abs(change_db) <= MOST_CHANGE_DB for change_db in found) else ()


def _on_the_formats_scale(found_db: float) -> float | None:
    low_db, high_db = BELIEVABLE["loudness"]
    loudness_db = min(found_db + TO_FORMAT_DB, high_db)
    return loudness_db if loudness_db >= low_db else None


@cache
def guitar_signal(rate_hz: int) -> NDArray[np.float32]:
    """Two seconds of strummed, muted and picked strings: float32 ``(frames,)`` of RMS ``TEST_LEVEL_DB``, peak below 1.

    The same on every machine but for the last bit of a sine.
    """
    signal = np.zeros(round(TEST_S * rate_hz))
    for start_s, duration_s, level, muted, pitches_hz in _SCORE:
        end = round((start_s + duration_s) * rate_hz)
        for string, pitch_hz in enumerate(pitches_hz):
            start = round((start_s + string * _STRUM_S) * rate_hz)
            signal[start:end] += level * _pluck(pitch_hz, end - start, muted, rate_hz)
    scaled = signal * 10 ** (TEST_LEVEL_DB / 20) / np.sqrt(np.mean(signal**2))
    return np.asarray(scaled, np.float32)


def _pluck(pitch_hz: float, frames: int, muted: bool, rate_hz: int) -> NDArray[np.float64]:
    """A stiff string, plucked at a sixth of its length: the higher a partial, the softer and shorter."""
    k = np.arange(1, min(_PARTIALS, int(min(_HIGHEST_HZ, 0.4 * rate_hz) / pitch_hz)) + 1)
    partials_hz = pitch_hz * k * np.sqrt(1.0 + 6e-5 * k**2)
    levels = np.sin(np.pi * k * 0.17) / k / (1.0 + (partials_hz / 2500.0) ** 2)
    decays_s = (0.12 if muted else 1.2) / (1.0 + 0.12 * k)
    t = np.arange(frames) / rate_hz
    sound = np.zeros(frames)
    for partial_hz, level, decay_s, phase in zip(partials_hz, levels, decays_s, 2.4 * k**2, strict=True):
        sound += level * np.exp(-t / decay_s) * np.sin(2.0 * np.pi * partial_hz * t + phase)
    hand = np.minimum(1.0, np.minimum(t / _ATTACK_S, t[::-1] / _RELEASE_S))
    return np.asarray(sound * hand)


def k_weighted_db(response: NDArray[np.float32], rate_hz: int) -> float:
    """Mean power of ``response``, ``(frames,)``, K-weighted, in dB; a sine of RMS 1 at 997 Hz has 0.69 dB.

    -inf where there is nothing, or where the response is not finite: nothing can be said of that.
    """
    weight = k_weight(np.asarray(np.fft.rfftfreq(response.size, 1.0 / rate_hz), np.float64), rate_hz)
    with np.errstate(all="ignore"):
        spectrum = np.fft.rfft(response.astype(np.float64))
        power = 2.0 * float(np.sum(np.abs(spectrum * weight) ** 2)) / response.size**2
    return 10.0 * math.log10(power) if 0.0 < power < math.inf else -math.inf


def k_weight(frequencies_hz: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    """Gain of the K-weighting at some frequencies below half the rate.

    ITU-R BS.1770-4, annex 1: a shelf for the head, a high-pass for the ear. It gives the coefficients for
    48 kHz only; these are the analogue filters behind them (B. De Man, "Evaluation of implementations of the EBU
    R128 loudness measurement", AES 145, 2018), bent to the rate by the bilinear transform.
    """
    bent = np.tan(np.pi * np.minimum(frequencies_hz, 0.4999 * rate_hz) / rate_hz)
    top, q = 10.0 ** (3.999843853973347 / 20.0), 0.7071752369554196
    s = 1j * bent / math.tan(math.pi * 1681.974450955533 / rate_hz)
    shelf = (top * s**2 + top**0.4996667741545416 * s / q + 1.0) / (s**2 + s / q + 1.0)
    q = 0.5003270373238773
    s = 1j * bent / math.tan(math.pi * 38.13547087602444 / rate_hz)
    high_pass = s**2 / (s**2 + s / q + 1.0)
    return np.abs(shelf * high_pass) * _PUBLISHED_GAIN
