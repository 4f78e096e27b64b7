"""Any ungated WaveNet, one convolution tile after the other, as its plan says.

Called by ``kernels`` in real time. The same rings and lines as A2, channel-major; what lies between two
convolutions goes through a scratch tile instead of staying in registers. All rows come in fours.
"""

from __future__ import annotations

from typing import Any

from pedal.jit import kernel
from pedal.jit.linked import linked_kernel
from pedal.nam.activation_kernels import activate_kernel
from pedal.nam.conv_tiles import CONV_FRAMES, conv_tile_kernel
from pedal.nam.plan import (
    A_CHANNELS,
    A_FIRST_LAYER,
    A_HEAD_DILATION,
    A_HEAD_HISTORY,
    A_HEAD_LINE,
    A_HEAD_OUTS,
    A_HEAD_STEADY,
    A_HEAD_STRIDE,
    A_HEAD_TAPS,
    A_HEAD_WEIGHTS,
    A_INNER,
    A_INPUTS,
    A_LAYERS,
    A_RECHANNEL,
    ARRAY_WORDS,
    ARRAYS,
    L_ACTIVATION,
    L_DILATION,
    L_FRAMES,
    L_OUT_WEIGHTS,
    L_PARAMS,
    L_RING,
    L_STEADY,
    L_STRIDE,
    L_TAPS,
    L_WEIGHTS,
    LAYER_WORDS,
    MIRROR,
    SCRATCH,
    STATE_I64,
    STREAM_LINE,
    STREAM_STRIDE,
    WAVENET_ROWS,
    X_LINE,
)
from pedal.nam.rings import advance_kernel, copy_frames_kernel, fill_rows_kernel, mirror_kernel, shift_line_kernel

#: A line is a ring that nobody reaches the end of.
_ENDLESS = 1 << 40


@linked_kernel("void(float32[::1], int64[::1], int64, int64, int64, boolean, int64)")
def _rechannel_kernel(f32: Any, i64: Any, plan: int, array: int, layer: int, has_stream: bool, n: int) -> None:
    """The guitar, or the stream of the array before, into the ring of the array's first layer."""
    mirror = i64[plan + MIRROR]
    x = i64[plan + X_LINE]
    source = i64[plan + STREAM_LINE] if has_stream else x
    channels = i64[array + A_CHANNELS]
    ring = i64[layer + L_RING]
    stride = i64[layer + L_STRIDE]
    frames = i64[layer + L_FRAMES]
    at = i64[i64[plan + STATE_I64] + i64[array + A_FIRST_LAYER]]
    for done in range(0, n, CONV_FRAMES):
        conv_tile_kernel(
            f32, i64[array + A_RECHANNEL], 1, 0, i64[array + A_INPUTS],
            source, i64[plan + STREAM_STRIDE], _ENDLESS, done, x + done, 0, channels, ring + at, stride,
        )  # fmt: skip
        if at < mirror or at + CONV_FRAMES > frames:
            mirror_kernel(f32, ring, stride, channels, frames, at, CONV_FRAMES, mirror)
        at = advance_kernel(at, CONV_FRAMES, frames)


@kernel
def _sum_head_kernel(f32: Any, head: int, stride: int, tile: int, rows: int, starts: bool) -> None:
    for row in range(rows):
        total = f32[head + row * stride : head + row * stride + CONV_FRAMES]
        z = f32[tile + row * CONV_FRAMES : tile + (row + 1) * CONV_FRAMES]
        for i in range(CONV_FRAMES):
            total[i] = z[i] if starts else total[i] + z[i]


@linked_kernel("void(float32[::1], int64[::1], int64, int64, int64, int64, boolean, boolean, boolean, int64)")
def _layer_kernel(
    f32: Any, i64: Any, plan: int, array: int, layers: int, j: int, starts: bool, ends: bool, last: bool, n: int
) -> None:
    """Layer ``j`` of an array: ring to ring, or to the stream line where the array ``ends``.

    ``starts`` begins the head sum instead of adding to it; ``last`` has no use for a residual.
    """
    layer = layers + j * LAYER_WORDS
    mirror = i64[plan + MIRROR]
    channels = i64[array + A_CHANNELS]
    inner = i64[array + A_INNER]
    ring = i64[layer + L_RING]
    stride = i64[layer + L_STRIDE]
    frames = i64[layer + L_FRAMES]
    word = i64[plan + STATE_I64] + i64[array + A_FIRST_LAYER] + j
    position = i64[word]
    i64[word] = advance_kernel(position, n, frames)
    target = i64[plan + STREAM_LINE]
    target_stride = i64[plan + STREAM_STRIDE]
    target_frames = _ENDLESS
    at = 0
    if not ends:
        target = i64[layer + LAYER_WORDS + L_RING]
        target_stride = i64[layer + LAYER_WORDS + L_STRIDE]
        target_frames = i64[layer + LAYER_WORDS + L_FRAMES]
        at = i64[word + 1]
    z = i64[plan + SCRATCH]
    head = i64[array + A_HEAD_LINE] + i64[array + A_HEAD_HISTORY]
    for done in range(0, n, CONV_FRAMES):
        conv_tile_kernel(
            f32, i64[layer + L_WEIGHTS], i64[layer + L_TAPS], i64[layer + L_DILATION], channels,
            ring, stride, frames, position, i64[plan + X_LINE] + done, 0, inner, z, CONV_FRAMES,
        )  # fmt: skip
        activate_kernel(f32, i64[layer + L_ACTIVATION], i64[layer + L_PARAMS], z, inner, CONV_FRAMES)
        _sum_head_kernel(f32, head + done, i64[array + A_HEAD_STRIDE], z, inner, starts)
        if not last:
            conv_tile_kernel(
                f32, i64[layer + L_OUT_WEIGHTS], 1, 0, inner, z, CONV_FRAMES, _ENDLESS, 0,
                ring + position, stride, channels, target + at, target_stride,
            )  # fmt: skip
            if not ends and (at < mirror or at + CONV_FRAMES > target_frames):
                mirror_kernel(f32, target, target_stride, channels, target_frames, at, CONV_FRAMES, mirror)
        position = advance_kernel(position, CONV_FRAMES, frames)
        at = advance_kernel(at, CONV_FRAMES, target_frames)


@linked_kernel("void(float32[::1], int64[::1], int64, int64, boolean, int64, int64)")
def _head_kernel(f32: Any, i64: Any, plan: int, array: int, last: bool, y: int, n: int) -> None:
    """The head convolution: into the head line of the next array, or out."""
    x = i64[plan + X_LINE]
    source = i64[array + A_HEAD_LINE]
    stride = i64[array + A_HEAD_STRIDE]
    history = i64[array + A_HEAD_HISTORY]
    target = i64[plan + SCRATCH]
    target_stride = CONV_FRAMES
    if not last:
        target = i64[array + ARRAY_WORDS + A_HEAD_LINE] + i64[array + ARRAY_WORDS + A_HEAD_HISTORY]
        target_stride = i64[array + ARRAY_WORDS + A_HEAD_STRIDE]
    for done in range(0, n, CONV_FRAMES):
        conv_tile_kernel(
            f32, i64[array + A_HEAD_WEIGHTS], i64[array + A_HEAD_TAPS], i64[array + A_HEAD_DILATION],
            i64[array + A_INNER], source, stride, _ENDLESS, history + done, x + done, 0,
            i64[array + A_HEAD_OUTS], target if last else target + done, target_stride,
        )  # fmt: skip
        if last:
            copy_frames_kernel(f32, y + done, target, min(CONV_FRAMES, n - done))
    shift_line_kernel(f32, source, stride, i64[array + A_INNER], history, n)


@kernel
def play_wavenet_kernel(f32: Any, i64: Any, plan: int, x: int, y: int, n: int) -> None:
    """One block, see ``kernels.play_model_kernel``."""
    copy_frames_kernel(f32, i64[plan + X_LINE], x, n)
    arrays = i64[plan + ARRAYS]
    for k in range(arrays):
        array = plan + WAVENET_ROWS + k * ARRAY_WORDS
        layers = plan + WAVENET_ROWS + arrays * ARRAY_WORDS + i64[array + A_FIRST_LAYER] * LAYER_WORDS
        _rechannel_kernel(f32, i64, plan, array, layers, k > 0, n)
        for j in range(i64[array + A_LAYERS]):
            ends = j == i64[array + A_LAYERS] - 1
            _layer_kernel(f32, i64, plan, array, layers, j, k == 0 and j == 0, ends, ends and k == arrays - 1, n)
        _head_kernel(f32, i64, plan, array, k == arrays - 1, y, n)


@kernel
def rest_wavenet_kernel(f32: Any, i64: Any, plan: int) -> None:
    """See ``kernels.rest_model_kernel``."""
    arrays = i64[plan + ARRAYS]
    word = i64[plan + STATE_I64]
    row = plan + WAVENET_ROWS + arrays * ARRAY_WORDS
    for k in range(arrays):
        array = plan + WAVENET_ROWS + k * ARRAY_WORDS
        for _ in range(i64[array + A_LAYERS]):
            stride = i64[row + L_STRIDE]
            fill_rows_kernel(f32, i64[row + L_RING], stride, i64[array + A_CHANNELS], i64[row + L_STEADY])
            i64[word] = 0
            word += 1
            row += LAYER_WORDS
        stride = i64[array + A_HEAD_STRIDE]
        fill_rows_kernel(f32, i64[array + A_HEAD_LINE], stride, i64[array + A_INNER], i64[array + A_HEAD_STEADY])
