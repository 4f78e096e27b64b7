"""The forecast: goes on as the past moved, and never runs away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pedal.jit import entry
from pedal.layout import FORECAST_ORDER
from pedal.rig import edges
from pedal.rig.forecast import fit_forecast_kernel, next_forecast_kernel
from pedal.rig.splice import DAMPING, FIT_FRAMES, fade_kernel


@entry("void(float32[::1], float32[::1], float32[::1], float64, float64)")
def _forecast(past: Any, room: Any, forecast: Any, damping: float, noise: float) -> None:
    frames = len(past)
    for t in range(frames):
        room[t] = past[t]
    at = 2 * frames
    fit_forecast_kernel(room, 0, frames, frames, at, damping, noise)
    for k in range(FORECAST_ORDER):
        room[at + FORECAST_ORDER + k] = past[frames - 1 - k]
    for t in range(len(forecast)):
        forecast[t] = next_forecast_kernel(room, at)


def forecast(past: np.ndarray, frames: int, damping: float = DAMPING, noise: float = 0.0) -> np.ndarray:
    out = np.zeros(frames, np.float32)
    _forecast(past.astype(np.float32), np.zeros(2 * past.size + 2 * FORECAST_ORDER, np.float32), out, damping, noise)
    return out


def burg(past: np.ndarray, order: int) -> np.ndarray:
    """Coefficients by the textbook, in double precision."""
    ahead, behind, a = past[1:].astype(float), past[:-1].astype(float), np.ones(1)
    for _ in range(order):
        reflection = -2.0 * ahead @ behind / (ahead @ ahead + behind @ behind)
        a = np.append(a, 0.0)
        a = a + reflection * a[::-1]
        ahead, behind = (ahead + reflection * behind)[1:], (behind + reflection * ahead)[:-1]
    return a[1:] * DAMPING ** np.arange(1, order + 1)


def test_agrees_with_the_textbook() -> None:
    past = np.cumsum(np.random.default_rng(1).standard_normal(FIT_FRAMES)).astype(np.float32)
    a, values = burg(past, FORECAST_ORDER), list(past[::-1][:FORECAST_ORDER])
    for heard in forecast(past, 100):
        wanted = -float(a @ values)
        assert heard == pytest.approx(wanted, abs=2e-3 * float(np.abs(past).max()))
        values = [wanted, *values[:-1]]


def test_goes_on_with_a_note() -> None:
    """The first frames decide about a click: they go on as the partials do, then give in to the damping."""
    t = np.arange(FIT_FRAMES + 4)
    note = np.sin(0.11 * t + 0.3) + 0.3 * np.sin(0.45 * t)
    assert np.abs(forecast(note[:FIT_FRAMES], 4) - note[FIT_FRAMES:]).max() < 0.1


def test_silence_stays_silent() -> None:
    assert not forecast(np.zeros(FIT_FRAMES), 10).any()


@pytest.mark.parametrize("hertz", [82.4, 500.0, 3000.0])
def test_a_note_goes_on_for_the_time_of_a_bridge(hertz: float) -> None:
    """Hardly damped, low notes need the share of noise: without it float32 cannot hold the poles in place."""
    t = np.arange(FIT_FRAMES + 48) / 48000
    note = np.sin(2 * np.pi * hertz * t + 0.3)
    heard = forecast(note[:FIT_FRAMES], 48, edges.DAMPING, edges.NOISE)
    assert np.abs(heard).max() <= 1.2
    assert np.abs(heard[:4] - note[FIT_FRAMES : FIT_FRAMES + 4]).max() < 0.1


@given(arrays.arrays(np.float32, FIT_FRAMES, elements=st.floats(-1, 1, width=32)))
def test_never_runs_away(past: np.ndarray) -> None:
    """Faded over a splice it stays within what a stable recursion of this order can make of such a past."""
    ahead = forecast(past, 143)
    assert np.isfinite(ahead).all()
    faded = ahead * [fade_kernel.py_func(k, 144) for k in range(1, 144)]
    assert np.abs(faded).max() <= 50.0 * max(np.abs(past).max(), 1e-12)
