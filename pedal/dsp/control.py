"""Control steps: what is dear to compute is computed every ``STEP_FRAMES``, and a straight line lies between.

Called by the effects with a memory (delay, reverb, modulation), in the period thread and offline. A block counts its
frames and steps when the count is a multiple, whatever the period, so that it sounds the same at any. What a knob means
to the sound (a gain, a coefficient) is a *segment*: three float cells ``start, slope, end``. At a step it is aimed at
its next value, and frame ``k`` of the step hears ``start + slope * k``.
"""

from __future__ import annotations

from typing import Any

from pedal.dsp.ramp import RAMP_CELLS, ramp_begin_kernel, ramp_frames_kernel, ramp_next_kernel
from pedal.jit import kernel
from pedal.layout import F32, I64, PARAMS, RATE

#: Frames of a control step.
STEP_FRAMES = 32
#: Cells of one segment in the f32 view.
SEGMENT_CELLS = 3
START, SLOPE, END = range(SEGMENT_CELLS)


@kernel
def step_ramps_kernel(f32: Any, i64: Any, row: int, count: int) -> bool:
    """A step of the ramps of a row's parameters 1 to ``count``, which last ``RAMP_S``; True if one moved."""
    steps, moving = max(1, ramp_frames_kernel(i64[row + RATE]) // STEP_FRAMES), False
    for cell in range(1, count + 1):
        cells, left = i64[row + F32] + cell * RAMP_CELLS, i64[row + I64] + cell
        moving |= ramp_begin_kernel(f32, i64, cells, left, f32[i64[row + PARAMS] + cell], steps)
        ramp_next_kernel(f32, i64, cells, left)
    return moving


@kernel
def target_kernel(f32: Any, i64: Any, row: int, cell: int) -> float:
    """Where the ramp of a row's parameter goes: for what must not ramp, such as a choice."""
    return f32[i64[row + F32] + cell * RAMP_CELLS + 2]


@kernel
def aim_kernel(f32: Any, segment: int, value: float) -> None:
    """Go on from where the segment ends, to ``value`` at the end of this step."""
    start = f32[segment + END]
    f32[segment + START], f32[segment + END] = start, value
    f32[segment + SLOPE] = (f32[segment + END] - start) / STEP_FRAMES


@kernel
def aim_mix_kernel(f32: Any, dry: int, mix: float, wet_gain: float) -> None:
    """Aim the segment of the dry sound and, behind it, that of the wet: each is whole up to the middle of the knob."""
    aim_kernel(f32, dry, min(1.0, 2.0 - 2.0 * mix))
    aim_kernel(f32, dry + SEGMENT_CELLS, min(1.0, 2.0 * mix) * wet_gain)


@kernel
def clear_kernel(f32: Any, start: int, cells: int) -> None:
    """Forget all sound in these cells."""
    for k in range(cells):
        f32[start + k] = 0.0


@kernel
def settle_kernel(f32: Any, segments: int, count: int) -> None:
    """Let ``count`` segments stand where they end: after a reset there is nothing to come from."""
    for index in range(count):
        segment = segments + index * SEGMENT_CELLS
        f32[segment + START], f32[segment + SLOPE] = f32[segment + END], 0.0
