"""The slow oscillator of modulation effects, and a voice that it moves.

Called by chorus, flanger, vibrato and tremolo. The sine is exact at the beginning of every run and turned on between:
turning a unit vector by a fixed angle costs four multiplications a frame (the coupled form; J. W. Gordon, J. O. Smith,
"A sine generation algorithm for VLSI applications", Proc. ICMC, 1985), and within a run it has no time to drift.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pedal.dsp.control import SLOPE, START
from pedal.dsp.line import read_between_kernel
from pedal.jit import kernel

#: f64 cells: phase in turns, turns a frame.
PHASE, TURN = range(2)
SWING_CELLS = 2


@kernel
def swing_kernel(f32: Any, f64: Any, cells: int, offset: float, out: int, n: int) -> None:
    """``n`` frames of the sine, ``offset`` turns ahead, at ``out``; the phase stays where it is."""
    angle, turn = 2.0 * math.pi * (f64[cells + PHASE] + offset), 2.0 * math.pi * f64[cells + TURN]
    sine, cosine, turn_sine, turn_cosine = math.sin(angle), math.cos(angle), math.sin(turn), math.cos(turn)
    for t in range(n):
        f32[out + t] = sine
        sine, cosine = sine * turn_cosine + cosine * turn_sine, cosine * turn_cosine - sine * turn_sine


@kernel
def swing_on_kernel(f64: Any, cells: int, n: int) -> None:
    """Move the phase on by ``n`` frames."""
    phase = f64[cells + PHASE] + f64[cells + TURN] * n
    f64[cells + PHASE] = phase - math.floor(phase)


@kernel
def voice_kernel(
    f32: Any, line: int, frames: int, head: int, centre: int, depth: int, sines: int, out: int, k: int, n: int
) -> None:
    """Add to ``out`` what a line gives back around a swinging delay: ``centre`` and ``depth`` are segments, in frames.

    The line's run at ``head`` is written; the delay stays at least two frames.
    """
    middle, middle_slope = f32[centre + START], f32[centre + SLOPE]
    way, way_slope = f32[depth + START], f32[depth + SLOPE]
    for t in range(n):
        frame = np.float32(k + t)
        delay = middle + middle_slope * frame + (way + way_slope * frame) * f32[sines + t]
        f32[out + t] += read_between_kernel(f32, line, frames, head + t, delay)
