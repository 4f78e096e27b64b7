"""How well an A2 network follows a target, and in which direction each of its weights would have to go.

Called by ``network.Network`` in the training process. ``item_kernel`` plays one item forwards, keeping what every layer
took in and what it made, and then walks back through the layers (backpropagation, Rumelhart, Hinton & Williams 1986),
both some frames of all layers at a time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from models.train.gradient_tiles import (
    LANES,
    full_back,
    full_forward,
    full_pair,
    full_spread,
    full_taps,
    lite_back,
    lite_forward,
    lite_spread,
    lite_taps,
    lite_trio,
)

#: Rows begin this many frames before frame 0, and go on behind the last for the longest reach of a layer, rounded up.
BEFORE, BEHIND = 16, 1232
#: The way back takes this many frames of a layer at a time, so that they stay in the cache.
CHUNK_FRAMES = 1024
HEAD_TAPS = 16

# Not kept on disk: the pedal's cache knows the pedal's sources only, and three seconds are nothing to a training.
kernel = njit(nogil=True, error_model="numpy", fastmath={"contract"})
fast_kernel = njit(nogil=True, error_model="numpy", fastmath=True)


class Places(NamedTuple):
    """Where everything lies in the one array that ``item_kernel`` works on, and its sizes.

    Attributes:
        channels, layers, frames, heard: of the network; of an item, all of it and those with a target (the last).
        stride: from row to row. Rows are given by the place of their frame 0.
        guitar: three rows: the input, ones, zeros.
        inputs: of the layers, and what the last one passes on: ``(layers + 1) * channels`` rows.
        made: what the layers' activations made, ``layers * channels`` rows; on the way back, gradients of their sums.
        head, head_change: the sum of ``made`` over layers, and its gradient.
        wanted: gradients of a layer's input.
        played, missed: the output, and its gradient; one row each.
        head_weights: ``C x HEAD_TAPS``, bias; the head scale is in them.
        head_result: their gradient.
    """

    channels: int
    layers: int
    frames: int
    heard: int
    stride: int
    guitar: int
    inputs: int
    made: int
    head: int
    head_change: int
    wanted: int
    played: int
    missed: int
    head_weights: int
    head_result: int


#: Columns of the table of layers: taps and dilation; first frame whose output counts (whole tiles) of the layer
#: and of the one before; places of the weights, forward and back; of the gradient, in the forward order, and of the
#: sums that it comes from.
TAPS, DILATION, START, START_BEFORE, WEIGHTS, BACK, RESULT, KEPT = range(8)


@kernel
def _add_kept_kernel(f32: Any, kept: int, count: int, result: int) -> None:
    """Sums kept by lane, ``(count, LANES)``, added to ``count`` numbers."""
    for at in range(count):
        total = np.float32(0.0)
        for lane in range(LANES):
            total += f32[kept + at * LANES + lane]
        f32[result + at] += total


@kernel
def _gather_out_kernel(f32: Any, p: Any, made: int, kept: int, at: int, tiles: int) -> None:
    """What ``tiles`` tiles from frame ``at`` on say of a layer's 1x1, added to the sums kept by lane."""
    wanted, guitar = p.wanted + at, p.guitar + at
    if p.channels == 8:
        full_pair(f32, wanted, guitar, 0, p.stride, tiles, kept)
        kept += 16 * LANES
        for i in range(0, 8, 2):
            full_pair(f32, wanted, made + at + i * p.stride, 0, p.stride, tiles, kept)
            kept += 16 * LANES
    else:
        lite_trio(f32, wanted, guitar, 0, p.stride, tiles, kept)
        lite_trio(f32, wanted, made + at, 0, p.stride, tiles, kept + 9 * LANES)


@kernel
def _gather_kernel(
    f32: Any, p: Any, taps: int, dilation: int, source: int, sums: int, kept: int, at: int, tiles: int
) -> None:
    """What they say of its convolution, mixin and bias; behind what ``_gather_out_kernel`` has kept."""
    changes, guitar = sums + at, p.guitar + at
    history = source + at - (taps - 1) * dilation
    if p.channels == 8:
        kept += 80 * LANES
        full_pair(f32, changes, guitar, 0, p.stride, tiles, kept)
        kept += 16 * LANES
        for k in range(0, taps, 3):
            for i in range(8):
                row = history + k * dilation + i * p.stride
                full_taps(f32, changes, row, dilation, p.stride, tiles, kept)
                kept += 24 * LANES
    else:
        kept += 18 * LANES
        lite_trio(f32, changes, guitar, 0, p.stride, tiles, kept)
        kept += 9 * LANES
        for k in range(0, taps, 3):
            lite_taps(f32, changes, history + k * dilation, dilation, p.stride, tiles, kept)
            kept += 27 * LANES


@kernel
def _settle_kernel(f32: Any, p: Any, taps: int, kept: int, result: int) -> None:
    """The sums kept by lane, in the order they were kept in, into the layer's gradient; they are forgotten."""
    c = p.channels
    group = 16 if c == 8 else 9
    count = 2 * group + c * c + taps * c * c
    # The 1x1's products with the guitar are of no use; those with ones are its bias.
    _add_kept_kernel(f32, kept + c * LANES, c, result + 2 * c + c * c)
    _add_kept_kernel(f32, kept + group * LANES, c * c, result + 2 * c)
    _add_kept_kernel(f32, kept + (group + c * c) * LANES, 2 * c, result)
    place = kept + (2 * group + c * c) * LANES
    result += 3 * c + c * c
    if c == 8:
        for k in range(0, taps, 3):
            for i in range(8):
                for tap in range(3):
                    _add_kept_kernel(f32, place, 8, result + ((k + tap) * 8 + i) * 8)
                    place += 8 * LANES
    else:
        _add_kept_kernel(f32, place, taps * 9, result)
    for place in range(kept, kept + count * LANES):
        f32[place] = 0.0


@fast_kernel
def _add_scaled_kernel(target: Any, source: Any, weight: float) -> None:
    for t in range(target.shape[0]):
        target[t] += weight * source[t]


@fast_kernel
def _dot_kernel(one: Any, other: Any) -> float:
    total = np.float32(0.0)
    for t in range(one.shape[0]):
        total += one[t] * other[t]
    return total


@fast_kernel
def _head_kernel(f32: Any, p: Any, target: Any) -> float:
    """Plays the head, compares with ``target`` and goes back through it; the sum of squared differences."""
    heard, first = p.heard, p.frames - p.heard
    played = f32[p.played + first : p.played + first + heard]
    missed = f32[p.missed + first : p.missed + first + heard]
    played[:] = f32[p.head_weights + p.channels * HEAD_TAPS]
    for c in range(p.channels):
        for k in range(HEAD_TAPS):
            row = p.head + c * p.stride + first + k - (HEAD_TAPS - 1)
            _add_scaled_kernel(played, f32[row : row + heard], f32[p.head_weights + c * HEAD_TAPS + k])
    loss = 0.0
    changes = 0.0
    for t in range(heard):
        error = played[t] - target[t]
        missed[t] = 2.0 * error
        loss += error * error
        changes += 2.0 * error
    f32[p.head_result + p.channels * HEAD_TAPS] += changes
    for c in range(p.channels):
        for k in range(HEAD_TAPS):
            back = c * p.stride + first + k - (HEAD_TAPS - 1)
            heads, change = f32[p.head + back : p.head + back + heard], p.head_change + back
            f32[p.head_result + c * HEAD_TAPS + k] += _dot_kernel(missed, heads)
            _add_scaled_kernel(f32[change : change + heard], missed, f32[p.head_weights + c * HEAD_TAPS + k])
    return loss


@kernel
def _clear_kernel(f32: Any, p: Any, rows: int, count: int) -> None:
    for row in range(count):
        start = rows + row * p.stride - BEFORE
        for at in range(start, start + p.stride):
            f32[at] = 0.0


@kernel
def item_kernel(f32: Any, p: Any, layers: Any, target: Any) -> float:
    """One item forwards and back.

    Args:
        f32: all memory; ``guitar`` is filled in, and gradients are added to the results.
        p: ``Places``.
        layers: int64 ``(layers, 8)``, see ``TAPS`` ...
        target: float32 ``(heard,)``.

    Returns:
        The sum of squared differences over ``heard`` frames.
    """
    c, stride = p.channels, p.stride
    _clear_kernel(f32, p, p.head, c)
    for low in range(0, p.frames, CHUNK_FRAMES):
        high = min(low + CHUNK_FRAMES, p.frames)
        for layer in range(p.layers):
            taps, dilation, weights = layers[layer, TAPS], layers[layer, DILATION], layers[layer, WEIGHTS]
            source, made = p.inputs + layer * c * stride, p.made + layer * c * stride
            for at in range(max(low, layers[layer, START]), high, LANES):
                if c == 8:
                    full_forward(
                        f32, weights, taps, dilation, source + at, stride, p.guitar + at, made + at, p.head + at,
                        source + c * stride + at,
                    )  # fmt: skip
                else:
                    lite_forward(
                        f32, weights, taps, dilation, source + at, stride, p.guitar + at, made + at, p.head + at,
                        source + c * stride + at,
                    )  # fmt: skip

    _clear_kernel(f32, p, p.head_change, c)
    loss = _head_kernel(f32, p, target)

    # What a layer wants changed in its past is wanted by frames that came earlier: from the last frames to the first.
    _clear_kernel(f32, p, p.wanted, c)
    high = p.frames
    while high > 0:
        low = max(high - CHUNK_FRAMES, 0)
        for layer in range(p.layers - 1, -1, -1):
            taps, dilation, back = layers[layer, TAPS], layers[layer, DILATION], layers[layer, BACK]
            source, made = p.inputs + layer * c * stride, p.made + layer * c * stride
            kept, known = layers[layer, KEPT], max(low, layers[layer, START])
            if known < high:
                _gather_out_kernel(f32, p, made, kept, known, (high - known) // LANES)
            for at in range(known, high, LANES):
                if c == 8:
                    full_back(f32, back, stride, p.head_change + at, p.wanted + at, made + at)
                else:
                    lite_back(f32, back, stride, p.head_change + at, p.wanted + at, made + at)
            if known < high:
                _gather_kernel(f32, p, taps, dilation, source, made, kept, known, (high - known) // LANES)
            for at in range(max(low, layers[layer, START_BEFORE]), high, LANES):
                if c == 8:
                    full_spread(f32, back + c * c, taps, dilation, made + at, stride, p.wanted + at)
                else:
                    lite_spread(f32, back + c * c, taps, dilation, made + at, stride, p.wanted + at)
        high = low
    for layer in range(p.layers):
        _settle_kernel(f32, p, layers[layer, TAPS], layers[layer, KEPT], layers[layer, RESULT])
    return loss
