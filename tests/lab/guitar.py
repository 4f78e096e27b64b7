"""What the guitar plays in the laboratory. Called by ``lab`` and scenarios in the guest."""

from __future__ import annotations

import numpy as np
import soundfile

from pedal.paths import factory_dir
from tests.lab.cable import RATE_HZ, Signal


def load_take(seconds: float = 8.0) -> Signal:
    """The factory take of a dry guitar."""
    samples, rate_hz = soundfile.read(factory_dir("models") / "takes" / "guitar-dry.flac", dtype="float32")
    assert rate_hz == RATE_HZ
    mono = samples if samples.ndim == 1 else samples[:, 0]
    return np.asarray(mono[: round(seconds * RATE_HZ)], np.float32)


def tone(frequency_hz: float = 500.0, peak: float = 0.2) -> Signal:
    """One second of a sine that begins and ends at zero when the frequency is whole: gaps and clicks show in it."""
    return (peak * np.sin(2 * np.pi * frequency_hz * np.arange(RATE_HZ) / RATE_HZ)).astype(np.float32)
