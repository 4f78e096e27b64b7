"""The parametric EQ against slow sections, and at its corners."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.dsp import filters
from tests.dsp.rows import PERIODS, RATE_HZ, Exact, Row, noise

VALUES = {
    "low_hz": 90.0,
    "low_db": 6.0,
    "one_hz": 300.0,
    "one_db": -9.0,
    "one_q": 2.0,
    "two_hz": 900.0,
    "two_db": 4.0,
    "two_q": 0.5,
    "three_hz": 3000.0,
    "three_db": -12.0,
    "three_q": 6.0,
    "high_hz": 6000.0,
    "high_db": 5.0,
    "level_db": -3.0,
}
PEAKS = ("one", "two", "three")


@pytest.mark.parametrize("periods", PERIODS, ids=str)
@pytest.mark.parametrize("channels", [1, 2])
def test_twin(channels: int, periods: tuple[int, ...]) -> None:
    x = noise(3000, channels)
    y = filters.difference(x, *filters.shelf(VALUES["low_hz"], VALUES["low_db"], RATE_HZ, high=False))
    for name in PEAKS:
        hz, gain_db, q = (VALUES[f"{name}_{knob}"] for knob in ("hz", "db", "q"))
        y = filters.difference(y, *filters.peaking(hz, q, gain_db, RATE_HZ))
    y = filters.difference(y, *filters.shelf(VALUES["high_hz"], VALUES["high_db"], RATE_HZ, high=True))
    twin: Exact = y * 10 ** (VALUES["level_db"] / 20)
    np.testing.assert_allclose(Row("eq", channels, VALUES).play_all(x, periods), twin, atol=2e-5)


def gain_db(values: dict[str, float], hz: float) -> float:
    """Of a steady sine, from the impulse response."""
    strike = np.zeros((RATE_HZ, 1), np.float32)
    strike[0] = 1.0
    response = np.fft.rfft(Row("eq", 1, values).play_all(strike, (256,))[:, 0].astype(np.float64))
    return 20 * math.log10(abs(response[round(hz)]))


@pytest.mark.parametrize("name", PEAKS)
@pytest.mark.parametrize("boost_db", [-18.0, 7.0])
def test_a_bell_gives_all_of_its_gain_at_its_centre_and_none_far_away(name: str, boost_db: float) -> None:
    values = {f"{name}_hz": 1000.0, f"{name}_db": boost_db, f"{name}_q": 4.0}
    assert gain_db(values, 1000.0) == pytest.approx(boost_db, abs=0.01)
    assert gain_db(values, 30.0) == pytest.approx(0.0, abs=0.05)
    assert gain_db(values, 15000.0) == pytest.approx(0.0, abs=0.05)


def test_flat_is_the_dry_sound() -> None:
    x = noise(3000)
    np.testing.assert_allclose(Row("eq").play_all(x), x, atol=1e-6)
