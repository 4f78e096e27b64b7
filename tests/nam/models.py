"""Model documents made up by the tests, as Python dictionaries, and what it takes to play them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pedal.nam import Model, parse_model
from tests.nam import twin

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


class Recorder:
    """Stands in for a weight stream and makes it up: what is taken is random, and kept for the document."""

    def __init__(self, document: dict[str, Any], rng: np.random.Generator) -> None:
        self._document = document
        self._rng = rng
        self._parts: list[NDArray[np.float32]] = []

    def take(self, *shape: int) -> NDArray[np.float64]:
        fan_in = np.prod(shape[1:]) if np.prod(shape[1:]) > 1 else 8
        part = (self._rng.standard_normal(shape) / np.sqrt(fan_in)).astype(np.float32)
        if self._document["architecture"] == "ConvNet":
            part = np.abs(part)  # variances are positive
        self._parts.append(part.ravel())
        return part.astype(np.float64)

    def close(self) -> None:
        self._document["weights"] = [float(v) for v in np.concatenate(self._parts)]


def filled(document: dict[str, Any], seed: int = 0) -> dict[str, Any]:
    """``document`` with as many random weights, in all the models it is made of, as the twin takes from them."""
    if document["architecture"] == "SlimmableContainer":
        for k, tier in enumerate(document["config"]["submodels"]):
            filled(tier["model"], seed + k)
        return document
    rng = np.random.default_rng(seed)
    twin.play(document, np.zeros((document["config"].get("in_channels", 1), 1)), opener=lambda one: Recorder(one, rng))
    return document


def document(architecture: str, config: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A document without weights."""
    made: dict[str, Any] = {
        "version": "0.7.0",
        "architecture": architecture,
        "sample_rate": 48000,
        "metadata": {"name": "made up"},
        "config": config,
        "weights": [],
    }
    return made | changes


def wavenet(*arrays: dict[str, Any], seed: int = 0, config: dict[str, Any] | None = None, **changes: Any) -> Any:
    """A whole WaveNet document with as many random weights as its shapes call for."""
    shapes = {"layers": list(arrays), "head": None, "head_scale": 0.02}
    return filled(document("WaveNet", shapes | (config or {}), **changes), seed)


def lstm(hidden: int = 5, layers: int = 2, outputs: int = 1, seed: int = 0) -> dict[str, Any]:
    """A recurrent network that settles in few frames."""
    config = {"input_size": 1, "hidden_size": hidden, "num_layers": layers, "out_channels": outputs}
    return filled(document("LSTM", config, sample_rate=2000), seed)


def convnet(channels: int, dilations: list[int], batchnorm: bool = True, seed: int = 0) -> dict[str, Any]:
    """Convolutions in a row."""
    config = {"channels": channels, "dilations": dilations, "batchnorm": batchnorm, "activation": "Tanh"}
    return filled(document("ConvNet", config), seed)


def linear(taps: int, bias: bool = True, seed: int = 0) -> dict[str, Any]:
    """An impulse response."""
    return filled(document("Linear", {"receptive_field": taps, "bias": bias}, sample_rate=None), seed)


def chain(*parts: dict[str, Any]) -> dict[str, Any]:
    """Models one after the other."""
    return document("Sequential", {"models": list(parts)}, sample_rate=None)


FILM = {"active": True, "shift": True, "groups": 1}


def rich() -> dict[str, Any]:
    """A short network with a gate, groups, FiLMs, a head 1x1, a condition of its own and a post-stack head."""
    condition = wavenet(array(2, [1], head={"out_channels": 2, "kernel_size": 1, "bias": True}))
    shape = array(
        4,
        [1, 2],
        bottleneck=6,
        condition_size=2,
        gating_mode=["blended", "gated"],
        groups_input=2,
        head1x1={"active": True, "out_channels": 3, "groups": 3},
        **dict.fromkeys(twin.FILMS, FILM),
    )
    head = {"channels": 2, "out_channels": 1, "kernel_sizes": [2, 3], "activation": "Softsign"}
    return wavenet(shape, config={"condition_dsp": condition, "head": head})


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
    return document("SlimmableContainer", {"submodels": submodels}, metadata=None) | changes


def parse(document: Any) -> Model:
    """The model of a document."""
    return parse_model(json.dumps(document).encode(), "made-up.nam")


def noise(frames: int, seed: int = 1) -> NDArray[np.float32]:
    """White noise, a third of full scale."""
    return (0.3 * np.random.default_rng(seed).standard_normal(frames)).astype(np.float32)
