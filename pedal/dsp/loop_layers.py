"""The looper's memory: two layers of 16-bit stereo frames, one heard, one for what is taken in. Called by ``looper``.

An overdub goes into the layer that is not heard, which begins as a copy of the other: copied ahead of the music,
``COPY_SPEED`` times as fast, and until that is done what is missing is read from the other. So nothing waits, and undo
only chooses the other layer, whose bits nobody has touched.

Samples are stored with triangular dither of two steps (S. P. Lipshitz, R. A. Wannamaker and J. Vanderkooy,
"Quantization and Dither: A Theoretical Survey", J. Audio Eng. Soc. 40(5), 1992), so that a note dies away into even
noise, 96 dB below full scale. A number that is whole already is stored as it is: silence stays silence, and an overdub
of nothing changes nothing. What is taken in is turned down where it, or the sum, would not fit.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pedal.jit import kernel
from pedal.layout import (
    BUS_STRIDE,
    LOOP_CAPACITY,
    LOOP_COPY_AT,
    LOOP_COPY_LEFT,
    LOOP_HAS_TWO,
    LOOP_HEARD,
    LOOP_LENGTH,
    LOOP_MEMORY,
    LOOP_MIX_F64,
    LOOP_NEWEST,
    LOOP_PLACE,
    LOOP_ROOM_F64,
    LOOP_SEED,
)

#: Frames copied for each that is played.
COPY_SPEED = 32
#: Steps of a sample: full scale.
STEPS = 32767
FULL = float(STEPS)
#: drand48's generator: 48 bits, modulo a power of two, so that 64-bit overflow does no harm.
_FACTOR, _ADDEND, _MASK = 25_214_903_917, 11, (1 << 48) - 1


@kernel
def is_missing_kernel(i64: Any, place: int) -> bool:
    """Whether the newest layer has no copy of this frame yet."""
    left = i64[LOOP_COPY_LEFT]
    return left > 0 and (place - i64[LOOP_COPY_AT]) % i64[LOOP_LENGTH] < left


@kernel
def cell_kernel(i64: Any, layer: int, place: int) -> int:
    """Where a frame is to be read: index of its left sample in the 16-bit view."""
    if layer == i64[LOOP_NEWEST] and is_missing_kernel(i64, place):
        layer = 1 - layer
    return 2 * (i64[LOOP_MEMORY] + layer * i64[LOOP_CAPACITY] + place)


@kernel
def begin_layer_kernel(f64: Any, i64: Any) -> bool:
    """Let overdubs go into a layer of their own; into the last one while that is still being copied.

    Returns False if they cannot yet: the copy has not come to where the loop is.
    """
    if i64[LOOP_HEARD] == i64[LOOP_NEWEST] and i64[LOOP_COPY_LEFT] > 0:
        return not is_missing_kernel(i64, i64[LOOP_PLACE])
    i64[LOOP_NEWEST] = i64[LOOP_HEARD] = 1 - i64[LOOP_HEARD]
    f64[LOOP_MIX_F64] = i64[LOOP_HEARD]  # at once: all of it is still read from the other
    i64[LOOP_COPY_AT], i64[LOOP_COPY_LEFT], i64[LOOP_HAS_TWO] = i64[LOOP_PLACE], i64[LOOP_LENGTH], 1
    return True


@kernel
def copy_kernel(i16: Any, i64: Any, frames: int) -> None:
    """Go on with the copy of the other layer into the newest."""
    frames = min(frames, i64[LOOP_COPY_LEFT])
    i64[LOOP_COPY_LEFT] -= frames
    newest = i64[LOOP_MEMORY] + i64[LOOP_NEWEST] * i64[LOOP_CAPACITY]
    other = i64[LOOP_MEMORY] + (1 - i64[LOOP_NEWEST]) * i64[LOOP_CAPACITY]
    while frames > 0:
        at = i64[LOOP_COPY_AT]
        run = min(frames, i64[LOOP_LENGTH] - at)
        for k in range(2 * at, 2 * (at + run)):
            i16[2 * newest + k] = i16[2 * other + k]
        i64[LOOP_COPY_AT] = (at + run) % i64[LOOP_LENGTH]
        frames -= run


@kernel
def _dithered(value: float, seed: int) -> tuple[int, int]:
    """The sample for a value in steps, which is dithered unless it is whole; and the seed for the next."""
    whole = math.floor(value)
    if value != whole:
        seed = (seed * _FACTOR + _ADDEND) & _MASK
        whole = math.floor(value + ((seed >> 32) - ((seed >> 16) & 0xFFFF)) / 65536.0 + 0.5)
    return max(-STEPS, min(STEPS, whole)), seed


@kernel
def take_in_kernel(
    f32: Any,
    f64: Any,
    i16: Any,
    i64: Any,
    cell: int,
    bus: int,
    frames: int,
    kept: float,
    share: float,
    back: float,
    heard: float,
) -> None:
    """Frames of the bus into cells: ``kept`` of what was there, and ``share`` of the bus as far as it fits.

    Args:
        f32: the arena, as are ``f64``, ``i16`` and ``i64``.
        f64: see ``f32``.
        i16: see ``f32``.
        i64: see ``f32``.
        cell: of the first frame, in the 16-bit view.
        bus: of the first frame, left.
        frames: how many.
        kept: see above.
        share: see above.
        back: how fast what was turned down comes back, per frame.
        heard: gain at which what was there is added to the bus, once that was taken.
    """
    room, seed, gain = f64[LOOP_ROOM_F64], i64[LOOP_SEED], np.float32(heard)
    for t in range(frames):
        at = cell + 2 * t
        was_left, was_right = float(i16[at]), float(i16[at + 1])
        left, right = f32[bus + t] * FULL * share, f32[bus + BUS_STRIDE + t] * FULL * share
        room += (1.0 - room) * back
        if abs(left) * room > FULL - abs(kept * was_left):
            room = max(0.0, FULL - abs(kept * was_left)) / abs(left)
        if abs(right) * room > FULL - abs(kept * was_right):
            room = max(0.0, FULL - abs(kept * was_right)) / abs(right)
        i16[at], seed = _dithered(kept * was_left + left * room, seed)
        i16[at + 1], seed = _dithered(kept * was_right + right * room, seed)
        f32[bus + t] += gain * np.float32(was_left)
        f32[bus + BUS_STRIDE + t] += gain * np.float32(was_right)
    f64[LOOP_ROOM_F64], i64[LOOP_SEED] = room, seed


@kernel
def play_kernel(f32: Any, i16: Any, cell: int, bus: int, frames: int, heard: float) -> None:
    """Frames that follow each other in a layer onto the bus, at a gain."""
    gain = np.float32(heard)
    for t in range(frames):
        f32[bus + t] += gain * np.float32(i16[cell + 2 * t])
        f32[bus + BUS_STRIDE + t] += gain * np.float32(i16[cell + 2 * t + 1])
