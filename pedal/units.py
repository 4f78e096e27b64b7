"""Decibels, frames and seconds. Pure."""

from __future__ import annotations

import math

#: What counts as silence on a meter; -inf does not print well.
FLOOR_DB = -120.0


def gain_from_db(level_db: float) -> float:
    """Linear gain of a level in dB: ``10 ** (dB / 20)``."""
    return float(10.0 ** (level_db / 20.0))


def db_from_gain(gain: float, floor_db: float = FLOOR_DB) -> float:
    """Level in dB of a linear gain, never below ``floor_db``."""
    if gain <= 0.0:
        return floor_db
    return max(floor_db, 20.0 * math.log10(gain))


def frames_from_s(duration_s: float, rate_hz: float) -> int:
    """Frames that last ``duration_s``, rounded to the nearest."""
    return round(duration_s * rate_hz)


def period_s(period_frames: int, rate_hz: float) -> float:
    """Duration of one period in seconds."""
    return period_frames / rate_hz
