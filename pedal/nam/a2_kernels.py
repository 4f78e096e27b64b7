"""A2 on explicit vectors: all tiles of a block through one layer, then the next.

Called by ``kernels`` in real time. Layer by layer each tile reads its ring and writes straight
into the next one. The last tile of a block is computed whole even where the block is not: what it
writes beyond the block lies in the future part of the ring, which the next block overwrites.
"""

from __future__ import annotations

from typing import Any

from pedal.jit import kernel
from pedal.jit.linked import linked_kernel
from pedal.nam.a2_tiles import (
    FULL_CHANNELS,
    FULL_FRAMES,
    LITE_FRAMES,
    SHORT_FRAMES,
    full_first,
    full_head,
    full_last,
    full_middle,
    lite_first,
    lite_head,
    lite_last,
    lite_middle,
    short_first,
    short_head,
    short_last,
    short_middle,
)
from pedal.nam.plan import (
    A2_ROWS,
    CHANNELS,
    HEAD_DILATION,
    HEAD_HISTORY,
    HEAD_LINE,
    HEAD_STEADY,
    HEAD_STRIDE,
    HEAD_TAPS,
    HEAD_WEIGHTS,
    L_DILATION,
    L_FRAMES,
    L_RING,
    L_STEADY,
    L_STRIDE,
    L_TAPS,
    L_WEIGHTS,
    LAYER_WORDS,
    LAYERS,
    MIRROR,
    SCRATCH,
    STATE_I64,
    X_HISTORY,
    X_LINE,
)
from pedal.nam.rings import advance_kernel, copy_frames_kernel, fill_rows_kernel, mirror_kernel, shift_line_kernel


@kernel
def _first_layer_kernel(f32: Any, i64: Any, plan: int, n: int) -> None:
    """From the guitar's line into the ring of layer 1, and the head started."""
    channels = i64[plan + CHANNELS]
    mirror = i64[plan + MIRROR]
    row = plan + A2_ROWS
    weights = i64[row + L_WEIGHTS]
    taps = i64[row + L_TAPS]
    dilation = i64[row + L_DILATION]
    line = i64[row + L_RING]
    frames = i64[row + L_FRAMES]
    start = i64[plan + X_HISTORY]
    ring = i64[row + LAYER_WORDS + L_RING]
    stride = i64[row + LAYER_WORDS + L_STRIDE]
    ring_frames = i64[row + LAYER_WORDS + L_FRAMES]
    at = i64[i64[plan + STATE_I64] + 1]
    head = i64[plan + HEAD_LINE] + i64[plan + HEAD_HISTORY]
    head_stride = i64[plan + HEAD_STRIDE]
    done = 0
    while done < n:
        if channels == FULL_CHANNELS:
            width = FULL_FRAMES
            full_first(
                f32, weights, taps, dilation, line, 0, frames, start + done,
                ring + at, stride, head + done, head_stride, line + start + done,
            )  # fmt: skip
        elif n - done > SHORT_FRAMES:
            width = LITE_FRAMES
            lite_first(
                f32, weights, taps, dilation, line, 0, frames, start + done,
                ring + at, stride, head + done, head_stride, line + start + done,
            )  # fmt: skip
        else:
            width = SHORT_FRAMES
            short_first(
                f32, weights, taps, dilation, line, 0, frames, start + done,
                ring + at, stride, head + done, head_stride, line + start + done,
            )  # fmt: skip
        if at < mirror or at + width > ring_frames:
            mirror_kernel(f32, ring, stride, channels, ring_frames, at, width, mirror)
        done += width
        at = advance_kernel(at, width, ring_frames)


@kernel
def _middle_layers_kernel(f32: Any, i64: Any, plan: int, n: int) -> None:
    """All layers between the first and the last, ring to ring."""
    channels = i64[plan + CHANNELS]
    mirror = i64[plan + MIRROR]
    positions = i64[plan + STATE_I64]
    head = i64[plan + HEAD_LINE] + i64[plan + HEAD_HISTORY]
    head_stride = i64[plan + HEAD_STRIDE]
    x = i64[plan + X_LINE] + i64[plan + X_HISTORY]
    row = plan + A2_ROWS + LAYER_WORDS
    ring = i64[row + L_RING]
    stride = i64[row + L_STRIDE]
    frames = i64[row + L_FRAMES]
    for layer in range(1, i64[plan + LAYERS] - 1):
        weights = i64[row + L_WEIGHTS]
        taps = i64[row + L_TAPS]
        dilation = i64[row + L_DILATION]
        position = i64[positions + layer]
        row += LAYER_WORDS
        next_ring = i64[row + L_RING]
        next_stride = i64[row + L_STRIDE]
        next_frames = i64[row + L_FRAMES]
        next_at = i64[positions + layer + 1]
        i64[positions + layer] = advance_kernel(position, n, frames)
        done = 0
        while done < n:
            if channels == FULL_CHANNELS:
                width = FULL_FRAMES
                full_middle(
                    f32, weights, taps, dilation, ring, stride, frames, position,
                    next_ring + next_at, next_stride, head + done, head_stride, x + done,
                )  # fmt: skip
            elif n - done > SHORT_FRAMES:
                width = LITE_FRAMES
                lite_middle(
                    f32, weights, taps, dilation, ring, stride, frames, position,
                    next_ring + next_at, next_stride, head + done, head_stride, x + done,
                )  # fmt: skip
            else:
                width = SHORT_FRAMES
                short_middle(
                    f32, weights, taps, dilation, ring, stride, frames, position,
                    next_ring + next_at, next_stride, head + done, head_stride, x + done,
                )  # fmt: skip
            if next_at < mirror or next_at + width > next_frames:
                mirror_kernel(f32, next_ring, next_stride, channels, next_frames, next_at, width, mirror)
            done += width
            position = advance_kernel(position, width, frames)
            next_at = advance_kernel(next_at, width, next_frames)
        ring = next_ring
        stride = next_stride
        frames = next_frames


@kernel
def _last_layer_kernel(f32: Any, i64: Any, plan: int, n: int) -> None:
    """Only into the head."""
    channels = i64[plan + CHANNELS]
    layer = i64[plan + LAYERS] - 1
    row = plan + A2_ROWS + layer * LAYER_WORDS
    weights = i64[row + L_WEIGHTS]
    taps = i64[row + L_TAPS]
    dilation = i64[row + L_DILATION]
    ring = i64[row + L_RING]
    stride = i64[row + L_STRIDE]
    frames = i64[row + L_FRAMES]
    head = i64[plan + HEAD_LINE] + i64[plan + HEAD_HISTORY]
    head_stride = i64[plan + HEAD_STRIDE]
    x = i64[plan + X_LINE] + i64[plan + X_HISTORY]
    word = i64[plan + STATE_I64] + layer
    position = i64[word]
    i64[word] = advance_kernel(position, n, frames)
    done = 0
    while done < n:
        if channels == FULL_CHANNELS:
            width = FULL_FRAMES
            full_last(
                f32, weights, taps, dilation, ring, stride, frames, position, 0, 0, head + done, head_stride, x + done
            )
        elif n - done > SHORT_FRAMES:
            width = LITE_FRAMES
            lite_last(
                f32, weights, taps, dilation, ring, stride, frames, position, 0, 0, head + done, head_stride, x + done
            )
        else:
            width = SHORT_FRAMES
            short_last(
                f32, weights, taps, dilation, ring, stride, frames, position, 0, 0, head + done, head_stride, x + done
            )
        done += width
        position = advance_kernel(position, width, frames)


@kernel
def _head_kernel(f32: Any, i64: Any, plan: int, y: int, n: int) -> None:
    """The head convolution, from the head's rows to the output."""
    channels = i64[plan + CHANNELS]
    weights = i64[plan + HEAD_WEIGHTS]
    taps = i64[plan + HEAD_TAPS]
    dilation = i64[plan + HEAD_DILATION]
    stride = i64[plan + HEAD_STRIDE]
    source = i64[plan + HEAD_LINE] + i64[plan + HEAD_HISTORY]
    scratch = i64[plan + SCRATCH]
    done = 0
    while done < n:
        if channels == FULL_CHANNELS:
            width = FULL_FRAMES
        elif n - done > SHORT_FRAMES:
            width = LITE_FRAMES
        else:
            width = SHORT_FRAMES
        # A tile that the block does not fill must not write beyond the caller's output.
        target = y + done if width <= n - done else scratch
        if channels == FULL_CHANNELS:
            full_head(f32, weights, taps, dilation, source + done, stride, target)
        elif width == LITE_FRAMES:
            lite_head(f32, weights, taps, dilation, source + done, stride, target)
        else:
            short_head(f32, weights, taps, dilation, source + done, stride, target)
        if target == scratch:
            copy_frames_kernel(f32, y + done, scratch, n - done)
        done += width


@linked_kernel("void(float32[::1], int64[::1], int64, int64, int64, int64)")
def play_a2_kernel(f32: Any, i64: Any, plan: int, x: int, y: int, n: int) -> None:
    """One block, see ``kernels.play_model_kernel``."""
    line = i64[plan + X_LINE]
    history = i64[plan + X_HISTORY]
    copy_frames_kernel(f32, line + history, x, n)
    _first_layer_kernel(f32, i64, plan, n)
    _middle_layers_kernel(f32, i64, plan, n)
    _last_layer_kernel(f32, i64, plan, n)
    _head_kernel(f32, i64, plan, y, n)
    shift_line_kernel(f32, line, 0, 1, history, n)
    head = i64[plan + HEAD_LINE]
    shift_line_kernel(f32, head, i64[plan + HEAD_STRIDE], i64[plan + CHANNELS], i64[plan + HEAD_HISTORY], n)


@kernel
def rest_a2_kernel(f32: Any, i64: Any, plan: int) -> None:
    """See ``kernels.rest_model_kernel``."""
    channels = i64[plan + CHANNELS]
    layers = i64[plan + LAYERS]
    for layer in range(layers):
        row = plan + A2_ROWS + layer * LAYER_WORDS
        # Layer 0 has the guitar's line for a ring: one row, silent.
        rows = channels if layer else 1
        stride = i64[row + L_STRIDE] if layer else i64[row + L_FRAMES]
        fill_rows_kernel(f32, i64[row + L_RING], stride, rows, i64[row + L_STEADY])
        i64[i64[plan + STATE_I64] + layer] = 0
    fill_rows_kernel(f32, i64[plan + HEAD_LINE], i64[plan + HEAD_STRIDE], channels, i64[plan + HEAD_STEADY])
