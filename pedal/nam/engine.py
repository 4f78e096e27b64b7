"""Plays one width of a model on memory of its own: for rendering, measuring and tests.

Called by the offline commands and the builder; the running pedal calls ``kernels`` directly.
Float denormals are flushed inside the compiled calls and the caller's float mode comes back after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pedal.arena import Arena, Regions
from pedal.jit import entry
from pedal.jit.machine import flush_denormals, restore_float_mode
from pedal.nam.kernels import play_model_kernel, rest_model_kernel
from pedal.nam.pack import Packed, pack

if TYPE_CHECKING:
    from pedal.nam.model import Model, Width


@entry("void(float32[::1], int64[::1], int64, int64, int64, int64)")
def _play_block(f32: Any, i64: Any, plan: int, x: int, y: int, n: int) -> None:
    mode = flush_denormals()
    play_model_kernel(f32, i64, plan, x, y, n)
    restore_float_mode(mode)


@entry("void(float32[::1], int64[::1], int64, int64, int64, float32[::1], float32[::1])")
def _play_signal(f32: Any, i64: Any, plan: int, block: int, max_frames: int, signal: Any, output: Any) -> None:
    """``signal`` through the model in blocks of ``max_frames``, by way of ``f32[block:]``."""
    mode = flush_denormals()
    for start in range(0, len(signal), max_frames):
        n = min(max_frames, len(signal) - start)
        incoming = signal[start : start + n]
        outgoing = output[start : start + n]
        room = f32[block : block + n]
        for i in range(n):
            room[i] = incoming[i]
        play_model_kernel(f32, i64, plan, block, block, n)
        for i in range(n):
            outgoing[i] = room[i]
    restore_float_mode(mode)


@entry("void(float32[::1], int64[::1], int64)")
def _rest(f32: Any, i64: Any, plan: int) -> None:
    rest_model_kernel(f32, i64, plan)


class Engine:
    """One width, playing.

    Args:
        model: a loaded model.
        width_index: which of ``model.widths``.
        max_frames: frames per compiled call, 1 to 4096; longer inputs are cut.
        packed: this width, if it has been packed for blocks of ``max_frames`` already.

    Attributes:
        width: the width that plays.
        max_frames: as given.

    Raises:
        IndexError: no such width.
        ModelError: ``max_frames`` out of range.
    """

    def __init__(self, model: Model, width_index: int, max_frames: int = 64, packed: Packed | None = None) -> None:
        self.width: Width = model.widths[width_index]
        self.max_frames = max_frames
        packed = packed or pack(self.width.spec, max_frames)
        size_bytes = packed.bytes_needed + 4 * max_frames
        self._arena = Arena.allocate(size_bytes + 64)
        regions = Regions(0, self._arena.u8.size)
        self._plan = regions.take(packed.plan_bytes) // 8
        weights = regions.take(packed.weights_bytes) // 4
        state_f32 = regions.take(packed.state_f32_bytes) // 4
        state_i64 = regions.take(packed.state_i64_bytes) // 8
        self._block = regions.take(4 * max_frames) // 4
        packed.place(self._arena, self._plan, weights, state_f32, state_i64)
        self.reset()

    def reset(self) -> None:
        """Forget everything heard: the state that infinite silence leaves."""
        _rest(self._arena.f32, self._arena.i64, self._plan)

    def process(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """The next frames of the amp.

        Args:
            x: float32 ``(frames,)``, any length from 0; full scale is 1.

        Returns:
            A new float32 array ``(frames,)``.

        Raises:
            ValueError: not a one-dimensional float32 array.
        """
        if not isinstance(x, np.ndarray) or x.dtype != np.float32 or x.ndim != 1:
            raise ValueError("an engine plays one-dimensional float32 arrays")
        memory = self._arena
        if 1 <= x.size <= self.max_frames:
            memory.f32[self._block : self._block + x.size] = x
            _play_block(memory.f32, memory.i64, self._plan, self._block, self._block, x.size)
            return memory.f32[self._block : self._block + x.size].copy()
        output = np.empty(x.size, np.float32)
        signal = np.require(x, requirements=["C", "W"])
        _play_signal(memory.f32, memory.i64, self._plan, self._block, self.max_frames, signal, output)
        return output
