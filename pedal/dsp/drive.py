"""Overdrive: bass cut, gain, a soft clipper that does not fold, treble cut.

The clipper is ``f(x) = x / sqrt(1 + x^2)`` at eight times the sample rate, between half-band filters without
delay (``halfband``), and anti-aliased in itself: what is taken is not its value but its mean over the way from the last
sample to this one, ``(F(x1) - F(x0)) / (x1 - x0)`` with ``F(x) = sqrt(1 + x^2)`` (J. D. Parker, V. Zavalishin and
E. Le Bivic, "Reducing the aliasing of nonlinear waveshaping using continuous-time convolution", Proc. DAFx-16,
2016). For this curve that quotient is ``(x1 + x0) / (F(x1) + F(x0))``, which has no difference to lose digits in.

Nothing waits for a sample to come: the latency is 0; the filters' group delay is 5 frames.
The level is made up for, so that the drive knob changes the sound and not the loudness of a medium note.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pedal.dsp.block import State, own_f32, plays, resets
from pedal.dsp.halfband import half_kernel, halfband_cells, halfband_coefficients, twice_kernel
from pedal.dsp.ramp import param_kernel, ramps_begin_kernel, ramps_next_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, RATE
from pedal.params.drive import DRIVE

GAIN, TIGHT, TONE, LEVEL = (DRIVE.index(name) for name in ("drive_db", "tight_hz", "tone_hz", "level_db"))
KNOBS = len(DRIVE.params) - 1
OWN_F32 = own_f32(DRIVE)

#: Where each stage's stop band begins (a share of its higher rate): what would fold to below 23/48 of the pedal's.
FIRST = halfband_coefficients(8, 25 / 96)
SECOND = halfband_coefficients(3, 71 / 192)
THIRD = halfband_coefficients(2, 167 / 384)
OVER = 8
CHUNK_FRAMES = 32

#: Peak of the note whose loudness stays.
MEDIUM = 0.2

# Own cells: the knobs' meaning for each frame of a chunk, then two channels.
PRE, POST, CUT, DARK = (k * CHUNK_FRAMES for k in range(4))
CONTROLS = 4 * CHUNK_FRAMES

# Cells of a channel: bass and treble filter, six half-band filters, the clipper's last sample and its
# root, and room for a chunk at eight and at four times the rate.
BASS, TREBLE, UP = 0, 1, 2
FILTERS = halfband_cells(len(FIRST)), halfband_cells(len(SECOND)), halfband_cells(len(THIRD))
UP_2, UP_3 = UP + FILTERS[0], UP + FILTERS[0] + FILTERS[1]
DOWN_3 = UP + sum(FILTERS)
DOWN_2, DOWN = DOWN_3 + FILTERS[2], DOWN_3 + FILTERS[2] + FILTERS[1]
LAST = DOWN + FILTERS[0]
BENT = LAST + 1
ROOTS = BENT + OVER * CHUNK_FRAMES + 1
HALFWAY = ROOTS + OVER * CHUNK_FRAMES + 1
CHANNEL_CELLS = HALFWAY + OVER // 2 * CHUNK_FRAMES

_ONE = np.float32(1.0)


def state(rate_hz: int, data_cells: int) -> State:
    """Knobs for a chunk; two channels of filters and room to work."""
    return State(f32=CONTROLS + 2 * CHANNEL_CELLS)


@kernel
def _clip(f32: Any, own: int, n: int) -> None:
    """The mean of the curve from each of ``n`` samples behind ``BENT`` to the next; what came before it is ``LAST``."""
    at, roots = own + BENT, own + ROOTS
    f32[at] = f32[own + LAST]
    f32[own + LAST] = f32[at + n]
    for t in range(n + 1):
        f32[roots + t] = math.sqrt(_ONE + f32[at + t] * f32[at + t])
    for t in range(n):
        f32[at + t] = (f32[at + t] + f32[at + t + 1]) / (f32[roots + t] + f32[roots + t + 1])


@kernel
def bend_kernel(f32: Any, own: int, at: int, n: int) -> None:
    """The clipper with all that is around it, on up to ``CHUNK_FRAMES`` frames in place."""
    twice_kernel(f32, FIRST, own + UP, at, own + BENT + 1, n)
    twice_kernel(f32, SECOND, own + UP_2, own + BENT + 1, own + HALFWAY, 2 * n)
    twice_kernel(f32, THIRD, own + UP_3, own + HALFWAY, own + BENT + 1, 4 * n)
    _clip(f32, own, OVER * n)
    half_kernel(f32, THIRD, own + DOWN_3, own + BENT, own + BENT, 4 * n)
    half_kernel(f32, SECOND, own + DOWN_2, own + BENT, own + BENT, 2 * n)
    half_kernel(f32, FIRST, own + DOWN, own + BENT, at, n)


@kernel
def makeup_kernel(gain: float) -> float:
    """What keeps the peak of a medium note where it was."""
    return math.sqrt(1.0 + (MEDIUM * gain) ** 2) / gain


@kernel
def _set(f32: Any, i64: Any, row: int, t: int) -> None:
    """What the knobs mean at frame ``t`` of a chunk: two gains, and the shares by which two filters move."""
    own, turn = i64[row + F32] + OWN_F32, -2.0 * math.pi / i64[row + RATE]
    gain = param_kernel(f32, i64, row, GAIN)
    f32[own + PRE + t] = gain
    f32[own + POST + t] = param_kernel(f32, i64, row, LEVEL) * makeup_kernel(gain)
    f32[own + CUT + t] = 1.0 - math.exp(turn * param_kernel(f32, i64, row, TIGHT))
    f32[own + DARK + t] = 1.0 - math.exp(turn * param_kernel(f32, i64, row, TONE))


@kernel
def _controls(f32: Any, i64: Any, row: int, left: int, n: int) -> int:
    """The same for ``n`` frames, the ramps having ``left`` to go; returns what they have left then."""
    own, moving = i64[row + F32] + OWN_F32, left > 0
    for t in range(n):
        if t == 0 or moving:
            if moving:
                left = ramps_next_kernel(f32, i64, row, KNOBS)
            _set(f32, i64, row, t)
        else:
            for control in (PRE, POST, CUT, DARK):
                f32[own + control + t] = f32[own + control]
    return left


@plays
def drive_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Drive the bus, each channel on its own."""
    own = i64[row + F32] + OWN_F32
    left = ramps_begin_kernel(f32, i64, row, KNOBS)
    for start in range(0, n, CHUNK_FRAMES):
        count = min(CHUNK_FRAMES, n - start)
        left = _controls(f32, i64, row, left, count)
        for channel in range(i64[row + CHANNELS]):
            at = bus + channel * BUS_STRIDE + start
            cells = own + CONTROLS + channel * CHANNEL_CELLS
            low = f32[cells + BASS]
            for t in range(count):
                x = f32[at + t]
                low += f32[own + CUT + t] * (x - low)
                f32[at + t] = f32[own + PRE + t] * (x - low)
            f32[cells + BASS] = low
            bend_kernel(f32, cells, at, count)
            dark = f32[cells + TREBLE]
            for t in range(count):
                dark += f32[own + DARK + t] * (f32[at + t] - dark)
                f32[at + t] = f32[own + POST + t] * dark
            f32[cells + TREBLE] = dark


@resets
def reset_drive_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """No memory of any sound."""
    own = i64[row + F32] + OWN_F32
    for k in range(CONTROLS + 2 * CHANNEL_CELLS):
        f32[own + k] = 0.0
