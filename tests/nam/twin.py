"""The format's arithmetic once more, slowly: float64, whole signals, nothing shared with the kernels.

It reads the JSON itself, so that it also checks how ``pedal.nam`` cuts the weight stream. With a ``Recorder``
for a stream it makes weights up instead of reading them (see ``models.filled``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]
Document = dict[str, Any]

FILMS = (
    "conv_pre_film",
    "conv_post_film",
    "input_mixin_pre_film",
    "input_mixin_post_film",
    "activation_pre_film",
    "activation_post_film",
    "layer1x1_post_film",
    "head1x1_post_film",
)


class Stream:
    """Numbers taken from a weight stream in order."""

    def __init__(self, document: Document) -> None:
        self.values = np.array(document["weights"], np.float32).astype(np.float64)
        self.at = 0

    def take(self, *shape: int) -> Signal:
        size = int(np.prod(shape))
        self.at += size
        return self.values[self.at - size : self.at].reshape(shape)

    def close(self) -> None:
        assert self.at == len(self.values)


class RoundedStream(Stream):
    """The same stream, each number off by as much as a float32 is rounded: to see what rounding does to a network."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        noise = np.random.default_rng(1).standard_normal(self.values.size)
        self.values = self.values * (1.0 + 2.0**-24 * noise)


Opener = Callable[[Document], Any]


def convolve(taps: Signal, x: Signal, dilation: int, groups: int = 1) -> Signal:
    """Causal convolution; ``taps`` (out, in / groups, K), ``x`` (in, frames); the last tap meets the newest frame."""
    outs, ins, count = taps.shape
    y = np.zeros((outs, x.shape[1]))
    for g in range(groups):
        o, i = slice(g * outs // groups, (g + 1) * outs // groups), slice(g * ins, (g + 1) * ins)
        for k in range(count):
            delay = min((count - 1 - k) * dilation, x.shape[1])
            y[o, delay:] += taps[o, :, k] @ x[i, : x.shape[1] - delay]
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
            return sigmoid(z)
        case "SiLU":
            return z * sigmoid(z)
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


def sigmoid(z: Signal) -> Signal:
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def render(
    document: Document, x: NDArray[np.float32], slim: float = 1.0, history: int = 0, opener: Opener = Stream
) -> Signal:
    """What a model makes of ``x`` after ``history`` frames of silence."""
    signal = np.concatenate([np.zeros(history), x.astype(np.float64)])[None]
    return play(document, signal, slim, opener)[0, history:]


def play(document: Document, x: Signal, slim: float = 1.0, opener: Opener = Stream) -> Signal:
    """All outputs for the input rows ``x``."""
    config = document["config"]
    if document["architecture"] == "SlimmableContainer":
        tiers = config["submodels"]
        chosen = next((tier for tier in tiers if slim < tier["max_value"]), tiers[-1])
        return play(chosen["model"], x, 1.0, opener)
    if document["architecture"] == "Sequential":
        for part in config["models"]:
            x = play(part, x, 1.0, opener)
        return x
    stream = opener(document)
    match document["architecture"]:
        case "WaveNet":
            y = wavenet(config, stream, x, slim, opener)
        case "LSTM":
            y = lstm(config, stream, x)
        case "ConvNet":
            y = convnet(config, stream, x)
        case "Linear":
            taps = stream.take(config["receptive_field"])
            y = convolve(taps[None, None, ::-1], x, 1)
            y = y + stream.take(1) if config["bias"] else y
    stream.close()
    return y


def lstm(config: Document, stream: Any, x: Signal) -> Signal:
    h_size, outs = config["hidden_size"], config.get("out_channels", 1)
    for _ in range(config["num_layers"]):
        matrix, bias = stream.take(4 * h_size, len(x) + h_size), stream.take(4 * h_size)
        h, c = stream.take(h_size), stream.take(h_size)
        y = np.zeros((h_size, x.shape[1]))
        for t in range(x.shape[1]):
            i, f, g, o = np.split(matrix @ np.concatenate([x[:, t], h]) + bias, 4)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            y[:, t] = h
        x = y
    return stream.take(outs, h_size) @ x + stream.take(outs, 1)


def convnet(config: Document, stream: Any, x: Signal) -> Signal:
    c, outs, groups = config["channels"], config.get("out_channels", 1), config.get("groups", 1)
    for dilation in config["dilations"]:
        x = convolve(stream.take(c, len(x) // groups, 2), x, dilation, groups)
        if config["batchnorm"]:
            mean, variance, gain, bias = (stream.take(c, 1) for _ in range(4))
            x = (x - mean) / np.sqrt(variance + stream.take(1)) * gain + bias
        else:
            x = x + stream.take(c, 1)
        x = activate(config["activation"], x)
    return stream.take(outs, c) @ x + stream.take(outs, 1)


def wavenet(config: Document, stream: Any, x: Signal, slim: float, opener: Opener) -> Signal:
    condition = play(config["condition_dsp"], x, 1.0, opener) if config.get("condition_dsp") else x
    arrays = config["layers"]
    kept = [kept_channels(array, slim) for array in arrays]
    residual, head = x, None
    for n, array in enumerate(arrays):
        sliced = n + 1 < len(arrays) and kept[n + 1] < arrays[n + 1]["channels"]
        following = kept[n + 1] if sliced else None
        residual, head = layer_array(array, stream, kept[n], following, residual, head, condition)
    assert head is not None
    post = config.get("head")
    convolutions: list[tuple[Signal, Signal]] = []
    if post:
        rows = [len(head), *[post["channels"]] * (len(post["kernel_sizes"]) - 1), post["out_channels"]]
        for i, count in enumerate(post["kernel_sizes"]):
            convolutions.append((stream.take(rows[i + 1], rows[i], count), stream.take(rows[i + 1], 1)))
    y = stream.take(1)[0] * head
    for taps, bias in convolutions:
        y = convolve(taps, activate(post["activation"], y), 1) + bias
    return y


def kept_channels(array: Document, slim: float) -> int:
    slimmable = array.get("slimmable") or {}
    if not slimmable.get("method"):
        return int(array["channels"])
    sizes = slimmable.get("kwargs", {}).get("allowed_channels") or list(range(1, array["channels"] + 1))
    return int(sizes[min(int(slim * len(sizes)), len(sizes) - 1)])


def layer_array(
    array: Document, stream: Any, c: int, following: int | None, u: Signal, head: Signal | None, condition: Signal
) -> tuple[Signal, Signal]:
    """Residual stream and head output of one array, sliced to ``c`` channels."""
    whole_c = array["channels"]
    whole_b = array.get("bottleneck") or whole_c
    layer1x1 = array.get("layer1x1") or {"active": True, "groups": 1}
    head1x1 = array.get("head1x1") or {"active": False}
    b = max(1, whole_b * c // whole_c) if layer1x1["active"] else c
    sums = head1x1["out_channels"] if head1x1["active"] else 0
    d = len(condition)
    count = len(array["dilations"])
    u = stream.take(whole_c, array["input_size"])[:c, : len(u)] @ u

    def of(key: str, default: Any, i: int) -> Any:
        value = array.get(key)
        value = default if value is None else value
        return value[i] if isinstance(value, list) else value

    for i in range(count):
        kernel = array["kernel_sizes"][i] if array.get("kernel_sizes") else array["kernel_size"]
        mode = of("gating_mode", "gated" if array.get("gated") else "none", i)
        twice = 1 if mode == "none" else 2
        z, whole_z = twice * b, twice * whole_b
        g, gm = array.get("groups_input", 1), array.get("groups_input_mixin", 1)
        taps = stream.take(whole_z, whole_c // g, kernel)[:z, : c // g]
        bias = stream.take(whole_z, 1)[:z]
        mixin = stream.take(whole_z, d // gm, 1)[:z]
        if layer1x1["active"]:
            out = stream.take(whole_c, whole_b // layer1x1["groups"], 1)[:c, : b // layer1x1["groups"]]
            out_bias = stream.take(whole_c, 1)[:c]
        if sums:
            share = stream.take(sums, whole_b // head1x1["groups"], 1)[:, : b // head1x1["groups"]]
            share_bias = stream.take(sums, 1)
        films = {}
        widths = ((c, whole_c), (z, whole_z), (d, d), (z, whole_z), (z, whole_z), (b, whole_b), (c, whole_c))
        for place, (rows, whole_rows) in zip(FILMS, (*widths, (sums, sums)), strict=True):
            spec = array.get(place)
            if spec is None or spec is False or not spec.get("active", True):
                continue
            parts, groups = 2 if spec.get("shift", True) else 1, spec.get("groups", 1)
            weights = stream.take(parts * whole_rows, d // groups, 1)[: parts * rows]
            films[place] = convolve(weights, condition, 1, groups) + stream.take(parts * whole_rows, 1)[: parts * rows]

        def film(place: str, v: Signal, films: dict[str, Signal] = films) -> Signal:
            both = films.get(place)
            if both is None:
                return v
            return v * both[: len(v)] + (both[len(v) :] if len(both) > len(v) else 0)

        a = film("conv_post_film", convolve(taps, film("conv_pre_film", u), array["dilations"][i], g) + bias)
        m = film("input_mixin_post_film", convolve(mixin, film("input_mixin_pre_film", condition), 1, gm))
        total = film("activation_pre_film", a + m)
        y = activate(of("activation", None, i), total[:b])
        if mode != "none":
            gate = activate(of("secondary_activation", "Sigmoid", i), total[b:])
            y = gate * y if mode == "gated" else gate * y + (1 - gate) * total[:b]
        y = film("activation_post_film", y)
        given = film("head1x1_post_film", convolve(share, y, 1, head1x1["groups"]) + share_bias) if sums else y
        head = given if head is None else head + given
        if layer1x1["active"]:
            u = u + film("layer1x1_post_film", convolve(out, y, 1, layer1x1["groups"]) + out_bias)
    shape = array.get("head") or {"out_channels": array["head_size"], "kernel_size": 1, "bias": array["head_bias"]}
    whole_outs = shape["out_channels"]
    outs = following or whole_outs
    assert head is not None
    taps = stream.take(whole_outs, sums or whole_b, shape["kernel_size"])[:outs, : len(head)]
    head = convolve(taps, head, shape.get("head_dilation", 1))
    return u, head + stream.take(whole_outs, 1)[:outs] if shape["bias"] else head
