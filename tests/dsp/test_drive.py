"""The overdrive: what folds is 70 dB down, no knob changes the loudness, and it agrees with a slow twin."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pedal.dsp.drive import FIRST, MEDIUM, SECOND, THIRD
from pedal.dsp.halfband import halfband_coefficients
from tests.dsp.rows import PERIODS, RATE_HZ, Exact, Floats, Row, noise

VALUES = {"drive_db": 24.0, "tight_hz": 200.0, "tone_hz": 5000.0, "level_db": -3.0}


def path(x: Exact, coefficients: tuple[float, ...], first: int) -> Exact:
    """Every second all-pass section from ``first`` on, as a difference equation."""
    for c in coefficients[first::2]:
        y = np.zeros(len(x) + 1)
        past = np.concatenate([[0.0], x])
        for t in range(1, len(past)):
            y[t] = c * (past[t] - y[t - 1]) + past[t - 1]
        x = y[1:]
    return x


def twice(x: Exact, coefficients: tuple[float, ...]) -> Exact:
    return np.stack([path(x, coefficients, 0), path(x, coefficients, 1)], axis=1).ravel()


def half(x: Exact, coefficients: tuple[float, ...]) -> Exact:
    return 0.5 * (path(x[1::2], coefficients, 0) + path(x[0::2], coefficients, 1))


def one_pole(x: Exact, corner_hz: float) -> Exact:
    share, low, out = 1 - math.exp(-2 * math.pi * corner_hz / RATE_HZ), 0.0, np.empty(len(x))
    for t, value in enumerate(x):
        low += share * (value - low)
        out[t] = low
    return out


def twin(x: Floats) -> Exact:
    """One channel in float64, with the antiderivative as a quotient of differences."""
    dry = x.astype(np.float64)
    gain = 10 ** (VALUES["drive_db"] / 20)
    y = gain * (dry - one_pole(dry, VALUES["tight_hz"]))
    for coefficients in (FIRST, SECOND, THIRD):
        y = twice(y, coefficients)
    before = np.concatenate([[0.0], y[:-1]])
    antiderivative = np.sqrt(1 + y**2) - np.sqrt(1 + before**2)
    small = np.abs(y - before) < 1e-6
    middle = 0.5 * (y + before)
    y = np.where(small, middle / np.sqrt(1 + middle**2), antiderivative / np.where(small, 1.0, y - before))
    for coefficients in (THIRD, SECOND, FIRST):
        y = half(y, coefficients)
    level = 10 ** (VALUES["level_db"] / 20) * math.sqrt(1 + (MEDIUM * gain) ** 2) / gain
    return level * one_pole(y, VALUES["tone_hz"])


@pytest.mark.parametrize("periods", PERIODS, ids=str)
@pytest.mark.parametrize("channels", [1, 2])
def test_twin(channels: int, periods: tuple[int, ...]) -> None:
    x = noise(1500, channels)
    y = Row("drive", channels, VALUES).play_all(x, periods)
    for channel in range(channels):
        np.testing.assert_allclose(y[:, channel], twin(x[:, channel]), atol=2e-5)


@pytest.mark.parametrize("drive_db", [12.0, 24.0, 36.0])
@pytest.mark.parametrize("level", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("hz", [5000, 4321, 3107])
def test_what_folds_is_70_db_down(drive_db: float, level: float, hz: int) -> None:
    """A steady sine: everything that is no overtone of it, against the sine; the tone knob wide open."""
    t = np.arange(2 * RATE_HZ) / RATE_HZ
    x = (level * np.sin(2 * np.pi * hz * t)).astype(np.float32)[:, None]
    row = Row("drive", 1, {"drive_db": drive_db, "tight_hz": 20.0, "tone_hz": 12000.0})
    y = row.play_all(x)[RATE_HZ:, 0].astype(np.float64)  # a whole number of cycles: every product is one bin
    power = np.abs(np.fft.rfft(y)) ** 2
    wanted = np.arange(hz, RATE_HZ // 2, hz)
    sine_db = 10 * math.log10(power[hz])
    power[wanted] = 0.0
    power[:20] = 0.0
    assert 10 * math.log10(power.max()) - sine_db <= -70.0


@pytest.mark.parametrize(("sections", "stop"), [(8, 25 / 96), (3, 71 / 192), (2, 167 / 384)])
def test_the_half_band_filters_stop_what_they_should(sections: int, stop: float) -> None:
    coefficients = halfband_coefficients(sections, stop)
    z = np.exp(-2j * np.pi * np.linspace(stop, 0.5, 500))
    paths = [np.ones_like(z), np.ones_like(z)]
    for number, c in enumerate(coefficients):
        paths[number % 2] *= (c + z**2) / (1 + c * z**2)
    assert 20 * np.log10(np.abs(0.5 * (paths[0] + z * paths[1]))).max() < -80.0


def test_the_group_delay_is_five_frames() -> None:
    """Of low notes, from the phase of a steady sine that is not bent."""
    hz = 300
    t = np.arange(2 * RATE_HZ) / RATE_HZ
    x = (1e-3 * np.sin(2 * np.pi * hz * t)).astype(np.float32)[:, None]
    y = Row("drive", 1, {"drive_db": 0.0, "tight_hz": 20.0, "tone_hz": 12000.0}).play_all(x)[:, 0]
    turn = np.angle(np.fft.rfft(y[RATE_HZ:])[hz] / np.fft.rfft(x[RATE_HZ:, 0])[hz])
    assert 0.0 < -turn / (2 * np.pi * hz) * RATE_HZ + math.atan(20 / hz) / (2 * np.pi * hz) * RATE_HZ < 6.0


def test_the_drive_does_not_turn_the_loudness() -> None:
    t = np.arange(RATE_HZ) / RATE_HZ
    x = (MEDIUM * np.sin(2 * np.pi * 440 * t)).astype(np.float32)[:, None]
    peaks = [
        np.abs(Row("drive", 1, {"drive_db": db, "tight_hz": 20.0, "tone_hz": 12000.0}).play_all(x)[9600:]).max()
        for db in (0.0, 12.0, 24.0, 36.0)
    ]
    assert 20 * math.log10(max(peaks) / min(peaks)) < 1.5


def test_more_drive_is_more_overtones() -> None:
    t = np.arange(RATE_HZ) / RATE_HZ
    x = (0.1 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)[:, None]
    thirds = []
    for drive_db in (0.0, 12.0, 24.0, 36.0):
        power = np.abs(np.fft.rfft(Row("drive", 1, {"drive_db": drive_db}).play_all(x)[:, 0])) ** 2
        thirds.append(10 * math.log10(power[1320] / power[440]))
    assert thirds == sorted(thirds)
    assert thirds[0] < -40.0
    assert thirds[-1] > -16.0
