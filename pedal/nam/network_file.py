"""One document, or one inside another, checked into a network of whatever architecture.

Called by ``file``; pure. ``parse_network`` reads what plays at one size; containers of several are taken apart
by ``file``, and inside other documents they play their widest.
"""

from __future__ import annotations

import re
from dataclasses import replace
from math import gcd

import numpy as np

from pedal.errors import ModelError, did_you_mean
from pedal.layout import MAX_WIDTHS
from pedal.nam.document import Node, printable
from pedal.nam.file_parts import (
    MAX_CHANNELS,
    MAX_DILATION,
    MAX_LAYERS,
    parse_activation,
    parse_groups,
    parse_weights,
)
from pedal.nam.networks import ConvNetSpec, LinearSpec, LstmSpec, Network, SequentialSpec
from pedal.nam.spec import Weights
from pedal.nam.wavenet_file import parse_wavenet

#: Documents in documents.
MAX_NESTING = 4
#: A chain never holds more.
MAX_PARTS = 32
#: An impulse response of 5 s.
MAX_TAPS = 1 << 18
MAX_LSTM_LAYERS = 16
#: What players assume where the file does not say.
ASSUMED_RATE_HZ = 48000.0
_MAX_RATE_HZ = 192_000

CONTAINER = "SlimmableContainer"
ARCHITECTURES = ("WaveNet", "LSTM", "ConvNet", "Linear", "Sequential", CONTAINER)
_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})", re.ASCII)
_NOTHING: Weights = np.zeros(0, np.float32)


def parse_network(root: Node, nesting: int = 0) -> Network:
    """The network of a document; the widest one of a container, which is never told a size in here.

    Raises:
        ModelError: malformed, nested too deeply, or more than this pedal keeps.
    """
    if nesting > MAX_NESTING:
        raise root.refuse(f"is a model inside {MAX_NESTING} others")
    match architecture(root):
        case "WaveNet":
            inner = root.need("config").get("condition_dsp")
            return parse_wavenet(root, None if inner.absent else _parse_condition(root, inner, nesting + 1))
        case "LSTM":
            return _parse_lstm(root)
        case "ConvNet":
            return _parse_convnet(root)
        case "Linear":
            return _parse_linear(root)
        case "Sequential":
            return _parse_sequential(root, nesting + 1)
    # Containers claim one channel in and one out.
    return parse_mono(submodels(root)[-1][1], nesting + 1)


def parse_mono(root: Node, nesting: int = 0) -> Network:
    """``parse_network`` of a document that has to take one channel and put out one."""
    network = parse_network(root, nesting)
    if network.inputs != 1:
        raise root.get("config").refuse(
            f"takes {network.inputs} channels; a guitar has one, and no file says which of them it is",
            "Choose a mono model",
        )
    if network.outputs != 1:
        raise root.get("config").refuse(f"puts out {network.outputs} channels; a mono output is expected")
    return network


def submodels(root: Node) -> list[tuple[float, Node]]:
    """Upper edge and document of each width of a container, ascending to 1 or beyond."""
    edge, found = 0.0, []
    node = root.need("config").need("submodels")
    if isinstance(node.value, list) and len(node.value) > MAX_WIDTHS:
        raise too_many_widths(node, len(node.value))
    items = node.items(MAX_WIDTHS)
    for item in items:
        node = item.need("max_value")
        value = node.number()
        if value <= edge:
            raise node.refuse(f"is {value:g}; it has to be above the {edge:g} before it")
        edge = value
        model = item.need("model")
        _check_rates(sample_rate_hz(root), sample_rate_hz(model), model, "a container")
        found.append((edge, model))
    if edge < 1.0:
        raise items[-1].get("max_value").refuse(f"is {edge:g}; the last one has to reach 1")
    return found


def too_many_widths(node: Node, count: int) -> ModelError:
    """The refusal of a model of ``count`` widths."""
    return node.refuse(f"makes {count} widths; at most {MAX_WIDTHS} are played", "Export it with fewer")


def architecture(root: Node) -> str:
    """The architecture of a document whose four required members are there and whose version is known.

    Raises:
        ModelError: something is missing, or of another time.
    """
    _check_version(root.need("version"))
    for key in ("config", "weights"):
        root.need(key)
    node = root.need("architecture")
    name = node.text()
    if name not in ARCHITECTURES:
        hint = did_you_mean(name, ARCHITECTURES).rstrip(".")
        raise node.refuse(f"names the unknown architecture '{printable(name)}'", hint)
    return name


def sample_rate_hz(root: Node) -> float | None:
    """The rate; None where the file leaves it open (absent, null, or -1 as some exports write)."""
    node = root.get("sample_rate")
    rate_hz = node.optional_number()
    if rate_hz is None or rate_hz == -1:
        return None
    if not 1000 <= rate_hz <= _MAX_RATE_HZ:
        raise node.refuse(f"is {rate_hz:g}; a rate in Hz is expected, such as 48000")
    return rate_hz


def known_rate_hz(root: Node) -> float | None:
    """The rate of a parsed document, or else of a model inside it: a container's widest, any of a chain."""
    found = sample_rate_hz(root)
    if found is not None:
        return found
    match root.get("architecture").value:
        case "SlimmableContainer":
            return known_rate_hz(submodels(root)[-1][1])
        case "Sequential":
            models = root.get("config").get("models").items(MAX_PARTS)
            return next((rate_hz for model in models if (rate_hz := known_rate_hz(model))), None)
    return None


def _check_version(node: Node) -> None:
    """Accept 0.5.0 to 0.7.x, three plain numbers.

    Raises:
        ModelError: any other.
    """
    match = _VERSION.fullmatch(node.text())
    if match is None:
        raise node.refuse(f"is '{printable(node.text())}'; three numbers such as 0.7.0 are expected")
    major, minor, _ = (int(part) for part in match.groups())
    if major != 0 or minor > 7:
        raise node.refuse(f"is {node.text()}, newer than this pedal knows (0.5.0 to 0.7)", "Update the pedal")
    if minor < 5:
        raise node.refuse(f"is {node.text()}, older than this pedal reads (0.5.0 to 0.7)", "Export the model again")


def _check_rates(outer: float | None, inner: float | None, model: Node, what: str) -> None:
    if outer is not None and inner is not None and outer != inner:
        raise model.get("sample_rate").refuse(f"is {inner:g} Hz inside {what} of {outer:g} Hz")


def _parse_condition(root: Node, model: Node, nesting: int) -> Network:
    condition = parse_network(model, nesting)
    inputs = _inputs(root.need("config"))
    if condition.inputs != inputs:
        raise model.get("config").refuse(f"takes {condition.inputs} channels; the network around it has {inputs}")
    outer, inner = sample_rate_hz(root), sample_rate_hz(model)
    if outer != inner:
        rates = [f"{rate:g} Hz" if rate else "unknown" for rate in (inner, outer)]
        raise model.get("sample_rate").refuse(f"is {rates[0]}; the network around it has {rates[1]}")
    return condition


def _parse_sequential(root: Node, nesting: int) -> SequentialSpec:
    if root.get("weights").value != []:
        raise root.get("weights").refuse("is not empty: the weights stand in the models of the chain")
    parts: list[Network] = []
    rate_hz = sample_rate_hz(root)
    for model in root.need("config").need("models").items(MAX_PARTS):
        part = parse_network(model, nesting)
        if parts and part.inputs != parts[-1].outputs:
            raise model.get("config").refuse(
                f"takes {part.inputs} channels; the model before it puts out {parts[-1].outputs}"
            )
        parts.append(part)
        inner = known_rate_hz(model)
        _check_rates(rate_hz, inner, model, "a chain")
        rate_hz = rate_hz or inner
    return SequentialSpec(tuple(parts))


def _inputs(config: Node) -> int:
    return config.get("in_channels").integer(1, MAX_CHANNELS, 1)


def _outputs(config: Node) -> int:
    return config.get("out_channels").integer(1, MAX_CHANNELS, 1)


def _parse_lstm(root: Node) -> LstmSpec:
    config = root.need("config")
    inputs, size = _inputs(config), config.need("input_size")
    if size.integer(1, MAX_CHANNELS) != inputs:
        raise size.refuse(f"is {size.value:g}; in_channels is {inputs}")
    layers = config.need("num_layers").integer(1, MAX_LSTM_LAYERS)
    hidden = config.need("hidden_size").integer(1, MAX_CHANNELS)
    settle = int(0.5 * (sample_rate_hz(root) or ASSUMED_RATE_HZ))
    shapes = LstmSpec(layers, hidden, inputs, _outputs(config), settle, _NOTHING)
    return replace(shapes, weights=parse_weights(root.need("weights"), shapes.weights_count))


def _parse_convnet(root: Node) -> ConvNetSpec:
    config = root.need("config")
    inputs = _inputs(config)
    width = config.need("channels").integer(1, MAX_CHANNELS)
    dilations = tuple(item.integer(0, MAX_DILATION) for item in config.need("dilations").items(MAX_LAYERS))
    batchnorm = config.need("batchnorm").flag(False)
    activation = parse_activation(config.need("activation"), width)
    groups = parse_groups(config.get("groups"), gcd(inputs, width), width)
    shapes = ConvNetSpec(width, dilations, batchnorm, activation, inputs, _outputs(config), groups, _NOTHING)
    weights = parse_weights(root.need("weights"), shapes.weights_count)
    if batchnorm:
        _check_variances(root, shapes, weights)
    return replace(shapes, weights=weights)


def _check_variances(root: Node, shapes: ConvNetSpec, weights: Weights) -> None:
    """A variance whose root cannot be taken would play as silence or worse."""
    at, c = 0, shapes.width
    for layer in range(len(shapes.dilations)):
        at += shapes.taps_count(layer) + 4 * c + 1
        if not np.all(weights[at - 3 * c - 1 : at - 2 * c - 1] + weights[at - 1] > 0.0):
            raise root.get("weights").refuse(f"holds a running variance of layer {layer} that is not above 0")


def _parse_linear(root: Node) -> LinearSpec:
    config = root.need("config")
    for key in ("in_channels", "out_channels"):
        channels = config.get(key)
        if channels.integer(1, MAX_CHANNELS, 1) != 1:
            raise channels.refuse(f"is {channels.value:g}; an impulse response is expected to be mono")
    taps = config.need("receptive_field").integer(1, MAX_TAPS)
    bias = config.need("bias").flag(False)
    return LinearSpec(taps, bias, parse_weights(root.need("weights"), taps + bias))
