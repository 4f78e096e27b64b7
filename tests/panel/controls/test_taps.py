"""Taps: a steady foot is the mean of its beats, a pause or another beat begins anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.panel.controls.taps import Taps
from pedal.params.tempo import FASTEST_BPM


def tempo(*at_s: float) -> float | None:
    taps, bpm = Taps(), None
    for each in at_s:
        bpm = taps.tap(each)
    return bpm


def test_one_tap_is_no_tempo() -> None:
    assert tempo(3.0) is None


@given(st.floats(0.25, 1.9), st.integers(2, 12), st.floats(0.0, 1e6))
def test_a_steady_foot(gap_s: float, count: int, start_s: float) -> None:
    assert tempo(*(start_s + gap_s * k for k in range(count))) == pytest.approx(60 / gap_s, rel=1e-3)


def test_a_human_foot_is_averaged() -> None:
    assert tempo(0.0, 0.51, 0.99, 1.5, 2.01) == pytest.approx(60 / 0.5, rel=0.01)


def test_after_a_pause_it_begins_anew() -> None:
    assert tempo(0.0, 0.5, 1.0, 9.0) is None
    assert tempo(0.0, 0.5, 1.0, 9.0, 9.4) == pytest.approx(150.0)


def test_another_tempo_begins_anew() -> None:
    assert tempo(0.0, 1.0, 2.0, 2.4, 2.8) == pytest.approx(150.0)


def test_it_ends_somewhere() -> None:
    assert tempo(0.0, 0.01) == FASTEST_BPM
    assert tempo(0.0, 0.0) == FASTEST_BPM
