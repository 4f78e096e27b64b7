"""Delay lines: rings of the last frames, read a run at a time.

Called by the effects with a memory, which write a control step at most and then move their ``head``, the place of the
next frame. A line is ``frames`` long, a multiple of ``STEP_FRAMES``, and what lies at its start is there once
more behind its end: a run that crosses the end is read straight on.

Between two frames ``read_between_kernel`` puts the cubic through four neighbours (Lagrange; T. I. Laakso et al.,
"Splitting the unit delay", IEEE Signal Processing Magazine 13(1), 1996), whose gain is nowhere above one: no loop
through it grows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pedal.dsp.control import STEP_FRAMES
from pedal.jit import kernel

#: Repeated behind the end: a step's run, and the neighbours of its last frame.
MIRROR_FRAMES = STEP_FRAMES + 4
#: The least delay that a run may be read at before it is written, between two frames.
LEAST_FRAMES = STEP_FRAMES + 3

_SIXTH, _HALF, _ONE, _TWO = np.float32(1.0 / 6.0), np.float32(0.5), np.float32(1.0), np.float32(2.0)


@kernel
def line_frames(longest_frames: int) -> int:
    """Length of a line that is read at most ``longest_frames`` back."""
    return (longest_frames + MIRROR_FRAMES + STEP_FRAMES - 1) // STEP_FRAMES * STEP_FRAMES


@kernel
def line_cells(longest_frames: int) -> int:
    """Float cells of that line, with what is repeated."""
    return line_frames(longest_frames) + MIRROR_FRAMES


@kernel
def run_start_kernel(frames: int, head: int, delay_frames: int) -> int:
    """Where, behind the line's start, the run of this step begins that was written ``delay_frames`` ago."""
    start = head - delay_frames
    return start + frames if start < 0 else start


@kernel
def read_between_kernel(f32: Any, line: int, frames: int, newest: int, delay_frames: float) -> float:
    """The line ``delay_frames`` (at least 2) before its frame ``newest``, which may be one that is not written yet."""
    whole = int(delay_frames)
    part = np.float32(_ONE - np.float32(delay_frames - whole))  # from the older neighbour towards the newer
    at = newest - whole - 2
    if at < 0:
        at += frames
    at += line
    below, above, beyond = part - _ONE, part + _ONE, part - _TWO
    older = -part * below * beyond * _SIXTH * f32[at] + above * below * beyond * _HALF * f32[at + 1]
    newer = -above * part * beyond * _HALF * f32[at + 2] + above * part * below * _SIXTH * f32[at + 3]
    return older + newer


@kernel
def mirror_kernel(f32: Any, line: int, frames: int, head: int, n: int) -> None:
    """Repeat behind the line's end what was written at ``head``, if it belongs there."""
    if head < MIRROR_FRAMES:
        for t in range(min(n, MIRROR_FRAMES - head)):
            f32[line + frames + head + t] = f32[line + head + t]


@kernel
def write_kernel(f32: Any, line: int, frames: int, head: int, source: int, n: int) -> None:
    """Write ``n`` frames of a step at ``head``."""
    for t in range(n):
        f32[line + head + t] = f32[source + t]
    mirror_kernel(f32, line, frames, head, n)
