"""Forecast: how a signal would most likely have gone on, judged by its last frames.

Used by the splice of a width change, in the period thread. Burg's method (J. P. Burg, "Maximum
entropy spectral analysis", 1975) finds the linear prediction of ``FORECAST_ORDER`` terms that fits
the past forwards and backwards; its reflections never exceed one, so a forecast does not run away.
"""

from __future__ import annotations

from typing import Any

from pedal.jit import kernel
from pedal.layout import FORECAST_ORDER

#: Below this energy there is nothing left to predict.
SILENCE = 1e-24


@kernel
def fit_forecast_kernel(f32: Any, past: int, spare: int, frames: int, forecast: int) -> None:
    """Fit to ``f32[past : past + frames]``, oldest first.

    ``f32[forecast:]`` receives the coefficients and the last values, newest first. The past itself
    and ``f32[spare : spare + frames]`` are used up.
    """
    a, h = forecast, forecast + FORECAST_ORDER
    for k in range(FORECAST_ORDER):
        f32[a + k] = 0.0
        f32[h + k] = f32[past + frames - 1 - k]
    for t in range(frames):
        f32[spare + t] = f32[past + t]
    for order in range(1, FORECAST_ORDER + 1):
        product, energy = 0.0, 0.0
        for t in range(order, frames):
            ahead, behind = 1.0 * f32[past + t], 1.0 * f32[spare + t - 1]  # in double precision
            product += ahead * behind
            energy += ahead * ahead + behind * behind
        if energy <= SILENCE:
            return
        reflection = -2.0 * product / energy
        for t in range(frames - 1, order - 1, -1):
            ahead, behind = f32[past + t], f32[spare + t - 1]
            f32[past + t] = ahead + reflection * behind
            f32[spare + t] = behind + reflection * ahead
        for k in range(order // 2):  # Levinson: from both ends inwards
            left, right = f32[a + k], f32[a + order - 2 - k]
            f32[a + k] = left + reflection * right
            f32[a + order - 2 - k] = right + reflection * left
        f32[a + order - 1] = reflection


@kernel
def next_forecast_kernel(f32: Any, forecast: int) -> float:
    """The next frame of the forecast at ``f32[forecast:]``."""
    a, h = forecast, forecast + FORECAST_ORDER
    value = 0.0
    for k in range(FORECAST_ORDER - 1, -1, -1):
        value -= f32[a + k] * f32[h + k]
        f32[h + k] = f32[h + k - 1] if k > 0 else 0.0
    f32[h] = value
    return value
