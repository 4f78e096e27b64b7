"""Decibels, frames and seconds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.units import FLOOR_DB, db_from_gain, frames_from_s, gain_from_db, period_s


@given(st.floats(-119.0, 119.0))
def test_decibels_there_and_back(level_db: float) -> None:
    assert db_from_gain(gain_from_db(level_db)) == pytest.approx(level_db, abs=1e-9)


@pytest.mark.parametrize(("level_db", "gain"), [(0.0, 1.0), (20.0, 10.0), (-6.0205999, 0.5), (-120.0, 1e-6)])
def test_known_levels(level_db: float, gain: float) -> None:
    assert gain_from_db(level_db) == pytest.approx(gain)


@given(st.floats(max_value=0.0))
def test_silence_has_a_floor(gain: float) -> None:
    assert db_from_gain(gain) == FLOOR_DB
    assert db_from_gain(1e-30) == FLOOR_DB
    assert db_from_gain(gain, -90.0) == -90.0


@given(st.integers(1, 4096), st.sampled_from([44100, 48000, 96000]))
def test_a_period_is_as_many_frames_as_it_lasts(frames: int, rate_hz: int) -> None:
    assert frames_from_s(period_s(frames, rate_hz), rate_hz) == frames
