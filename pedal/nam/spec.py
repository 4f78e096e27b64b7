"""What a WaveNet's file says once it is believed: shapes, activations, weights.

Made by ``wavenet_file`` and ``slices``, cut into tensors by ``stream``, read by the packers; any process, no
kernel, no disk. Symbols in comments: C channels, B rows inside a layer, Z rows before the
activation (B, or 2 B with a gate), K taps, d dilation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pedal.nam.networks import Network

#: A tensor's extents, as the stream orders it.
Shape = tuple[int, ...]

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


#: Where a FiLM may sit in a layer, in the order of the weight stream.
FILM_PLACES = (
    "conv_pre_film",
    "conv_post_film",
    "input_mixin_pre_film",
    "input_mixin_post_film",
    "activation_pre_film",
    "activation_post_film",
    "layer1x1_post_film",
    "head1x1_post_film",
)


@dataclass(frozen=True, slots=True)
class FilmSpec:
    """A signal scaled, and perhaps shifted, by a 1x1 convolution of the condition."""

    shift: bool
    groups: int


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One dilated convolution with its activation.

    Attributes:
        kernel_size, dilation, activation: of the convolution.
        gating: ``none``, ``gated`` or ``blended``.
        secondary: the gate's activation; None where there is no gate.
    """

    kernel_size: int
    dilation: int
    activation: Activation
    gating: str = "none"
    secondary: Activation | None = None

    @property
    def history_frames(self) -> int:
        """Input frames before the current one that the convolution reads."""
        return (self.kernel_size - 1) * self.dilation


@dataclass(frozen=True)
class ArraySpec:
    """One layer array: rechannel, layers, head convolution.

    Attributes:
        input_size: rows that enter the rechannel (for the first array, those of the input).
        channels: C, rows of the residual stream.
        bottleneck: B, rows inside a layer.
        layers: in playing order.
        residual: whether each layer ends in a 1x1 (B to C) added to the stream; if not, B = C.
        head_out, head_kernel_size, head_dilation, head_bias: the head convolution (``head_in`` to ``head_out``).
        condition_size: rows of the condition.
        conv_groups, mixin_groups, out_groups: of the convolution, the mixin and the 1x1.
        head1x1_out: rows that a 1x1 (from B) makes for the head sum; 0 where there is none.
        head1x1_groups: its groups.
        films: (place, FiLM) pairs in the order of ``FILM_PLACES``, the active ones only.
        allowed_channels: widths that C may be sliced to, ascending, C last; empty where it may not.
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
    condition_size: int = 1
    conv_groups: int = 1
    mixin_groups: int = 1
    out_groups: int = 1
    head1x1_out: int = 0
    head1x1_groups: int = 1
    films: tuple[tuple[str, FilmSpec], ...] = ()
    allowed_channels: tuple[int, ...] = ()

    @property
    def head_in(self) -> int:
        """Rows of the head sum."""
        return self.head1x1_out or self.bottleneck

    @property
    def head_history_frames(self) -> int:
        """Frames before the current one that the head convolution reads."""
        return (self.head_kernel_size - 1) * self.head_dilation

    @property
    def dense_count(self) -> int:
        """Multiply-adds per frame, those with the zeros between groups counted."""
        ungrouped = replace(
            self,
            conv_groups=1,
            mixin_groups=1,
            out_groups=1,
            head1x1_groups=1,
            films=tuple((place, FilmSpec(film.shift, 1)) for place, film in self.films),
        )
        return sum(prod(shape) for shape in ungrouped.shapes if len(shape) > 1)

    @property
    def history_count(self) -> int:
        """Numbers of the past that the convolutions of this array keep."""
        layers = sum(layer.history_frames for layer in self.layers)
        return layers * self.channels + self.head_history_frames * self.head_in

    def layer_shapes(self, layer: LayerSpec) -> dict[str, Shape]:
        """The tensors of one layer in the order of the stream; biases have one axis."""
        c, b = self.channels, self.bottleneck
        z = b if layer.gating == "none" else 2 * b
        shapes: dict[str, Shape] = {
            "conv": (z, c // self.conv_groups, layer.kernel_size),
            "bias": (z,),
            "mixin": (z, self.condition_size // self.mixin_groups),
        }
        if self.residual:
            shapes |= {"out": (c, b // self.out_groups), "out_bias": (c,)}
        if self.head1x1_out:
            shapes |= {"head1x1": (self.head1x1_out, b // self.head1x1_groups), "head1x1_bias": (self.head1x1_out,)}
        widths = dict(zip(FILM_PLACES, (c, z, self.condition_size, z, z, b, c, self.head1x1_out), strict=True))
        for place, film in self.films:
            rows = widths[place] * (2 if film.shift else 1)
            shapes |= {place: (rows, self.condition_size // film.groups), f"{place}_bias": (rows,)}
        return shapes

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """All tensors of the array in the order of the stream."""
        found: list[Shape] = [(self.channels, self.input_size)]
        for layer in self.layers:
            found += self.layer_shapes(layer).values()
        found.append((self.head_out, self.head_in, self.head_kernel_size))
        return (*found, (self.head_out,)) if self.head_bias else tuple(found)


@dataclass(frozen=True, slots=True)
class PostHead:
    """Convolutions behind the last array, each behind an activation.

    Attributes:
        activations: in front of each convolution.
        rows: of the signal before, between and after the convolutions, one more than these.
        kernel_sizes: one per convolution; with bias.
        dilation: of all of them, 1 at the model's own rate.
    """

    activations: tuple[Activation, ...]
    rows: tuple[int, ...]
    kernel_sizes: tuple[int, ...]
    dilation: int = 1

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """All tensors in the order of the stream."""
        found: list[Shape] = []
        for (entering, leaving), taps in zip(pairwise(self.rows), self.kernel_sizes, strict=True):
            found += [(leaving, entering, taps), (leaving,)]
        return tuple(found)

    @property
    def history_frames(self) -> int:
        """Frames before the current one that the convolutions read, one behind the other."""
        return self.dilation * sum(taps - 1 for taps in self.kernel_sizes)

    @property
    def history_count(self) -> int:
        """Numbers of the past that the convolutions keep."""
        return self.dilation * sum(n * (k - 1) for n, k in zip(self.rows, self.kernel_sizes, strict=False))


@dataclass(frozen=True, eq=False)
class WaveNetSpec:
    """A playable WaveNet, conditioned on its own input or on another network's output.

    Attributes:
        arrays: at least one.
        weights: the whole stream, float32 ``(weights_count,)``, all finite; its last number is the head scale.
        post_head: what follows the last array's head, if anything.
        condition: the network that makes the condition out of the input, if any.
    """

    arrays: tuple[ArraySpec, ...]
    weights: Weights
    post_head: PostHead | None = None
    condition: Network | None = None

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """All tensors in the order of the stream, without the head scale."""
        last = self.post_head.shapes if self.post_head else ()
        return tuple(shape for array in self.arrays for shape in array.shapes) + last

    @property
    def label(self) -> str:
        """The architecture, for people."""
        return "WaveNet"

    @property
    def channels(self) -> tuple[int, ...]:
        """C of each array."""
        return tuple(array.channels for array in self.arrays)

    @property
    def layer_counts(self) -> tuple[int, ...]:
        """Layers of each array."""
        return tuple(len(array.layers) for array in self.arrays)

    @property
    def inputs(self) -> int:
        """Channels in."""
        return self.arrays[0].input_size

    @property
    def outputs(self) -> int:
        """Channels out."""
        return self.post_head.rows[-1] if self.post_head else self.arrays[-1].head_out

    @property
    def macs_per_sample(self) -> int:
        """Multiply-adds per frame, biases and activations not counted."""
        other = self.condition.macs_per_sample if self.condition else 0
        return other + sum(prod(shape) for shape in self.shapes if len(shape) > 1)

    @property
    def weights_count(self) -> int:
        """Length of the weight stream that these shapes call for, head scale included."""
        return sum(prod(shape) for shape in self.shapes) + 1

    @property
    def history_count(self) -> int:
        """Numbers of the past that the convolutions keep."""
        own = sum(array.history_count for array in self.arrays)
        own += self.post_head.history_count if self.post_head else 0
        return own + (self.condition.history_count if self.condition else 0)

    @property
    def receptive_field_frames(self) -> int:
        """Frames of input that one frame of output depends on, the current one included."""
        own = 1 + sum(
            sum(layer.history_frames for layer in array.layers) + array.head_history_frames for array in self.arrays
        )
        own += self.post_head.history_frames if self.post_head else 0
        return own + (self.condition.receptive_field_frames - 1 if self.condition else 0)
