"""Lays out the networks that the A2 kernels play.

Called by ``pack``. They are one array of 8 or 3 channels, leaky throughout, with a 1x1 in every
layer and one output: A2 itself, and any other kernel sizes and dilations.
"""

from __future__ import annotations

from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from pedal.jit.vectors import GROUP, padded
from pedal.nam import plan as words
from pedal.nam.a2_tiles import FULL_CHANNELS, FULL_FRAMES, LITE_CHANNELS, LITE_FRAMES, SHORT_FRAMES
from pedal.nam.networks import Network
from pedal.nam.packed import LINE, Layout, Packed, mirror_frames, ring_frames, round_to, row_stride, zero_padded
from pedal.nam.spec import Activation, WaveNetSpec
from pedal.nam.steady import steady_arrays
from pedal.nam.stream import split_weights
from pedal.nam.wavenet_pack import suits_wavenet

#: Longest history of the guitar and of the head: they are moved in every block, unlike rings.
_MAX_LINE_HISTORY_FRAMES = 256


def suits_a2(spec: Network) -> TypeGuard[WaveNetSpec]:
    """Whether ``a2_kernels`` plays this network."""
    if not suits_wavenet(spec) or len(spec.arrays) != 1:
        return False
    array = spec.arrays[0]
    return (
        array.channels == array.bottleneck
        and array.channels in (FULL_CHANNELS, LITE_CHANNELS)
        and len(array.layers) >= 2
        and array.residual
        and array.head_history_frames <= _MAX_LINE_HISTORY_FRAMES
        and array.layers[0].history_frames <= _MAX_LINE_HISTORY_FRAMES
        and all(_slope(layer.activation) is not None for layer in array.layers)
    )


def _slope(activation: Activation) -> float | None:
    """The slope below zero, where ``max(z, slope * z)`` is this activation; else None."""
    if activation.name == "ReLU":
        return 0.0
    if activation.name == "LeakyReLU" and activation.params[0] <= 1.0:
        return activation.params[0]
    return None


def _widest_tile_frames(channels: int, max_frames: int) -> int:
    if channels == FULL_CHANNELS:
        return FULL_FRAMES
    return LITE_FRAMES if max_frames > SHORT_FRAMES else SHORT_FRAMES


def _wide(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The last axis padded with zeros to whole groups."""
    return zero_padded(rows, rows.ndim - 1, padded(rows.shape[-1]))


def pack_a2(spec: WaveNetSpec, max_frames: int) -> Packed:
    """Lay out a network that ``suits_a2``."""
    array, ((tensors,), _, scale) = spec.arrays[0], split_weights(spec)
    steady = steady_arrays(spec, (tensors,))[0]
    layers = array.layers
    layout = Layout(words.KIND_A2, spec, max_frames, words.A2_ROWS + len(layers) * words.LAYER_WORDS)
    plan = layout.plan
    plan[words.CHANNELS] = array.channels
    plan[words.LAYERS] = len(layers)
    layout.reserve_i64(words.STATE_I64, len(layers))
    mirror = mirror_frames(_widest_tile_frames(array.channels, max_frames))
    plan[words.MIRROR] = mirror
    block = round_to(max_frames, mirror)

    for i, (layer, w) in enumerate(zip(layers, tensors.layers, strict=True)):
        row = words.A2_ROWS + i * words.LAYER_WORDS
        plan[row + words.L_TAPS] = layer.kernel_size
        plan[row + words.L_DILATION] = layer.dilation
        taps, gain = w.conv.transpose(2, 1, 0), w.mixin[:, 0]  # (K, C in, C out)
        if i == 0:
            # The input is rechannel * guitar: C x C taps become C, the mixin joins the newest.
            taps, gain = taps.transpose(0, 2, 1) @ tensors.rechannel[:, 0], tensors.rechannel[:, 0]
            taps[-1] += w.mixin[:, 0]
        slope = np.full(GROUP, _slope(layer.activation))
        parts = (_wide(w.bias), _wide(gain), slope, _wide(w.out.T), _wide(w.out_bias), _wide(taps))
        layout.put(row + words.L_WEIGHTS, *parts)
        layout.put(row + words.L_STEADY, steady.inputs[i] if i else np.zeros(1))
        if i == 0:
            history = round_to(layer.history_frames, LINE)
            plan[words.X_HISTORY] = history
            plan[row + words.L_FRAMES] = history + block
            layout.reserve(words.X_LINE, history + block)
            layout.alias(row + words.L_RING, words.X_LINE)
        else:
            frames = ring_frames(layer.history_frames, block, mirror)
            plan[row + words.L_FRAMES] = frames
            plan[row + words.L_STRIDE] = row_stride(frames + mirror)
            layout.reserve(row + words.L_RING, array.channels * int(plan[row + words.L_STRIDE]))

    history = round_to(array.head_history_frames, LINE)
    plan[words.HEAD_TAPS] = array.head_kernel_size
    plan[words.HEAD_DILATION] = array.head_dilation
    plan[words.HEAD_HISTORY] = history
    plan[words.HEAD_STRIDE] = row_stride(history + block)
    layout.reserve(words.HEAD_LINE, array.channels * int(plan[words.HEAD_STRIDE]))
    layout.reserve(words.SCRATCH, mirror)
    layout.put(words.HEAD_WEIGHTS, _wide(tensors.head[0].T) * scale, tensors.head_bias * scale)
    layout.put(words.HEAD_STEADY, steady.head)
    return layout.finish()
