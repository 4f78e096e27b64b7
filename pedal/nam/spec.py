"""What a model file says once it is believed: shapes, activations, weights.

Made by ``file`` (through ``wavenet_file``), read by ``pack``; any process, no kernel, no disk.
Symbols in comments: C channels, B rows inside a layer, K taps, d dilation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: A stream of weights as the file orders them.
Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation function with its parameters.

    Attributes:
        name: a key of ``activations.CODES``.
        params: numbers in the order that ``activations.CODES`` documents; for ``PReLU`` one slope per channel.
    """

    name: str
    params: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One dilated convolution with its activation."""

    kernel_size: int
    dilation: int
    activation: Activation

    @property
    def history_frames(self) -> int:
        """Input frames before the current one that the convolution reads."""
        return (self.kernel_size - 1) * self.dilation


@dataclass(frozen=True, slots=True)
class ArraySpec:
    """One layer array: rechannel, layers, head convolution.

    Attributes:
        input_size: rows that enter the rechannel (1 for the first array).
        channels: C, rows of the residual stream.
        bottleneck: B, rows inside a layer and of the head sum.
        layers: in playing order.
        residual: whether each layer ends in a 1x1 (B to C) added to the stream; if not, B = C.
        head_out, head_kernel_size, head_dilation, head_bias: the head convolution (B to ``head_out``).
    """

    input_size: int
    channels: int
    bottleneck: int
    layers: tuple[LayerSpec, ...]
    residual: bool
    head_out: int
    head_kernel_size: int
    head_dilation: int
    head_bias: bool

    @property
    def head_history_frames(self) -> int:
        """Frames before the current one that the head convolution reads."""
        return (self.head_kernel_size - 1) * self.head_dilation

    @property
    def macs_per_sample(self) -> int:
        """Multiply-adds per frame, biases and activations not counted."""
        c, b = self.channels, self.bottleneck
        per_layer = b + (b * c if self.residual else 0)
        convolutions = sum(layer.kernel_size for layer in self.layers) * c * b
        return (
            self.input_size * c
            + convolutions
            + per_layer * len(self.layers)
            + b * self.head_out * self.head_kernel_size
        )

    @property
    def weights_count(self) -> int:
        """Numbers this array takes from the stream."""
        biases = self.bottleneck + (self.channels if self.residual else 0)
        return self.macs_per_sample + biases * len(self.layers) + (self.head_out if self.head_bias else 0)


@dataclass(frozen=True, slots=True, eq=False)
class WaveNetSpec:
    """A playable WaveNet: 1 channel in, 1 out, ungated, conditioned on its own input.

    Attributes:
        arrays: at least one.
        weights: the whole stream, float32 ``(weights_count,)``, all finite; its last number is the head scale.
    """

    arrays: tuple[ArraySpec, ...]
    weights: Weights

    @property
    def macs_per_sample(self) -> int:
        """Multiply-adds per frame."""
        return sum(array.macs_per_sample for array in self.arrays)

    @property
    def weights_count(self) -> int:
        """Length of the weight stream that these arrays call for, head scale included."""
        return sum(array.weights_count for array in self.arrays) + 1

    @property
    def receptive_field_frames(self) -> int:
        """Frames of input that one frame of output depends on, the current one included."""
        return 1 + sum(
            sum(layer.history_frames for layer in array.layers) + array.head_history_frames for array in self.arrays
        )


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """One layer's tensors, float64. ``out`` and ``out_bias`` are zero where there is no 1x1."""

    conv: NDArray[np.float64]  # (B, C, K)
    bias: NDArray[np.float64]  # (B,)
    mixin: NDArray[np.float64]  # (B,)
    out: NDArray[np.float64]  # (C, B)
    out_bias: NDArray[np.float64]  # (C,)


@dataclass(frozen=True, slots=True)
class ArrayWeights:
    """One array's tensors, float64; the model's head scale is not folded in."""

    rechannel: NDArray[np.float64]  # (C, input_size)
    layers: tuple[LayerWeights, ...]
    head: NDArray[np.float64]  # (head_out, B, head_kernel_size)
    head_bias: NDArray[np.float64]  # (head_out,)


def split_weights(spec: WaveNetSpec) -> tuple[tuple[ArrayWeights, ...], float]:
    """The stream cut into tensors, and the head scale."""
    stream = spec.weights.astype(np.float64)
    at = 0

    def take(*shape: int) -> NDArray[np.float64]:
        nonlocal at
        size = int(np.prod(shape))
        at += size
        return stream[at - size : at].reshape(shape)

    arrays = []
    for array in spec.arrays:
        c, b = array.channels, array.bottleneck
        rechannel = take(c, array.input_size)
        layers = []
        for layer in array.layers:
            conv, bias, mixin = take(b, c, layer.kernel_size), take(b), take(b)
            out, out_bias = (take(c, b), take(c)) if array.residual else (np.zeros((c, b)), np.zeros(c))
            layers.append(LayerWeights(conv, bias, mixin, out, out_bias))
        head = take(array.head_out, b, array.head_kernel_size)
        head_bias = take(array.head_out) if array.head_bias else np.zeros(array.head_out)
        arrays.append(ArrayWeights(rechannel, tuple(layers), head, head_bias))
    return tuple(arrays), float(stream[at])
