"""Model documents made up by the tests, as Python dictionaries, and what it takes to play them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pedal.nam import Model, parse_model

VECTORS = Path(__file__).resolve().parents[1] / "vectors"

A2_KERNELS = [6] * 14 + [15, 15] + [6] * 7
A2_DILATIONS = [1, 3, 7, 17, 41, 101, 239] * 2 + [1, 13] + [1, 3, 7, 17, 41, 101, 239]


def array(channels: int, dilations: list[int], **changes: Any) -> dict[str, Any]:
    """One layer array with one output; keys given as None are left out."""
    made: dict[str, Any] = {
        "input_size": 1,
        "condition_size": 1,
        "channels": channels,
        "dilations": dilations,
        "kernel_size": 3,
        "activation": "Tanh",
        "head": {"out_channels": 1, "kernel_size": 1, "bias": True},
    }
    made.update(changes)
    return {key: value for key, value in made.items() if value is not None}


def wavenet(*arrays: dict[str, Any], seed: int = 0, **changes: Any) -> dict[str, Any]:
    """A whole WaveNet document with as many random weights as its shapes call for."""
    rng = np.random.default_rng(seed)
    parts: list[NDArray[np.float64]] = []

    def add(fan_in: int, count: int) -> None:
        parts.append(rng.standard_normal(count) / np.sqrt(fan_in))

    for one in arrays:
        c, inner = one["channels"], one.get("bottleneck", one["channels"])
        layers = len(one["dilations"])
        add(one["input_size"], c * one["input_size"])
        for kernel in one.get("kernel_sizes", [one.get("kernel_size")] * layers):
            add(c * kernel, inner * c * kernel)
            add(4, inner)  # bias
            add(2, inner)  # mixin
            if one.get("layer1x1", {"active": True})["active"]:
                add(inner, c * inner)
                add(4, c)
        head = one.get("head") or {"out_channels": one["head_size"], "kernel_size": 1, "bias": one["head_bias"]}
        add(inner * head["kernel_size"] * layers, head["out_channels"] * inner * head["kernel_size"])
        if head["bias"]:
            add(4, head["out_channels"])
    weights = [float(v) for v in np.concatenate(parts).astype(np.float32)] + [0.5]
    document = {
        "version": "0.7.0",
        "architecture": "WaveNet",
        "sample_rate": 48000,
        "metadata": {"name": "made up"},
        "config": {"layers": list(arrays), "head": None, "head_scale": 0.02},
        "weights": weights,
    }
    document.update(changes)
    return document


def a2(channels: int, seed: int = 0) -> dict[str, Any]:
    """A network of the A2 shape."""
    shape = array(
        channels,
        A2_DILATIONS,
        kernel_size=None,
        kernel_sizes=A2_KERNELS,
        activation=[{"type": "LeakyReLU", "negative_slope": 0.01}] * 23,
        head={"out_channels": 1, "kernel_size": 16, "bias": True},
    )
    return wavenet(shape, seed=seed)


def small() -> dict[str, Any]:
    """A short network for the plain kernels."""
    return wavenet(array(2, [1, 2]))


def container(*tiers: tuple[float, dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """A container document."""
    submodels = [{"max_value": value, "model": model} for value, model in tiers]
    document = {
        "version": "0.7.0",
        "architecture": "SlimmableContainer",
        "sample_rate": 48000,
        "config": {"submodels": submodels},
        "weights": [],
    }
    document.update(changes)
    return document


def parse(document: Any) -> Model:
    """The model of a document."""
    return parse_model(json.dumps(document).encode(), "made-up.nam")


def noise(frames: int, seed: int = 1) -> NDArray[np.float32]:
    """White noise, a third of full scale."""
    return (0.3 * np.random.default_rng(seed).standard_normal(frames)).astype(np.float32)
