"""A packed width, and how packers collect one: weights, plan, and how much state it wants.

Used by the packers, not in real time. Four regions of an arena make a placed width
(plan, weights, float32 and int64 state); its address is the index of its plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pedal.arena import Arena, align_up
from pedal.nam import plan as words
from pedal.nam.networks import Network

#: Elements of float32 in a cache line.
LINE = 16


def round_to(value: int, step: int) -> int:
    """The smallest multiple of ``step`` that is not below ``value``."""
    return -(-value // step) * step


def zero_padded(rows: NDArray[np.float64], axis: int, size: int) -> NDArray[np.float64]:
    """``rows`` with zeros behind its ``axis`` up to ``size``; ``numpy.pad`` takes ten times as long."""
    if rows.shape[axis] == size:
        return rows
    shape = list(rows.shape)
    shape[axis] = size
    padded = np.zeros(shape)
    padded[tuple(slice(extent) for extent in rows.shape)] = rows
    return padded


def row_stride(elements: int) -> int:
    """Room for a row: an odd number of cache lines, so that rows do not compete for the same cache sets."""
    return (-(-elements // LINE) | 1) * LINE


def mirror_frames(tile_frames: int) -> int:
    """Columns that rings repeat: the widest tile that reads them, in whole cache lines."""
    return round_to(tile_frames, LINE)


def ring_frames(history_frames: int, block: int, mirror: int) -> int:
    """Columns of a ring: the history, the largest block in whole tiles, and never less than two mirrors."""
    return max(round_to(history_frames + block, LINE), 2 * mirror)


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """One width, ready to be placed.

    Attributes:
        weights: float32, in the order the kernel walks through them.
        plan: int64; its indices count from the start of their regions.
        state_f32: elements of float32 state.
        state_i64: elements of int64 state.
        weight_words, state_f32_words, state_i64_words: which words of ``plan`` point into which region.
    """

    weights: NDArray[np.float32]
    plan: NDArray[np.int64]
    state_f32: int
    state_i64: int
    weight_words: NDArray[np.int64]
    state_f32_words: NDArray[np.int64]
    state_i64_words: NDArray[np.int64]

    @property
    def plan_bytes(self) -> int:
        """Bytes of the plan's region."""
        return align_up(8 * self.plan.size)

    @property
    def weights_bytes(self) -> int:
        """Bytes of the weights' region."""
        return align_up(4 * self.weights.size)

    @property
    def state_f32_bytes(self) -> int:
        """Bytes of the float32 state's region."""
        return align_up(4 * self.state_f32)

    @property
    def state_i64_bytes(self) -> int:
        """Bytes of the int64 state's region."""
        return align_up(8 * self.state_i64)

    @property
    def bytes_needed(self) -> int:
        """Bytes of all four regions together, each on its own cache lines."""
        return self.plan_bytes + self.weights_bytes + self.state_f32_bytes + self.state_i64_bytes

    def place(self, arena: Arena, plan_idx: int, weights_idx: int, state_f32_idx: int, state_i64_idx: int) -> None:
        """Write plan and weights into an arena; the state is left to ``rest_model_kernel``.

        Args:
            arena: where; nobody may be playing from these regions.
            plan_idx: element of ``arena.i64``; from then on the width's address.
            weights_idx: element of ``arena.f32``.
            state_f32_idx: element of ``arena.f32``.
            state_i64_idx: element of ``arena.i64``.
        """
        plan = self.plan.copy()
        plan[self.weight_words] += weights_idx
        plan[self.state_f32_words] += state_f32_idx
        plan[self.state_i64_words] += state_i64_idx
        arena.f32[weights_idx : weights_idx + self.weights.size] = self.weights
        arena.i64[plan_idx : plan_idx + plan.size] = plan


class Layout:
    """Collects weights, state and the words that point to them, while a packer runs.

    Args:
        kind: ``plan.KIND_A2``, ``KIND_WAVENET`` or ``KIND_PROGRAM``.
        spec: the network.
        max_frames: largest block.
        plan_words: size of the plan.
    """

    def __init__(self, kind: int, spec: Network, max_frames: int, plan_words: int) -> None:
        self.plan = np.zeros(plan_words, np.int64)
        self._weights: list[NDArray[np.float32]] = []
        self._weights_count = 0
        self._state_f32 = 0
        self._state_i64 = 0
        self._weight_words: list[int] = []
        self._state_f32_words: list[int] = []
        self._state_i64_words: list[int] = []
        self.plan[words.KIND] = kind
        self.plan[words.MAX_FRAMES] = max_frames
        self.plan[words.RECEPTIVE_FIELD] = spec.receptive_field_frames
        self._weight_words.append(words.WEIGHTS)
        self._state_f32_words.append(words.STATE_F32)

    def put(self, word: int, *parts: NDArray[np.float64]) -> None:
        """Append ``parts`` to the weights, on a cache line, and let ``word`` point to them."""
        count = sum(part.size for part in parts)
        flat = np.zeros(round_to(count, LINE), np.float32)
        np.concatenate([part.ravel() for part in parts], out=flat[:count], casting="same_kind")
        self.plan[word] = self._weights_count
        self._weight_words.append(word)
        self._weights.append(flat)
        self._weights_count += flat.size

    def reserve(self, word: int, elements: int) -> None:
        """Reserve float32 state on a cache line and let ``word`` point to it."""
        self.plan[word] = self._state_f32
        self._state_f32_words.append(word)
        self._state_f32 += -(-elements // 16) * 16

    def alias(self, word: int, other: int) -> None:
        """Let ``word`` point to the state that ``other`` points to."""
        self.plan[word] = self.plan[other]
        self._state_f32_words.append(word)

    def reserve_i64(self, word: int, elements: int) -> None:
        """Reserve int64 state and let ``word`` point to it."""
        self.plan[word] = self._state_i64
        self._state_i64_words.append(word)
        self._state_i64 += elements

    def finish(self) -> Packed:
        """What was collected."""
        self.plan[words.STATE_F32_COUNT] = self._state_f32
        self.plan[words.STATE_I64_COUNT] = self._state_i64
        return Packed(
            weights=np.concatenate(self._weights),
            plan=self.plan,
            state_f32=self._state_f32,
            state_i64=self._state_i64,
            weight_words=np.array(self._weight_words),
            state_f32_words=np.array(self._state_f32_words),
            state_i64_words=np.array(self._state_i64_words),
        )
