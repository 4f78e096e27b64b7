"""The weight stream of a WaveNet, cut into tensors.

Called by the packers, any process, no kernel. ``spec`` knows the shapes in their order; here they meet
the numbers. Grouped convolutions come out dense, with zeros between the groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from pedal.nam.spec import ArraySpec, FilmSpec, LayerSpec, Shape, WaveNetSpec

Tensor = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FilmWeights:
    """The 1x1 of a FiLM: scales first, then shifts."""

    taps: Tensor  # (rows, condition)
    bias: Tensor  # (rows,)
    shift: bool


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """One layer's tensors, float64. ``out`` and ``out_bias`` are zero where there is no 1x1."""

    conv: Tensor  # (Z, C, K)
    bias: Tensor  # (Z,)
    mixin: Tensor  # (Z, condition)
    out: Tensor  # (C, B)
    out_bias: Tensor  # (C,)
    head1x1: Tensor | None  # (head1x1_out, B)
    head1x1_bias: Tensor | None  # (head1x1_out,)
    films: dict[str, FilmWeights]


@dataclass(frozen=True, slots=True)
class ArrayWeights:
    """One array's tensors, float64; the model's head scale is not folded in."""

    rechannel: Tensor  # (C, input_size)
    layers: tuple[LayerWeights, ...]
    head: Tensor  # (head_out, head_in, head_kernel_size)
    head_bias: Tensor  # (head_out,)


class Stream:
    """Numbers taken in order."""

    def __init__(self, weights: NDArray[np.float32]) -> None:
        self._values = weights.astype(np.float64)
        self._at = 0

    def take(self, *shape: int) -> Tensor:
        """The next ``shape`` of them."""
        size = prod(shape)
        self._at += size
        return self._values[self._at - size : self._at].reshape(shape)


def split_weights(spec: WaveNetSpec) -> tuple[tuple[ArrayWeights, ...], tuple[tuple[Tensor, Tensor], ...], float]:
    """The stream cut into tensors: the arrays, the post-stack head's (taps, bias) pairs, the head scale."""
    stream = Stream(spec.weights)
    arrays = tuple(_take_array(stream, array) for array in spec.arrays)
    rest: tuple[Shape, ...] = spec.post_head.shapes if spec.post_head else ()
    post = tuple((stream.take(*rest[i]), stream.take(*rest[i + 1])) for i in range(0, len(rest), 2))
    return arrays, post, float(stream.take(1)[0])


def _take_array(stream: Stream, array: ArraySpec) -> ArrayWeights:
    rechannel = stream.take(array.channels, array.input_size)
    layers = tuple(_take_layer(stream, array, layer) for layer in array.layers)
    head = stream.take(array.head_out, array.head_in, array.head_kernel_size)
    bias = stream.take(array.head_out) if array.head_bias else np.zeros(array.head_out)
    return ArrayWeights(rechannel, layers, head, bias)


def _take_layer(stream: Stream, array: ArraySpec, layer: LayerSpec) -> LayerWeights:
    found = {name: stream.take(*shape) for name, shape in array.layer_shapes(layer).items()}
    c, b = array.channels, array.bottleneck
    films: dict[str, FilmSpec] = dict(array.films)
    return LayerWeights(
        conv=dense(found["conv"], array.conv_groups),
        bias=found["bias"],
        mixin=dense(found["mixin"], array.mixin_groups),
        out=dense(found["out"], array.out_groups) if array.residual else np.zeros((c, b)),
        out_bias=found["out_bias"] if array.residual else np.zeros(c),
        head1x1=dense(found["head1x1"], array.head1x1_groups) if array.head1x1_out else None,
        head1x1_bias=found.get("head1x1_bias"),
        films={
            place: FilmWeights(dense(found[place], film.groups), found[f"{place}_bias"], film.shift)
            for place, film in films.items()
        },
    )


def dense(taps: Tensor, groups: int) -> Tensor:
    """A grouped convolution's weights, ``(out, in / groups, ...)``, as ``(out, in, ...)``."""
    if groups == 1:
        return taps
    outs, ins = taps.shape[0] // groups, taps.shape[1]
    whole = np.zeros((taps.shape[0], ins * groups, *taps.shape[2:]))
    for g in range(groups):
        whole[g * outs : (g + 1) * outs, g * ins : (g + 1) * ins] = taps[g * outs : (g + 1) * outs]
    return whole
