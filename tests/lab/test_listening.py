"""The laboratory's ears on sounds whose changes are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.lab.listening import LOOP_FRAMES, RAMP_FRAMES, SAME, assert_no_click, first_change, frames_to_hear


class Tape:
    """What a ``Lab`` has of ears: a recording, and a cable that ran for as long."""

    def __init__(self, sound: NDArray[np.float64]) -> None:
        self.sound = np.column_stack((sound, sound))
        self.frame = len(sound)
        self.cable = self

    def heard(self, start: int, end: int) -> NDArray[np.float64]:
        return self.sound[start:end]

    def frame_at(self, at_ns: int) -> float:
        return at_ns * 48e-6

    def until(self, condition: object, what: str) -> None:
        assert condition(), what  # type: ignore[operator]


def loops(count: int) -> NDArray[np.float64]:
    """A guitar that repeats: partials that fit the loop."""
    t = np.arange(count * LOOP_FRAMES) / LOOP_FRAMES
    return 0.2 * np.sin(2 * np.pi * 110 * t) + 0.1 * np.sin(2 * np.pi * 333 * t)


CHANGE = 3 * LOOP_FRAMES + 1234


def faded(ramp_frames: int) -> NDArray[np.float64]:
    """At ``CHANGE`` another sound fades in: the same, softer and upside down."""
    sound = loops(6)
    mix = np.clip((np.arange(len(sound)) - CHANGE) / ramp_frames, 0.0, 1.0)
    return sound * (1.0 - mix) - 0.5 * sound * mix


def test_nothing_changes_in_a_loop() -> None:
    assert first_change(Tape(loops(4)), LOOP_FRAMES) is None


def test_the_first_other_sample_is_found() -> None:
    sound = loops(4)
    sound[CHANGE] += 2 * SAME
    assert first_change(Tape(sound), 2 * LOOP_FRAMES) == CHANGE
    assert first_change(Tape(sound), 2 * LOOP_FRAMES, CHANGE) is None


def test_frames_from_an_edge_to_a_faded_change() -> None:
    edge_ns = round((CHANGE - 200) / 48e-6)
    assert frames_to_hear(Tape(faded(RAMP_FRAMES)), edge_ns) == pytest.approx(201, abs=2)


def test_a_hard_cut_is_a_click() -> None:
    assert_no_click(Tape(faded(RAMP_FRAMES)), CHANGE, CHANGE + RAMP_FRAMES)
    with pytest.raises(AssertionError, match="a step of"):
        assert_no_click(Tape(faded(1)), CHANGE, CHANGE + RAMP_FRAMES)


def test_a_press_that_nobody_hears_is_told() -> None:
    with pytest.raises(AssertionError, match="nothing was heard"):
        frames_to_hear(Tape(loops(6)), round(CHANGE / 48e-6))
