"""Narrower networks cut out of a wide one: the format's ``slice_channels_uniform``.

Called by ``file``, pure. A slice keeps the first rows and columns of every tensor; what comes out is an ordinary
WaveNet with a shorter stream, so that nothing behind this module knows of slicing.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np

from pedal.nam.spec import Activation, ArraySpec, LayerSpec, WaveNetSpec


def slice_breakpoints(spec: WaveNetSpec) -> tuple[float, ...]:
    """Slim values at which some array changes its channels, ascending; empty for a network of one size."""
    edges = {i / len(a.allowed_channels) for a in spec.arrays for i in range(1, len(a.allowed_channels))}
    return tuple(sorted(edges))


def slice_wavenet(spec: WaveNetSpec, slim: float) -> WaveNetSpec:
    """The network for ``slim``, 0 to 1. Its joints are as the file has them: check them again."""
    channels = [_channels(array, slim) for array in spec.arrays]
    arrays = []
    for i, array in enumerate(spec.arrays):
        c = channels[i]
        inner = max(1, array.bottleneck * c // array.channels) if array.residual else c
        arrays.append(
            replace(
                array,
                input_size=channels[i - 1] if i else array.input_size,
                channels=c,
                bottleneck=inner,
                layers=tuple(_slice_layer(layer, inner) for layer in array.layers),
                head_out=channels[i + 1] if i + 1 < len(channels) else array.head_out,
                allowed_channels=(),
            )
        )
    narrow = replace(spec, arrays=tuple(arrays))
    at, parts = 0, []
    for whole, kept in zip(spec.shapes, narrow.shapes, strict=True):
        tensor = spec.weights[at : at + prod(whole)].reshape(whole)
        parts.append(tensor[tuple(slice(extent) for extent in kept)].ravel())
        at += prod(whole)
    return replace(narrow, weights=np.concatenate([*parts, spec.weights[at:]]))


def _channels(array: ArraySpec, slim: float) -> int:
    sizes = array.allowed_channels
    return sizes[min(int(slim * len(sizes)), len(sizes) - 1)] if sizes else array.channels


def _slice_layer(layer: LayerSpec, inner: int) -> LayerSpec:
    """PReLU has a slope per channel: the first ones stay."""

    def first(activation: Activation) -> Activation:
        return replace(activation, params=activation.params[:inner]) if activation.name == "PReLU" else activation

    secondary = first(layer.secondary) if layer.secondary else None
    return replace(layer, activation=first(layer.activation), secondary=secondary)
