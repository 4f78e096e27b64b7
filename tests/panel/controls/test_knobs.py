"""Knobs: noise is no turn, both ends are reached, and nothing ever jumps."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.panel.controls.knobs import DEAD_BAND_NORM, PickUp, Wiper

POLL_S = 0.02


def told(readings: list[float]) -> list[float]:
    wiper = Wiper()
    news = [wiper.read(value, i * POLL_S) for i, value in enumerate(readings)]
    return [value for value in news if value is not None]


@given(st.floats(0.0, 1.0), st.integers())
def test_noise_is_no_turn(at_norm: float, seed: int) -> None:
    """A step of the converter up or down, for a minute. Near an end, the end may be told besides."""
    noise = random.Random(seed)
    first = [at_norm] * 20
    rest = [min(max(at_norm + noise.choice((-1, 0, 1)) / 1024, 0.0), 1.0) for _ in range(3000)]
    news = told(first + rest)
    assert len(news) == 1 or (len(news) == 2 and news[1] in (0.0, 1.0))
    assert max(news) - min(news) < DEAD_BAND_NORM


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_both_ends_are_reached(end: float) -> None:
    almost = abs(end - 3 / 1024)  # a wiper, a supply that is not quite
    assert told([0.5] * 5 + [almost] * 50)[-1] == end


def test_a_turn_is_followed_and_arrives() -> None:
    news = told([0.2] * 5 + [0.2 + 0.6 * i / 50 for i in range(50)] + [0.8] * 50)
    assert news == sorted(news)
    assert max(later - earlier for earlier, later in itertools.pairwise(news)) < 0.03
    assert news[-1] == pytest.approx(0.8, abs=0.01)


def test_where_it_stands_at_the_start_is_no_turn() -> None:
    assert not PickUp().turned(0.9, 0.9)


def test_a_knob_takes_hold_where_the_parameter_is() -> None:
    knob = PickUp()
    parameter = 0.7
    knob.turned(0.1, parameter)
    for to in (0.3, 0.5, 0.65):
        assert not knob.turned(to, parameter)  # not there yet
    for to in (0.72, 0.9, 0.1):  # past it, then wherever it goes
        assert knob.turned(to, parameter)
        parameter = to
    parameter = 0.5  # a preset
    assert not knob.turned(0.2, parameter)
    assert not knob.turned(0.4, parameter)
    assert knob.turned(0.5, parameter)


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=40), st.floats(0.0, 1.0))
def test_a_parameter_never_moves_further_than_the_knob(path: list[float], parameter: float) -> None:
    knob, before = PickUp(), path[0]
    knob.turned(before, parameter)
    for to in path[1:]:
        if knob.turned(to, parameter):
            assert abs(to - parameter) <= abs(to - before) + 4 * DEAD_BAND_NORM
            parameter = to
        before = to
