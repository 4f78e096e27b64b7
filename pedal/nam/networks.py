"""The other architectures of the format, checked: Linear, ConvNet, LSTM, Sequential.

Made by ``network_file``, read by the packers; any process, no kernel, no disk. ``Network`` is what all
architectures have in common.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pedal.nam.spec import Activation, Weights


class Network(Protocol):
    """What every checked network can say about itself."""

    @property
    def label(self) -> str:
        """The architecture, for people."""

    @property
    def channels(self) -> tuple[int, ...]:
        """Rows of its stages."""

    @property
    def layer_counts(self) -> tuple[int, ...]:
        """Layers of its stages."""

    @property
    def inputs(self) -> int:
        """Channels in."""

    @property
    def outputs(self) -> int:
        """Channels out."""

    @property
    def macs_per_sample(self) -> int:
        """Multiply-adds per frame."""

    @property
    def weights_count(self) -> int:
        """Numbers in its weight stream, or in those of its parts."""

    @property
    def history_count(self) -> int:
        """Numbers of the past that it keeps."""

    @property
    def receptive_field_frames(self) -> int:
        """Frames of input that one frame of output depends on; for what never forgets, the time to settle."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearSpec:
    """An impulse response.

    Attributes:
        taps: N, at least 1.
        bias: whether a constant is added.
        weights: float32 ``(weights_count,)``: the tap for the newest frame first, then the bias.
        dilation: frames between taps.
    """

    taps: int
    bias: bool
    weights: Weights
    dilation: int = 1

    @property
    def label(self) -> str:
        """The architecture, for people."""
        return "Linear"

    @property
    def channels(self) -> tuple[int, ...]:
        """It has one."""
        return (1,)

    @property
    def layer_counts(self) -> tuple[int, ...]:
        """It has one."""
        return (1,)

    @property
    def inputs(self) -> int:
        """One."""
        return 1

    @property
    def outputs(self) -> int:
        """One."""
        return 1

    @property
    def macs_per_sample(self) -> int:
        """One per tap."""
        return self.taps

    @property
    def weights_count(self) -> int:
        """Taps and bias."""
        return self.taps + self.bias

    @property
    def history_count(self) -> int:
        """A quarter of the input, and four partial sums for the rest of the time."""
        return (self.taps // 4 + 3 * self.taps) * self.dilation

    @property
    def receptive_field_frames(self) -> int:
        """As many frames as taps, and those between them."""
        return 1 + (self.taps - 1) * self.dilation


@dataclass(frozen=True, slots=True, eq=False)
class ConvNetSpec:
    """Dilated convolutions of two taps in a row, each with its activation; no residual, no head sum.

    Attributes:
        width: C.
        dilations: of the convolutions.
        batchnorm: whether each convolution is normalised (by numbers that are in the stream) instead of biased.
        activation: of all of them.
        inputs, outputs: channels in and out.
        groups: of each convolution.
        weights: float32 ``(weights_count,)``.
    """

    width: int
    dilations: tuple[int, ...]
    batchnorm: bool
    activation: Activation
    inputs: int
    outputs: int
    groups: int
    weights: Weights

    @property
    def label(self) -> str:
        """The architecture, for people."""
        return "ConvNet"

    @property
    def channels(self) -> tuple[int, ...]:
        """C."""
        return (self.width,)

    @property
    def layer_counts(self) -> tuple[int, ...]:
        """Convolutions before the head."""
        return (len(self.dilations),)

    def taps_count(self, layer: int) -> int:
        """Weights of one convolution."""
        return self.width * 2 * self.entering(layer) // self.groups

    def entering(self, layer: int) -> int:
        """Rows that enter a convolution."""
        return self.width if layer else self.inputs

    @property
    def macs_per_sample(self) -> int:
        """Multiply-adds per frame."""
        return sum(self.taps_count(i) for i in range(len(self.dilations))) + self.outputs * self.width

    @property
    def weights_count(self) -> int:
        """Normalised layers have four numbers per channel and one more; others a bias per channel."""
        beside = 4 * self.width + 1 if self.batchnorm else self.width
        return self.macs_per_sample + beside * len(self.dilations) + self.outputs

    @property
    def history_count(self) -> int:
        """Numbers of the past that it keeps."""
        return sum(self.entering(i) * dilation for i, dilation in enumerate(self.dilations))

    @property
    def receptive_field_frames(self) -> int:
        """Frames of input that one frame of output depends on."""
        return 1 + sum(self.dilations)


@dataclass(frozen=True, slots=True, eq=False)
class LstmSpec:
    """Recurrent layers and a linear head.

    Attributes:
        layers: how many.
        hidden: H, of all layers.
        inputs, outputs: channels in and out.
        settle_frames: silence that the reference plays into it before the first note: half a second, at its own rate.
        weights: float32 ``(weights_count,)``.
        phases: states that take turns, frame by frame: so many times its own rate it plays at.
    """

    layers: int
    hidden: int
    inputs: int
    outputs: int
    settle_frames: int
    weights: Weights
    phases: int = 1

    @property
    def label(self) -> str:
        """The architecture, for people."""
        return "LSTM"

    @property
    def channels(self) -> tuple[int, ...]:
        """H."""
        return (self.hidden,)

    @property
    def layer_counts(self) -> tuple[int, ...]:
        """Recurrent layers."""
        return (self.layers,)

    @property
    def macs_per_sample(self) -> int:
        """Multiply-adds per frame."""
        h = self.hidden
        return 4 * h * (self.inputs + h) + (self.layers - 1) * 8 * h * h + self.outputs * h

    @property
    def weights_count(self) -> int:
        """Matrices, biases, and two initial states for each layer."""
        return self.macs_per_sample + self.layers * 6 * self.hidden + self.outputs

    @property
    def history_count(self) -> int:
        """Its states."""
        return 2 * self.layers * self.hidden * self.phases

    @property
    def receptive_field_frames(self) -> int:
        """Approximate: it never quite forgets. As long as the silence it settles in."""
        return self.settle_frames * self.phases


@dataclass(frozen=True, slots=True, eq=False)
class SequentialSpec:
    """Networks one after the other, at least one; each takes as many channels as the one before puts out."""

    parts: tuple[Network, ...]

    @property
    def label(self) -> str:
        """The architectures, for people."""
        return " + ".join(part.label for part in self.parts)

    @property
    def channels(self) -> tuple[int, ...]:
        """Of all parts."""
        return tuple(c for part in self.parts for c in part.channels)

    @property
    def layer_counts(self) -> tuple[int, ...]:
        """Of all parts."""
        return tuple(n for part in self.parts for n in part.layer_counts)

    @property
    def inputs(self) -> int:
        """Of the first part."""
        return self.parts[0].inputs

    @property
    def outputs(self) -> int:
        """Of the last part."""
        return self.parts[-1].outputs

    @property
    def macs_per_sample(self) -> int:
        """Multiply-adds per frame."""
        return sum(part.macs_per_sample for part in self.parts)

    @property
    def weights_count(self) -> int:
        """Of all parts."""
        return sum(part.weights_count for part in self.parts)

    @property
    def history_count(self) -> int:
        """Of all parts."""
        return sum(part.history_count for part in self.parts)

    @property
    def receptive_field_frames(self) -> int:
        """Frames of input that one frame of output depends on."""
        return 1 + sum(part.receptive_field_frames - 1 for part in self.parts)
