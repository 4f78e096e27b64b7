"""The connection's block: not there while it is flat, a mono sum, a cap that nothing passes, a tone of its own."""

from __future__ import annotations

import numpy as np
import pytest

from pedal.dsp.master import BASS_HZ, MID_HZ, MID_Q, TREBLE_HZ
from tests.dsp import filters
from tests.dsp.rows import PERIODS, RATE_HZ, Row, noise


@pytest.mark.parametrize("periods", PERIODS, ids=str)
def test_flat_it_changes_no_bit(periods: tuple[int, ...]) -> None:
    x = np.clip(noise(3000), -0.99, 0.99)
    np.testing.assert_array_equal(Row("master").play_all(x, periods), x)


@pytest.mark.parametrize("periods", PERIODS, ids=str)
@pytest.mark.parametrize("channels", [1, 2])
def test_tone_twin(channels: int, periods: tuple[int, ...]) -> None:
    x = noise(3000, channels, level=0.05)
    y = filters.difference(x, *filters.shelf(BASS_HZ, 6.0, RATE_HZ, high=False))
    y = filters.difference(y, *filters.peaking(MID_HZ, MID_Q, -4.0, RATE_HZ))
    y = filters.difference(y, *filters.shelf(TREBLE_HZ, 3.0, RATE_HZ, high=True))
    row = Row("master", channels, {"bass_db": 6.0, "mid_db": -4.0, "treble_db": 3.0, "level_db": -6.0})
    np.testing.assert_allclose(row.play_all(x, periods), y * 10 ** (-6 / 20), atol=2e-5)


def test_tone_that_is_turned_on_knows_the_past() -> None:
    """What was flat has listened: no start from nothing."""
    x = np.full((4800, 1), 0.3, np.float32)
    row = Row("master", 1)
    row.play_all(x)
    row.turn("treble_db", 12.0)
    y = row.play_all(x)
    np.testing.assert_allclose(y, x, atol=1e-3)  # a shelf of the highs leaves a constant alone


def test_mono_is_the_mean_on_both_sides() -> None:
    x = noise(4096)
    row = Row("master")
    row.turn("mono", 1.0)
    y = row.play_all(x)[2048:]
    mean = 0.5 * (x[2048:, 0] + x[2048:, 1])
    np.testing.assert_allclose(y, np.stack([mean, mean], axis=1), atol=1e-6)


@pytest.mark.parametrize("cap_db", [-40.0, -12.0, 0.0])
def test_nothing_passes_the_cap(cap_db: float) -> None:
    y = Row("master", 2, {"cap_db": cap_db, "bass_db": 12.0}).play_all(noise(9600, level=2.0))
    assert np.abs(y).max() <= 10 ** (cap_db / 20) * (1 + 1e-5)
