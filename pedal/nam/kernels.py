"""The two calls that play a placed width, for compiled code anywhere.

Called by ``engine`` and by the chain of the running pedal, in real time: no allocation, no Python.
A placed width is its plan's index (see ``pack.Packed.place``).
"""

from __future__ import annotations

from typing import Any

from pedal.jit.linked import linked_kernel
from pedal.nam.a2_kernels import play_a2_kernel, rest_a2_kernel
from pedal.nam.plan import KIND, KIND_A2, KIND_PROGRAM, MAX_FRAMES
from pedal.nam.program_kernels import play_program_kernel, rest_program_kernel
from pedal.nam.wavenet_kernels import play_wavenet_kernel, rest_wavenet_kernel


@linked_kernel("void(float32[::1], int64[::1], int64, int64, int64, int64)")
def play_model_kernel(f32: Any, i64: Any, plan: int, x: int, y: int, n: int) -> None:
    """Play ``n`` frames (1 to the plan's ``MAX_FRAMES``) from ``f32[x : x + n]`` to ``f32[y : y + n]``.

    ``x`` and ``y`` may be equal. Any sequence of block sizes gives the same output.
    """
    if n < 1 or n > i64[plan + MAX_FRAMES]:
        return
    if i64[plan + KIND] == KIND_A2:
        play_a2_kernel(f32, i64, plan, x, y, n)
    elif i64[plan + KIND] == KIND_PROGRAM:
        play_program_kernel(f32, i64, plan, x, y, n)
    else:
        play_wavenet_kernel(f32, i64, plan, x, y, n)


@linked_kernel("void(float32[::1], int64[::1], int64)")
def rest_model_kernel(f32: Any, i64: Any, plan: int) -> None:
    """Put the state to what infinite silence leaves, from the columns the packer worked out."""
    if i64[plan + KIND] == KIND_A2:
        rest_a2_kernel(f32, i64, plan)
    elif i64[plan + KIND] == KIND_PROGRAM:
        rest_program_kernel(f32, i64, plan)
    else:
        rest_wavenet_kernel(f32, i64, plan)
