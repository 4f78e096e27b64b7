"""Lays out every other plain WaveNet, A1 among them.

Called by ``pack``. Rows of rings and lines are padded to fours, because convolutions put out
four rows at a time; the padding rows carry zeros.
"""

from __future__ import annotations

from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from pedal.jit.vectors import GROUP, padded
from pedal.nam import plan as words
from pedal.nam.activations import CODES
from pedal.nam.conv_tiles import CONV_FRAMES
from pedal.nam.networks import Network
from pedal.nam.packed import LINE, Layout, Packed, mirror_frames, ring_frames, round_to, row_stride, zero_padded
from pedal.nam.spec import ArraySpec, WaveNetSpec
from pedal.nam.steady import SteadyArray, steady_arrays
from pedal.nam.stream import ArrayWeights, split_weights


def suits_wavenet(spec: Network) -> TypeGuard[WaveNetSpec]:
    """Whether ``wavenet_kernels`` plays this network: no gate, no FiLM, conditioned on the guitar itself."""
    return (
        isinstance(spec, WaveNetSpec)
        and spec.post_head is None
        and spec.condition is None
        and spec.inputs == 1
        and all(
            not array.head1x1_out and not array.films and all(layer.gating == "none" for layer in array.layers)
            for array in spec.arrays
        )
    )


def pack_wavenet(spec: WaveNetSpec, max_frames: int) -> Packed:
    """Lay out a network that ``suits_wavenet``."""
    tensors, _, scale = split_weights(spec)
    steady = steady_arrays(spec, tensors)
    layers = sum(len(array.layers) for array in spec.arrays)
    table = words.WAVENET_ROWS + len(spec.arrays) * words.ARRAY_WORDS
    layout = Layout(words.KIND_WAVENET, spec, max_frames, table + layers * words.LAYER_WORDS)
    plan = layout.plan
    plan[words.ARRAYS] = len(spec.arrays)
    layout.reserve_i64(words.STATE_I64, layers)
    mirror = mirror_frames(CONV_FRAMES)
    plan[words.MIRROR] = mirror
    block = round_to(max_frames, mirror)
    layout.reserve(words.X_LINE, block)
    widest = padded(max(max(array.channels, array.bottleneck) for array in spec.arrays))
    plan[words.STREAM_STRIDE] = row_stride(block)
    layout.reserve(words.STREAM_LINE, widest * int(plan[words.STREAM_STRIDE]))
    layout.reserve(words.SCRATCH, widest * CONV_FRAMES)
    first_layer = 0
    for k, (array, w) in enumerate(zip(spec.arrays, tensors, strict=True)):
        at = words.WAVENET_ROWS + k * words.ARRAY_WORDS
        plan[at + words.A_FIRST_LAYER] = first_layer
        last = k == len(spec.arrays) - 1
        _put_array(layout, at, array, w, steady[k], block, scale if last else 1.0)
        for j in range(len(array.layers)):
            row = table + (first_layer + j) * words.LAYER_WORDS
            _put_layer(layout, row, array, w, steady[k], j, block)
        first_layer += len(array.layers)
    return layout.finish()


def _put_array(
    layout: Layout, at: int, array: ArraySpec, w: ArrayWeights, steady: SteadyArray, block: int, scale: float
) -> None:
    plan, channels = layout.plan, array.channels
    plan[at + words.A_INPUTS] = array.input_size
    plan[at + words.A_CHANNELS] = channels
    plan[at + words.A_INNER] = array.bottleneck
    plan[at + words.A_LAYERS] = len(array.layers)
    layout.put(at + words.A_RECHANNEL, conv_weights(w.rechannel[:, :, None], np.zeros(channels), np.zeros(channels)))
    history = round_to(array.head_history_frames, LINE)
    plan[at + words.A_HEAD_HISTORY] = history
    plan[at + words.A_HEAD_STRIDE] = row_stride(history + block)
    plan[at + words.A_HEAD_TAPS] = array.head_kernel_size
    plan[at + words.A_HEAD_DILATION] = array.head_dilation
    plan[at + words.A_HEAD_OUTS] = array.head_out
    layout.reserve(at + words.A_HEAD_LINE, padded(array.bottleneck) * int(plan[at + words.A_HEAD_STRIDE]))
    layout.put(at + words.A_HEAD_WEIGHTS, conv_weights(w.head * scale, w.head_bias * scale, np.zeros(array.head_out)))
    layout.put(at + words.A_HEAD_STEADY, steady.head)


def _put_layer(
    layout: Layout, row: int, array: ArraySpec, tensors: ArrayWeights, steady: SteadyArray, j: int, block: int
) -> None:
    plan, layer, w = layout.plan, array.layers[j], tensors.layers[j]
    mirror = int(plan[words.MIRROR])
    frames = ring_frames(layer.history_frames, block, mirror)
    plan[row + words.L_TAPS] = layer.kernel_size
    plan[row + words.L_DILATION] = layer.dilation
    plan[row + words.L_FRAMES] = frames
    plan[row + words.L_STRIDE] = row_stride(frames + mirror)
    plan[row + words.L_ACTIVATION] = CODES[layer.activation.name]
    layout.reserve(row + words.L_RING, padded(array.channels) * int(plan[row + words.L_STRIDE]))
    layout.put(row + words.L_WEIGHTS, conv_weights(w.conv, w.bias, w.mixin[:, 0]))
    layout.put(row + words.L_OUT_WEIGHTS, conv_weights(w.out[:, :, None], w.out_bias, np.ones(array.channels)))
    layout.put(row + words.L_PARAMS, np.array(layer.activation.params or (0.0,)))
    layout.put(row + words.L_STEADY, steady.inputs[j])


def conv_weights(
    taps: NDArray[np.float64], bias: NDArray[np.float64], gain: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weights in the order of ``conv_tiles``, from ``(out, in, K)``, ``(out,)`` and ``(out,)``."""
    outs, ins, count = taps.shape
    groups = padded(outs) // GROUP
    found = np.empty((groups, 2 + count * ins, GROUP))
    found[:, 0] = zero_padded(bias, 0, padded(outs)).reshape(groups, GROUP)
    found[:, 1] = zero_padded(gain, 0, padded(outs)).reshape(groups, GROUP)
    tiles = zero_padded(taps, 0, padded(outs)).reshape(groups, GROUP, ins, count)
    found[:, 2:] = tiles.transpose(0, 3, 2, 1).reshape(groups, count * ins, GROUP)
    return found.ravel()
