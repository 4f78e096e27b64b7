"""Forecast: how a signal would most likely have gone on, judged by its last frames.

Used by the splice of a width change: the understudy fits, the period thread forecasts. Burg's method
(J. P. Burg, "Maximum entropy spectral analysis", 1975) finds the linear prediction of
``FORECAST_ORDER`` terms that fits the past forwards and backwards; its reflections never exceed one, so
a forecast does not run away.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pedal.jit import fast_kernel, kernel
from pedal.layout import FORECAST_ORDER

#: Below this energy there is nothing left to predict.
SILENCE = 1e-24


@fast_kernel
def _reflection_kernel(f32: Any, ahead: Any, behind: Any, n: Any, noise: float) -> float:
    """How much of ``n`` errors ahead those behind explain, -1 to 1, above an energy of ``noise``."""
    product, energy = f32.dtype.type(0.0), f32.dtype.type(noise)
    for t in range(n):
        a, b = f32[ahead + t], f32[behind + t]
        product += a * b
        energy += a * a + b * b
    return -2.0 * product / energy if energy > SILENCE else 0.0


@fast_kernel
def _reflect_kernel(f32: Any, ahead: Any, behind: Any, n: Any, reflection: float) -> None:
    """Take from both what the other explains."""
    r = f32.dtype.type(reflection)
    for t in range(n):
        a, b = f32[ahead + t], f32[behind + t]
        f32[ahead + t] = a + r * b
        f32[behind + t] = b + r * a


@kernel
def centre_kernel(f32: Any, past: int, frames: int) -> float:
    """Take the mean out of ``f32[past : past + frames]`` and return it: what stands still is not to be damped."""
    total = 0.0
    for t in range(frames):
        total += f32[past + t]
    mean = f32.dtype.type(total / frames)
    for t in range(frames):
        f32[past + t] -= mean
    return mean


@kernel
def fit_forecast_kernel(
    f32: Any, past: int, spare: int, frames: int, forecast: int, damping: float, noise: float
) -> None:
    """Learn from ``f32[past : past + frames]``, oldest first, how it moves.

    ``f32[forecast : forecast + FORECAST_ORDER]`` receives the coefficients; the past and
    ``f32[spare : spare + frames]`` are used up. With ``damping`` below 1 each term counts for so much less than the
    one before (the poles move inwards): what is forecast fades rather than swings on, which is safer where the past
    is no guide. What is left unexplained below a share ``noise`` of the past's energy is not worth a term: a low tone
    is explained by two, and any more would only be the rounding of these, by poles that float32 cannot hold in place.
    """
    for k in range(FORECAST_ORDER):
        f32[forecast + k] = 0.0
    energy = 0.0
    for t in range(frames):
        f32[spare + t] = f32[past + t]
        energy += f32[past + t] * f32[past + t]
    for order in range(1, FORECAST_ORDER + 1):
        # The error of predicting frame t ahead lies at past + t, that of frame t - order behind at
        # spare + t - order: so neither ever moves. Unsigned, or every index would be looked at for
        # counting from the end.
        ahead, behind, n = np.uint64(past + order), np.uint64(spare), np.uint64(frames - order)
        reflection = _reflection_kernel(f32, ahead, behind, n, 2.0 * energy * noise)
        _reflect_kernel(f32, ahead, behind, n, reflection)
        for k in range(order // 2):  # Levinson: from both ends inwards
            left, right = f32[forecast + k], f32[forecast + order - 2 - k]
            f32[forecast + k] = left + reflection * right
            f32[forecast + order - 2 - k] = right + reflection * left
        f32[forecast + order - 1] = reflection
    share = 1.0
    for k in range(FORECAST_ORDER):
        share *= damping
        f32[forecast + k] *= share


@kernel
def next_forecast_kernel(f32: Any, forecast: int) -> float:
    """The next frame: at ``f32[forecast:]`` lie the coefficients, then the last values, newest first."""
    values = forecast + FORECAST_ORDER
    value = 0.0
    for k in range(FORECAST_ORDER - 1, -1, -1):
        value -= f32[forecast + k] * f32[values + k]
        f32[values + k] = f32[values + k - 1] if k > 0 else value
    return value
