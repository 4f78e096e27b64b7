"""Parameter ramps: no parameter ever jumps.

Called by every block kernel, in the period thread and offline. A ramp is three float cells
``current, step, target`` and one int cell ``frames left``; it takes the same time whatever the
period, and starts afresh from where it is when the target moves again.
"""

from __future__ import annotations

from typing import Any

from pedal.dsp.guard import LIMIT
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, GAINS, I64, PARAMS, RATE
from pedal.params.param import RAMP_S

#: Cells of one ramp in the f32 view.
RAMP_CELLS = 3


@kernel
def ramp_frames_kernel(rate_hz: int) -> int:
    """Length of every ramp in frames."""
    return max(1, int(RAMP_S * rate_hz + 0.5))


@kernel
def ramp_begin_kernel(f32: Any, i64: Any, cells: int, left: int, target: float, frames: int) -> bool:
    """Look at the target once a period; True while the ramp moves.

    A target that is not finite is ignored: the last good one stays. A value that is broken, which
    no step would ever mend, becomes the target at once.
    """
    if target != f32[cells + 2] and abs(target) <= LIMIT:
        f32[cells + 2] = target
        f32[cells + 1] = (target - f32[cells]) / frames
        i64[left] = frames
    if not (abs(f32[cells]) <= LIMIT):
        f32[cells] = f32[cells + 2]
        i64[left] = 0
    return i64[left] > 0


@kernel
def ramp_next_kernel(f32: Any, i64: Any, cells: int, left: int) -> float:
    """The value for the next frame."""
    if i64[left] > 0:
        i64[left] -= 1
        f32[cells] += f32[cells + 1]
        if i64[left] == 0:
            f32[cells] = f32[cells + 2]
    return f32[cells]


@kernel
def ramp_fill_kernel(f32: Any, i64: Any, cells: int, left: int, target: float, frames: int, out: int, n: int) -> bool:
    """Fill ``f32[out : out + n]`` with the ramp; False (and nothing filled) while it stands still."""
    if not ramp_begin_kernel(f32, i64, cells, left, target, frames):
        return False
    for t in range(n):
        f32[out + t] = ramp_next_kernel(f32, i64, cells, left)
    return True


@kernel
def ramped_gain_kernel(
    f32: Any, i64: Any, cells: int, left: int, target: float, frames: int, gains: int, at: int, n: int
) -> None:
    """Multiply ``f32[at : at + n]`` by a ramped gain; ``gains`` is scratch for the moving case."""
    if ramp_fill_kernel(f32, i64, cells, left, target, frames, gains, n):
        for t in range(n):
            f32[at + t] *= f32[gains + t]
    else:
        gain = f32[cells]
        if gain != 1.0:
            for t in range(n):
                f32[at + t] *= gain


@kernel
def ramps_begin_kernel(f32: Any, i64: Any, row: int, count: int) -> int:
    """Look at the targets of a row's parameters 1 to ``count`` once a period.

    Returns:
        Frames that the longest of their ramps has left.
    """
    frames, longest = ramp_frames_kernel(i64[row + RATE]), 0
    for cell in range(1, count + 1):
        left = i64[row + I64] + cell
        ramp_begin_kernel(f32, i64, i64[row + F32] + cell * RAMP_CELLS, left, f32[i64[row + PARAMS] + cell], frames)
        longest = max(longest, i64[left])
    return longest


@kernel
def ramps_next_kernel(f32: Any, i64: Any, row: int, count: int) -> int:
    """Step them by a frame; returns what the longest has left then."""
    longest = 0
    for cell in range(1, count + 1):
        left = i64[row + I64] + cell
        ramp_next_kernel(f32, i64, i64[row + F32] + cell * RAMP_CELLS, left)
        longest = max(longest, i64[left])
    return longest


@kernel
def param_kernel(f32: Any, i64: Any, row: int, cell: int) -> float:
    """Where the ramp of a row's parameter stands."""
    return f32[i64[row + F32] + cell * RAMP_CELLS]


@kernel
def ramped_row_kernel(f32: Any, i64: Any, row: int, cell: int, bus: int, n: int) -> None:
    """Multiply every channel of a row by its parameter ``cell``, a gain, on its ramp."""
    cells, left, gains = i64[row + F32] + cell * RAMP_CELLS, i64[row + I64] + cell, bus + GAINS * BUS_STRIDE
    target, frames = f32[i64[row + PARAMS] + cell], ramp_frames_kernel(i64[row + RATE])
    moving = ramp_fill_kernel(f32, i64, cells, left, target, frames, gains, n)
    for channel in range(i64[row + CHANNELS]):
        at = bus + channel * BUS_STRIDE
        if moving:
            for t in range(n):
                f32[at + t] *= f32[gains + t]
        elif f32[cells] != 1.0:
            for t in range(n):
                f32[at + t] *= f32[cells]


@kernel
def run_on_kernel(f32: Any, i64: Any, row: int, count: int, left: int, most: int, step: int) -> tuple[int, int]:
    """Step ramps that have just been stepped, until derived numbers are due again: every ``step`` frames of the ramp.

    Counted by the ramp and not by the period, so that a turn sounds the same at any period.

    Args:
        f32: as ever, as are ``i64`` and ``row``.
        i64: see ``f32``.
        row: see ``f32``.
        count: of its parameters that ramp.
        left: frames that the longest ramp has left.
        most: frames of this period still to come, this one included.
        step: see above.

    Returns:
        Frames of the run, this one included, and what is left of the longest ramp at its end.
    """
    if left == 0:
        return 1, 0
    frames = 1
    while frames < most and (left - 1) % step != 0:
        left = ramps_next_kernel(f32, i64, row, count)
        frames += 1
    return frames, left
