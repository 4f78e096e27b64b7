"""The gate: fast to open, patient to close, deaf to what it gates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pedal.dsp.gate import DETECTOR_S, OPEN_S
from tests.dsp.rows import PERIODS, RATE_HZ, Exact, Floats, Row, noise

THRESHOLD_DB, HYSTERESIS_DB, HOLD_S, RELEASE_S = -40.0, 6.0, 0.05, 0.1
VALUES = {
    "threshold_db": THRESHOLD_DB,
    "hysteresis_db": HYSTERESIS_DB,
    "hold_s": HOLD_S,
    "release_s": RELEASE_S,
    "range_db": -90.0,
}
OPENS, CLOSES = 10 ** (THRESHOLD_DB / 20), 10 ** ((THRESHOLD_DB - HYSTERESIS_DB) / 20)


def gains_of(key: Floats, row: Row | None = None, period: int = 64) -> Floats:
    """What the gate does to a constant bus while the guitar plays ``key``."""
    row = row or Row("gate", 1, VALUES)
    return row.play_all(np.ones((len(key), 1), np.float32), (period,), key.astype(np.float32))[:, 0]


def twin(key: Floats) -> Exact:
    """The same in float64, frame by frame."""
    envelope = gain = 0.0
    is_open, hold = False, 0
    opening, closing = (1 - math.exp(-1 / (s * RATE_HZ)) for s in (OPEN_S, RELEASE_S))
    out = np.empty(len(key))
    for t, x in enumerate(np.abs(key.astype(np.float64))):
        envelope = max(x, envelope * math.exp(-1 / (DETECTOR_S * RATE_HZ)))
        is_open = is_open or envelope >= OPENS
        if is_open and envelope >= CLOSES:
            hold = int(HOLD_S * RATE_HZ)
        elif hold:
            hold -= 1
        else:
            is_open = False
        target = 1.0 if is_open else 10 ** (-90 / 20)
        gain += (target - gain) * (opening if target > gain else closing)
        out[t] = gain
    return out


@pytest.mark.parametrize("periods", PERIODS, ids=str)
@pytest.mark.parametrize("channels", [1, 2])
def test_twin(channels: int, periods: tuple[int, ...]) -> None:
    frames = 20_000
    key = noise(frames, 1, level=0.003)[:, 0]
    key[3000:4000] *= 10
    key[12_000:12_010] *= 30
    x = noise(frames, channels)
    y = Row("gate", channels, VALUES).play_all(x, periods, key)
    np.testing.assert_allclose(y, x * twin(key)[:, None], atol=2e-4)


def test_it_opens_within_a_millisecond() -> None:
    key = np.zeros(4800, np.float32)
    key[2400:] = 0.5
    gains = gains_of(key)
    assert gains[2399] < 1e-4
    assert gains[2400 + RATE_HZ // 1000] > 10 ** (-1.5 / 20)
    assert gains[2400 + RATE_HZ // 250] > 0.99


def test_it_holds_then_releases() -> None:
    key = np.zeros(2 * RATE_HZ, np.float32)
    key[:2400] = 0.5
    gains = gains_of(key)
    detector = DETECTOR_S * math.log(0.5 / CLOSES)
    held = 2400 + int((detector + HOLD_S) * RATE_HZ)
    assert gains[held - 10] > 0.99
    released = held + int(RELEASE_S * RATE_HZ)
    assert gains[released] == pytest.approx(math.exp(-1), abs=0.02)
    assert gains[-1] == pytest.approx(10 ** (-90 / 20), abs=1e-5)


def test_between_the_thresholds_it_stays_as_it_is() -> None:
    between = np.full(RATE_HZ, math.sqrt(OPENS * CLOSES), np.float32)
    assert gains_of(between).max() < 1e-4
    assert gains_of(np.concatenate([np.full(100, 0.5, np.float32), between]))[-1] > 0.999


def test_it_listens_to_the_key_and_not_to_the_bus() -> None:
    loud, quiet = np.full((9600, 1), 0.9, np.float32), np.zeros(9600, np.float32)
    assert np.abs(Row("gate", 1, VALUES).play_all(loud, key=quiet)).max() < 1e-4
    assert np.abs(Row("gate", 1, VALUES).play_all(loud * 1e-3, key=quiet + 0.5)[-1]) == pytest.approx(9e-4, rel=1e-3)


def test_one_gain_for_both_channels() -> None:
    x = noise(9600)
    key = x[:, 0] * np.linspace(0, 1, 9600, dtype=np.float32) ** 4
    y = Row("gate", 2, VALUES).play_all(x, key=key)
    np.testing.assert_allclose(y[:, 0] * x[:, 1], y[:, 1] * x[:, 0], atol=1e-6)


@given(st.lists(st.tuples(st.integers(1, 2000), st.floats(0.0, 1.0)), min_size=1, max_size=20))
@settings(max_examples=40)
def test_the_gain_stays_between_its_range_and_one_and_never_jumps(parts: list[tuple[int, float]]) -> None:
    gains = gains_of(np.concatenate([np.full(n, level, np.float32) for n, level in parts]))
    assert gains.min() >= 0.0
    assert gains.max() <= 1.0
    assert np.abs(np.diff(gains)).max(initial=0.0) <= 1.01 * (1 - math.exp(-1 / (OPEN_S * RATE_HZ)))


def test_it_forgets_a_key_that_was_no_number() -> None:
    row = Row("gate", 1, VALUES)
    gains_of(np.array([np.nan, np.nan], np.float32), row)
    assert gains_of(np.full(4800, 0.5, np.float32), row)[-1] > 0.99


def picked_note(frames: int, start: int, hz: float = 196.0, level: float = 0.1) -> Floats:
    """A string that is picked: the click of the plectrum, then overtones that die the sooner the higher they are."""
    t = np.maximum(np.arange(frames) - start, 0) / RATE_HZ
    strings = sum(np.sin(2 * np.pi * hz * k * t) / k * np.exp(-t * (2 + 3 * k)) for k in range(1, 20))
    click = np.random.default_rng(5).standard_normal(frames) * np.exp(-t / 0.001)
    return (level * (np.arange(frames) >= start) * (strings + 0.3 * click)).astype(np.float32)


@pytest.mark.parametrize("hz", [82.0, 196.0, 660.0])
@pytest.mark.parametrize("level", [0.05, 0.3])
def test_it_does_not_eat_the_attack(hz: float, level: float) -> None:
    """Of a picked note behind silence, in decibels: the first 5 ms, and the loudest frame."""
    start = 4800
    note = picked_note(9600, start, hz, level)
    y = Row("gate", 1, VALUES).play_all(note[:, None], key=note)[:, 0]
    first = slice(start, start + int(0.005 * RATE_HZ))
    assert 10 * math.log10(np.sum(y[first] ** 2) / np.sum(note[first] ** 2)) > -1.5
    assert 20 * math.log10(np.abs(y).max() / np.abs(note).max()) > -1.0


def test_a_threshold_that_is_turned_opens_as_a_note_does() -> None:
    """The knob only decides when: the way the gain goes is the same."""
    key = np.full(RATE_HZ, 0.05, np.float32)
    row = Row("gate", 1, VALUES | {"threshold_db": -10.0})
    gains_of(key, row)
    row.turn("threshold_db", -60.0)
    by_knob = gains_of(key, row)
    by_note = gains_of(np.concatenate([np.zeros(4800, np.float32), key]))
    first, second = (int(np.flatnonzero(np.diff(gains) > 1e-4)[0]) for gains in (by_knob, by_note))
    np.testing.assert_allclose(by_knob[first : first + 2000], by_note[second : second + 2000], atol=1e-4)
