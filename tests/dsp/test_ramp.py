"""Ramps: of one length whatever the period, always arriving, never led astray."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.dsp.guard import LIMIT, is_broken_kernel
from pedal.dsp.ramp import ramp_begin_kernel, ramp_frames_kernel, ramp_next_kernel
from pedal.jit import entry
from pedal.params import RAMP_S
from tests.dsp.rows import Exact, ramp

FRAMES = 960


@entry("boolean(float32[::1], int64[::1], float64, int64, float64[::1])")
def _ramp(f32: Any, i64: Any, target: float, frames: int, out: Any) -> bool:
    moving = ramp_begin_kernel(f32, i64, 0, 0, target, frames)
    for t in range(len(out)):
        out[t] = ramp_next_kernel(f32, i64, 0, 0)
    return moving


@entry("int64(int64)")
def _frames(rate_hz: int) -> int:
    return ramp_frames_kernel(rate_hz)


@entry("boolean(float32[::1], int64)")
def _is_broken(f32: Any, n: int) -> bool:
    return is_broken_kernel(f32, 0, n)


class Ramp:
    def __init__(self, value: float) -> None:
        self.cells, self.left = np.array([value, 0, value], np.float32), np.zeros(1, np.int64)

    def play(self, target: float, n: int) -> tuple[bool, Exact]:
        out = np.empty(n)
        return bool(_ramp(self.cells, self.left, target, FRAMES, out)), out


targets = st.floats(-20.0, 20.0, width=32)


@given(targets, st.lists(st.tuples(targets, st.integers(1, 1500)), min_size=1, max_size=8))
def test_twin(start: float, turns: list[tuple[float, int]]) -> None:
    one, at_frame, changes, parts = Ramp(start), 0, [], []
    for target, n in turns:
        changes.append((at_frame, target))
        parts.append(one.play(target, n)[1])
        at_frame += n
    np.testing.assert_allclose(np.concatenate(parts), ramp(changes, at_frame, start, FRAMES), atol=2e-3)
    _, rest = one.play(turns[-1][0], FRAMES)
    assert rest[-1] == turns[-1][0], "it arrives exactly"
    assert not one.play(turns[-1][0], 1)[0]


@pytest.mark.parametrize("target", [np.nan, np.inf, -np.inf, 2 * LIMIT])
def test_a_target_that_is_no_number_is_ignored(target: float) -> None:
    one = Ramp(0.5)
    moving, y = one.play(target, 64)
    assert not moving
    assert (y == 0.5).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_a_broken_value_goes_to_its_target_at_once(value: float) -> None:
    one = Ramp(0.5)
    one.cells[0] = value
    assert (one.play(0.5, 64)[1] == 0.5).all()
    one.cells[0] = value
    assert (one.play(0.25, 64)[1] == 0.25).all()


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_all_ramps_last_as_long(rate_hz: int) -> None:
    assert _frames(rate_hz) == round(RAMP_S * rate_hz)
    assert 0.01 <= RAMP_S <= 0.03


def test_a_ramp_has_at_least_a_frame() -> None:
    assert _frames(0) == 1


@given(st.lists(st.floats(width=32), max_size=300))
def test_the_guard_knows_a_number_when_it_sees_one(values: list[float]) -> None:
    x = np.array(values, np.float32)
    wanted = not (np.isfinite(x).all() and (np.abs(x) <= LIMIT).all())
    assert _is_broken(np.append(x, np.float32(np.nan)), len(x)) == wanted
