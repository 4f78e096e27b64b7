"""The format's arithmetic once more, slowly: float64, whole signals, nothing shared with the kernels.

It reads the JSON itself, so that it also checks how ``pedal.nam`` cuts the weight stream.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]


class Stream:
    """Numbers taken from a weight stream in order."""

    def __init__(self, weights: list[float]) -> None:
        self.values = np.array(weights, np.float32).astype(np.float64)
        self.at = 0

    def take(self, *shape: int) -> Signal:
        size = int(np.prod(shape))
        self.at += size
        return self.values[self.at - size : self.at].reshape(shape)


def convolve(taps: Signal, x: Signal, dilation: int) -> Signal:
    """Causal convolution; ``taps`` (out, in, K), ``x`` (in, frames); the last tap meets the newest frame."""
    y = np.zeros((taps.shape[0], x.shape[1]))
    for k in range(taps.shape[2]):
        delay = min((taps.shape[2] - 1 - k) * dilation, x.shape[1])
        y[:, delay:] += taps[:, :, k] @ x[:, : x.shape[1] - delay]
    return y


def activate(spec: Any, z: Signal) -> Signal:
    """The format's activations."""
    p = spec if isinstance(spec, dict) else {"type": spec}
    slope = p.get("negative_slope", p.get("negative_slopes", 0.01))
    match p["type"]:
        case "Tanh":
            return np.tanh(z)
        case "Hardtanh":
            return np.clip(z, -1, 1)
        case "ReLU":
            return np.maximum(z, 0)
        case "LeakyReLU" | "PReLU":
            return np.where(z > 0, z, (np.array(slope)[:, None] if isinstance(slope, list) else slope) * z)
        case "Sigmoid":
            return 1 / (1 + np.exp(-z))
        case "SiLU":
            return z / (1 + np.exp(-z))
        case "Hardswish":
            return z * np.clip(z + 3, 0, 6) / 6
        case "Softsign":
            return z / (1 + np.abs(z))
        case "LeakyHardtanh" | "LeakyHardTanh":
            low, high = p.get("min_val", -1), p.get("max_val", 1)
            below = (z - low) * p.get("min_slope", 0.01) + low
            above = (z - high) * p.get("max_slope", 0.01) + high
            return np.where(z < low, below, np.where(z > high, above, z))
        case "Fasttanh":
            a = np.abs(z)
            above = z * (2.45550750702956 * (1 + a) + (0.893229853513558 + 0.821226666969744 * a) * z * z)
            return above / (2.44506634652299 + (2.44506634652299 + z * z) * np.abs(z + 0.814642734961073 * z * a))
    raise AssertionError(p)


def render(document: dict[str, Any], x: NDArray[np.float32], slim: float = 1.0, history: int = 0) -> Signal:
    """What a model makes of ``x`` after ``history`` frames of silence."""
    if document["architecture"] == "SlimmableContainer":
        tiers = document["config"]["submodels"]
        chosen = next((tier for tier in tiers if slim < tier["max_value"]), tiers[-1])
        return render(chosen["model"], x, 1.0, history)
    stream = Stream(document["weights"])
    guitar = np.concatenate([np.zeros(history), x.astype(np.float64)])[None]
    head, residual = None, guitar
    for array in document["config"]["layers"]:
        channels = array["channels"]
        inner = array.get("bottleneck", channels)
        residual = stream.take(channels, array["input_size"]) @ residual
        count = len(array["dilations"])
        kernels = array.get("kernel_sizes", [array.get("kernel_size")] * count)
        activation = array["activation"]
        activations = activation if isinstance(activation, list) else [activation] * count
        for kernel, dilation, shape in zip(kernels, array["dilations"], activations, strict=True):
            taps, bias, mixin = stream.take(inner, channels, kernel), stream.take(inner, 1), stream.take(inner, 1)
            y = activate(shape, convolve(taps, residual, dilation) + bias + mixin * guitar)
            head = y if head is None else head + y
            if (array.get("layer1x1") or {"active": True})["active"]:
                residual = residual + stream.take(channels, inner) @ y + stream.take(channels, 1)
        shape = array.get("head") or {"out_channels": array["head_size"], "kernel_size": 1, "bias": array["head_bias"]}
        outs, taps_count = shape["out_channels"], shape["kernel_size"]
        assert head is not None
        head = convolve(stream.take(outs, inner, taps_count), head, shape.get("head_dilation", 1))
        if shape["bias"]:
            head = head + stream.take(outs, 1)
    scale = stream.take(1)[0]
    assert stream.at == len(stream.values)
    assert head is not None
    return scale * head[0, history:]
