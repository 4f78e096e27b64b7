"""An A2 network that can be trained: its weights, in the order of a ``.nam`` file, and their gradient.

Used by ``training`` and ``export`` in the training process; the work is done by ``gradient_kernels``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.train.gradient_kernels import BEFORE, BEHIND, HEAD_TAPS, Places, item_kernel
from models.train.gradient_tiles import LANES

#: The layers of A2: kernel sizes and dilations.
TAPS = (6,) * 14 + (15, 15) + (6,) * 7
DILATIONS = (1, 3, 7, 17, 41, 101, 239) * 2 + (1, 13) + (1, 3, 7, 17, 41, 101, 239)
#: Frames of context that an output frame hears, itself not counted.
CONTEXT_FRAMES = sum((taps - 1) * dilation for taps, dilation in zip(TAPS, DILATIONS, strict=True)) + HEAD_TAPS - 1
#: What the head's output is multiplied by while training, the last number of the file's weights.
HEAD_SCALE = 0.01

Floats = NDArray[np.float32]
Order = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer's weights, or anything in their shape; rows are outputs.

    Attributes:
        conv: ``(C, C, K)``, bias: ``(C,)``, mixin: ``(C,)``, out: ``(C, C)``, out_bias: ``(C,)``.
    """

    conv: NDArray[np.int64]
    bias: NDArray[np.int64]
    mixin: NDArray[np.int64]
    out: NDArray[np.int64]
    out_bias: NDArray[np.int64]


def weight_count(channels: int) -> int:
    """Weights of a width without the head scale."""
    per_layer = sum(channels * channels * taps + 3 * channels + channels * channels for taps in TAPS)
    return channels + per_layer + channels * HEAD_TAPS + 1


def _places_in_file(channels: int) -> tuple[Order, list[Layer], Order]:
    """Where in the file's stream the rechannel, the layers' and the head's weights stand."""
    at = channels
    layers = []

    def take(*shape: int) -> Order:
        nonlocal at
        count = int(np.prod(shape))
        at += count
        return np.arange(at - count, at).reshape(shape)

    for taps in TAPS:
        layers.append(
            Layer(
                take(channels, channels, taps),
                take(channels),
                take(channels),
                take(channels, channels),
                take(channels),
            )
        )
    return np.arange(channels), layers, take(channels * HEAD_TAPS + 1)


def starting_weights(channels: int, seed: int) -> Floats:
    """Weights to begin with: uniform within ``1 / sqrt(inputs)`` of a sum (LeCun et al. 1998, "Efficient BackProp")."""
    touch = np.random.default_rng(seed)
    rechannel, layers, head = _places_in_file(channels)
    weights = np.zeros(weight_count(channels))

    def fill(places: Order, inputs: int) -> None:
        weights[places.ravel()] = touch.uniform(-1.0, 1.0, places.size) / np.sqrt(inputs)

    fill(rechannel, 1)
    for layer, taps in zip(layers, TAPS, strict=True):
        fill(layer.conv, channels * taps)
        fill(layer.bias, channels * taps)
        fill(layer.mixin, 1)
        fill(layer.out, channels)
        fill(layer.out_bias, channels)
    fill(head, channels * HEAD_TAPS)
    return weights.astype(np.float32)


class Network:
    """One width and the memory to compute its gradient over items of one length.

    Args:
        channels: 3 (Lite) or 8 (Full).
        heard_frames: frames of an item that have a target; before them come ``context_frames`` that have none.
    """

    def __init__(self, channels: int, heard_frames: int) -> None:
        if channels not in (3, 8):
            raise ValueError(f"A2 has widths of 3 and of 8 channels, not of {channels}")
        self.channels = channels
        self.heard_frames = heard_frames
        frames = -(-(heard_frames + CONTEXT_FRAMES) // LANES) * LANES
        self.context_frames = frames - heard_frames
        self._rechannel, layers, self._head = _places_in_file(channels)
        self._forward = [
            np.concatenate(
                [
                    part.ravel()
                    for part in (layer.mixin, layer.bias, layer.out.T, layer.out_bias, layer.conv.transpose(2, 1, 0))
                ]
            )
            for layer in layers
        ]
        self._back = [np.concatenate([layer.out.ravel(), layer.conv.transpose(2, 0, 1).ravel()]) for layer in layers]
        self._lay_out(frames)

    def _lay_out(self, frames: int) -> None:
        """Give everything its place in one array."""
        c, count = self.channels, len(TAPS)
        # Rows 4096 bytes apart would all want the same lines of the cache.
        stride = (BEFORE + frames + BEHIND + 15) // 16 * 16
        stride += 16 if stride % 128 == 0 else 0
        size = 16

        def take(numbers: int) -> int:
            nonlocal size
            size += numbers
            return size - numbers

        def rows(number: int) -> int:
            return take(number * stride) + BEFORE

        self._places = Places(
            channels=c,
            layers=count,
            frames=frames,
            heard=self.heard_frames,
            stride=stride,
            guitar=rows(3),
            inputs=rows((count + 1) * c),
            made=rows(count * c),
            head=rows(c),
            head_change=rows(c),
            wanted=rows(c),
            played=rows(1),
            missed=rows(1),
            head_weights=take(self._head.size),
            head_result=take(self._head.size),
        )
        self._table = np.zeros((count, 8), dtype=np.int64)
        reach = 0
        for layer, (taps, dilation) in enumerate(zip(TAPS, DILATIONS, strict=True)):
            before = reach // LANES * LANES
            reach += (taps - 1) * dilation
            forward, back = self._forward[layer].size, self._back[layer].size
            kept = (32 if c == 8 else 18) + c * c + taps * c * c
            self._table[layer] = (
                taps, dilation, reach // LANES * LANES, before,
                take(forward), take(back), take(forward), take(kept * LANES),
            )  # fmt: skip
        self._f32 = np.zeros(size + 16, dtype=np.float32)
        p = self._places
        self._f32[p.guitar + stride : p.guitar + stride + frames] = 1.0

    def _row(self, place: int) -> Floats:
        return self._f32[place : place + self._places.frames]

    def load(self, weights: Floats) -> None:
        """Take ``weights`` (in the order of the file, without head scale) and forget the gradient."""
        p = self._places
        self._weights = weights
        for layer in range(p.layers):
            forward, back, result, _ = self._table[layer, 4:]
            self._f32[forward : forward + self._forward[layer].size] = weights[self._forward[layer]]
            self._f32[back : back + self._back[layer].size] = weights[self._back[layer]]
            self._f32[result : result + self._forward[layer].size] = 0.0
        self._f32[p.head_weights : p.head_weights + self._head.size] = weights[self._head] * np.float32(HEAD_SCALE)
        self._f32[p.head_result : p.head_result + self._head.size] = 0.0
        self._rechannel_result = np.zeros(self.channels)

    def add(self, x: Floats, target: Floats) -> float:
        """Add one item to the gradient.

        Args:
            x: ``(context_frames + heard_frames,)``.
            target: ``(heard_frames,)``.

        Returns:
            The sum of squared differences between what the network plays and ``target``.
        """
        p = self._places
        self._row(p.guitar)[:] = x
        for channel in range(self.channels):
            self._row(p.inputs + channel * p.stride)[:] = x * self._weights[self._rechannel[channel]]
        loss = float(item_kernel(self._f32, p, self._table, target))
        for channel in range(self.channels):
            self._rechannel_result[channel] += float(np.dot(self._row(p.wanted + channel * p.stride), x))
        return loss

    @property
    def played(self) -> Floats:
        """What the last item's ``heard_frames`` sounded like."""
        return self._row(self._places.played)[self.context_frames :]

    def gradient(self) -> NDArray[np.float64]:
        """Of the sum of squared differences of all items since ``load``, in the order of the weights."""
        p = self._places
        gradient = np.zeros(weight_count(self.channels))
        gradient[self._rechannel] = self._rechannel_result
        for layer in range(p.layers):
            result = self._table[layer, 6]
            gradient[self._forward[layer]] = self._f32[result : result + self._forward[layer].size]
        gradient[self._head] = self._f32[p.head_result : p.head_result + self._head.size] * np.float32(HEAD_SCALE)
        return gradient
