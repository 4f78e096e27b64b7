"""The spring's dispersion: high notes of a click come later than low ones, and it chirps.

Called by ``reverb`` for its flavour of that name. A cascade of first-order allpasses in which every delay is stretched
to ``stretch`` frames: the delay of the cascade grows up to a quarter of the stretched rate's period and there the
transmission of a real spring ends too (V. Välimäki, J. Parker, J. S. Abel, "Parametric spring reverberation effect",
JAES 58(7/8), 2010). A low-pass takes what lies above.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pedal.dsp.control import STEP_FRAMES
from pedal.jit import kernel

SECTIONS = 36
#: Coefficient of each section.
BEND = np.float32(0.7)
#: The chirp ends at ``rate / (2 * stretch)``: about here.
TOP_HZ = 4800.0
MOST_STRETCH = 20

#: Cells: two runs with their past, the past of every section's input and of the last output, the low-pass.
_RUN = MOST_STRETCH + STEP_FRAMES
PASTS = 2 * _RUN
SPRING_CELLS = PASTS + (SECTIONS + 1) * MOST_STRETCH + 2


@kernel
def stretch_frames(rate_hz: int) -> int:
    """Frames of each section's delay."""
    return min(MOST_STRETCH, max(1, int(rate_hz / (2.0 * TOP_HZ) + 0.5)))


@kernel
def spring_kernel(f32: Any, cells: int, rate_hz: int, run: int, n: int) -> None:
    """``n`` frames (of a step at most) of the run at ``run`` through the cascade, in place."""
    stretch = stretch_frames(rate_hz)
    smooth = np.float32(1.0 - math.exp(-2.0 * math.pi * TOP_HZ / rate_hz))
    one, other, past = cells, cells + _RUN, cells + PASTS
    for t in range(stretch):
        f32[one + t] = f32[past + t]
    for t in range(n):
        f32[one + stretch + t] = f32[run + t]
    for t in range(stretch):
        f32[past + t] = f32[one + n + t]
    for _ in range(SECTIONS):
        past += MOST_STRETCH
        for t in range(stretch):
            f32[other + t] = f32[past + t]
        for t in range(n):
            f32[other + stretch + t] = BEND * (f32[one + stretch + t] - f32[other + t]) + f32[one + t]
        for t in range(stretch):
            f32[past + t] = f32[other + n + t]
        one, other = other, one
    memory = cells + SPRING_CELLS - 2
    first, second = f32[memory], f32[memory + 1]
    for t in range(n):
        first += smooth * (f32[one + stretch + t] - first)
        second += smooth * (first - second)
        f32[run + t] = second
    f32[memory], f32[memory + 1] = first, second
