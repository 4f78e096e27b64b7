"""The slow oscillator of modulation effects: a sine that is exact at every run and turned on between.

Called by chorus, flanger, vibrato, tremolo and phaser. Turning a unit vector by a fixed angle costs four multiplications
a frame; begun afresh for every run, it has no time to drift.
"""

from __future__ import annotations

import math
from typing import Any

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
