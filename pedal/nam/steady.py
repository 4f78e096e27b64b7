"""What infinite silence leaves in a network: one constant column per convolution, in closed form.

Called by the packers. Under silence every history fills with a constant, so a convolution gives
its bias plus the sum of its taps times that constant. Float64, exact but for rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pedal.nam.activations import apply
from pedal.nam.spec import WaveNetSpec
from pedal.nam.stream import ArrayWeights

Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SteadyArray:
    """One array at rest.

    Attributes:
        inputs: what fills each layer's history, ``(C,)`` each.
        head: what fills the head convolution's history, ``(B,)``.
    """

    inputs: tuple[Column, ...]
    head: Column


def steady_arrays(spec: WaveNetSpec, weights: tuple[ArrayWeights, ...]) -> tuple[SteadyArray, ...]:
    """The steady columns of every array."""
    stream, head = np.zeros(1), np.zeros(spec.arrays[0].bottleneck)
    arrays = []
    for array, tensors in zip(spec.arrays, weights, strict=True):
        stream = tensors.rechannel @ stream
        inputs = []
        for layer, w in zip(array.layers, tensors.layers, strict=True):
            inputs.append(stream)
            z = w.bias + w.conv.sum(axis=2) @ stream
            active = apply(layer.activation, z[:, None])[:, 0]
            head = head + active
            stream = stream + w.out @ active + w.out_bias
        arrays.append(SteadyArray(tuple(inputs), head))
        head = tensors.head.sum(axis=2) @ head + tensors.head_bias
    return tuple(arrays)
