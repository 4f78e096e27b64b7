"""The compressor: its curve, its times, against a slow twin; and what its meter says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal import layout as at
from pedal.dsp.comp import reduction_kernel
from tests.dsp.rows import PERIODS, RATE_HZ, Exact, Floats, Row, noise

VALUES = {
    "threshold_db": -30.0,
    "ratio": 4.0,
    "knee_db": 8.0,
    "attack_s": 0.005,
    "release_s": 0.1,
    "makeup_db": 0.0,
    "blend": 1.0,
}


def curve(level_db: float, threshold_db: float, ratio: float, knee_db: float) -> float:
    """Output level over input level (Giannoulis et al. 2012, eq. 4)."""
    over = level_db - threshold_db
    if 2 * over < -knee_db:
        return level_db
    if 2 * abs(over) <= knee_db and knee_db > 0:
        return level_db + (1 / ratio - 1) * (over + knee_db / 2) ** 2 / (2 * knee_db)
    return threshold_db + over / ratio


def twin(x: Floats) -> Exact:
    """Frame by frame in float64."""
    attack, release = (math.exp(-1 / (VALUES[name] * RATE_HZ)) for name in ("attack_s", "release_s"))
    peak = smooth = 0.0
    y = np.empty(x.shape)
    for t, frame in enumerate(x.astype(np.float64)):
        level_db = 20 * math.log10(max(1e-6, np.abs(frame).max()))
        wanted = level_db - curve(level_db, VALUES["threshold_db"], VALUES["ratio"], VALUES["knee_db"])
        peak = max(wanted, release * peak + (1 - release) * wanted)
        smooth = attack * smooth + (1 - attack) * peak
        y[t] = frame * 10 ** (-smooth / 20)
    return y


@pytest.mark.parametrize("periods", PERIODS, ids=str)
@pytest.mark.parametrize("channels", [1, 2])
def test_twin(channels: int, periods: tuple[int, ...]) -> None:
    x = noise(9000, channels)
    x[3000:6000] *= 0.05
    np.testing.assert_allclose(Row("comp", channels, VALUES).play_all(x, periods), twin(x), atol=2e-5)


@given(st.floats(-90, 20), st.floats(-60, 0), st.floats(1, 20), st.floats(0, 24))
def test_the_curve(level_db: float, threshold_db: float, ratio: float, knee_db: float) -> None:
    taken = reduction_kernel(level_db, threshold_db, 1 - 1 / ratio, knee_db)
    assert level_db - taken == pytest.approx(curve(level_db, threshold_db, ratio, knee_db), abs=1e-9)
    assert taken >= 0.0


@pytest.mark.parametrize("level_db", [-50.0, -30.0, -12.0])
def test_a_steady_level_comes_out_on_the_curve(level_db: float) -> None:
    """A constant has no crest to argue about; the meter says the same."""
    row = Row("comp", 1, VALUES)
    x = np.full((RATE_HZ, 1), 10 ** (level_db / 20), np.float32)
    after_db = 20 * math.log10(row.play_all(x)[-1, 0])
    assert after_db == pytest.approx(curve(level_db, -30.0, 4.0, 8.0), abs=0.01)
    shown_db = float(row.arena.f32[row.arena.i64[row.row + at.METER]])
    assert shown_db == pytest.approx(level_db - after_db, abs=0.01)


def test_attack_and_release_are_time_constants() -> None:
    loud, quiet = 10 ** (-10 / 20), 10 ** (-45 / 20)
    x = np.concatenate([np.full(RATE_HZ, quiet), np.full(RATE_HZ, loud), np.full(RATE_HZ, quiet)]).astype(np.float32)
    gains_db = -20 * np.log10(Row("comp", 1, VALUES).play_all(x[:, None])[:, 0] / x)
    full = gains_db[2 * RATE_HZ - 1]
    assert gains_db[RATE_HZ + int(0.005 * RATE_HZ)] == pytest.approx(full * (1 - math.exp(-1)), rel=0.02)
    assert gains_db[2 * RATE_HZ + int(0.1 * RATE_HZ)] == pytest.approx(full * math.exp(-1), rel=0.08)


def test_blend_is_a_mix_with_the_dry_sound() -> None:
    x = noise(5000)
    wet, half = (Row("comp", 2, VALUES | {"blend": b, "makeup_db": 6.0}).play_all(x) for b in (1.0, 0.5))
    np.testing.assert_allclose(half, 0.5 * (x + wet), atol=1e-6)
    np.testing.assert_allclose(Row("comp", 2, VALUES | {"blend": 0.0}).play_all(x), x, atol=1e-7)


def test_the_picture_does_not_move() -> None:
    x = noise(5000)
    x[:, 1] *= 0.2
    y = Row("comp", 2, VALUES).play_all(x)
    np.testing.assert_allclose(y[:, 0] * x[:, 1], y[:, 1] * x[:, 0], atol=1e-6)
