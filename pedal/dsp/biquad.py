"""Second-order sections for the blocks that filter, called by their kernels.

Formulae: R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients" (W3C Note,
2021); run in direct form I with float64 state. Its memory is the past of the signal itself, whatever
the coefficients were, so a knob that turns does not click: the transposed forms keep sums weighted by
old coefficients and jumped by 11 % of a bass note when the treble went from one end to the other.

Five coefficients ``b0 b1 b2 a1 a2`` (``a0`` = 1) and four state cells (the last two inputs, the last two
outputs, newest first), all in the f64 view.
"""

from __future__ import annotations

import math
from typing import Any

from pedal.jit import kernel

COEFFICIENTS = 5
STATES = 4


@kernel
def _store(f64: Any, at: int, b0: float, b1: float, b2: float, a0: float, a1: float, a2: float) -> None:
    f64[at], f64[at + 1], f64[at + 2] = b0 / a0, b1 / a0, b2 / a0
    f64[at + 3], f64[at + 4] = a1 / a0, a2 / a0


@kernel
def peaking_kernel(f64: Any, at: int, rate_hz: float, centre_hz: float, q: float, gain_db: float) -> None:
    """Peaking EQ; 0 dB is the identity."""
    amplitude = 10.0 ** (gain_db / 40.0)
    omega = 2.0 * math.pi * centre_hz / rate_hz
    alpha = math.sin(omega) / (2.0 * q)
    cosine = math.cos(omega)
    _store(
        f64,
        at,
        1.0 + alpha * amplitude,
        -2.0 * cosine,
        1.0 - alpha * amplitude,
        1.0 + alpha / amplitude,
        -2.0 * cosine,
        1.0 - alpha / amplitude,
    )


@kernel
def shelf_kernel(f64: Any, at: int, rate_hz: float, corner_hz: float, gain_db: float, high: bool) -> None:
    """Low or high shelf of slope 1; 0 dB is the identity.

    The high shelf is the low shelf with the sign of every cosine and odd coefficient turned.
    """
    amplitude = 10.0 ** (gain_db / 40.0)
    omega = 2.0 * math.pi * corner_hz / rate_hz
    side = -1.0 if high else 1.0
    cosine = side * math.cos(omega)
    alpha = math.sin(omega) / 2.0 * math.sqrt(2.0)
    root = 2.0 * math.sqrt(amplitude) * alpha
    up, down = amplitude + 1.0, amplitude - 1.0
    _store(
        f64,
        at,
        amplitude * (up - down * cosine + root),
        side * 2.0 * amplitude * (down - up * cosine),
        amplitude * (up - down * cosine - root),
        up + down * cosine + root,
        side * -2.0 * (down + up * cosine),
        up + down * cosine - root,
    )


@kernel
def biquad_step_kernel(f64: Any, coefficients: int, state: int, x: float) -> float:
    """One frame through one section."""
    y = f64[coefficients] * x + f64[coefficients + 1] * f64[state] + f64[coefficients + 2] * f64[state + 1]
    y -= f64[coefficients + 3] * f64[state + 2] + f64[coefficients + 4] * f64[state + 3]
    f64[state + 1], f64[state] = f64[state], x
    f64[state + 3], f64[state + 2] = f64[state + 2], y
    return y


@kernel
def biquad_run_kernel(f32: Any, f64: Any, coefficients: int, state: int, at: int, n: int) -> None:
    """``f32[at : at + n]`` through one section in place."""
    b0, b1, b2 = f64[coefficients], f64[coefficients + 1], f64[coefficients + 2]
    a1, a2 = f64[coefficients + 3], f64[coefficients + 4]
    x1, x2, y1, y2 = f64[state], f64[state + 1], f64[state + 2], f64[state + 3]
    for t in range(n):
        x = float(f32[at + t])
        y = (b0 * x + b1 * x1 + b2 * x2) - (a1 * y1 + a2 * y2)
        x2, x1, y2, y1 = x1, x, y1, y
        f32[at + t] = y
    f64[state], f64[state + 1], f64[state + 2], f64[state + 3] = x1, x2, y1, y2


@kernel
def cut_kernel(f64: Any, at: int, rate_hz: float, corner_hz: float, high: bool) -> None:
    """A Butterworth low-pass (``high``: the highs are cut) or high-pass of second order."""
    omega = 2.0 * math.pi * min(corner_hz, 0.49 * rate_hz) / rate_hz
    alpha = math.sin(omega) / math.sqrt(2.0)
    cosine = math.cos(omega)
    side = 1.0 - cosine if high else 1.0 + cosine
    _store(f64, at, 0.5 * side, side if high else -side, 0.5 * side, 1.0 + alpha, -2.0 * cosine, 1.0 - alpha)
