"""Parts of a model file that several architectures have: activations, per-layer lists, weights.

Called by ``wavenet_file`` and ``network_file``; pure. What is wrong is refused with its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from pedal.nam.activations import PARAMETERS, UNKNOWN_HERE
from pedal.nam.document import Node, is_finite
from pedal.nam.spec import Activation, Weights

MAX_LAYERS = 256
MAX_CHANNELS = 256
MAX_KERNEL = 4096
MAX_DILATION = 1 << 20
T = TypeVar("T")


def exactly(node: Node, count: int) -> list[Node]:
    """A list with one entry per dilation."""
    items = node.items(MAX_LAYERS)
    if len(items) != count:
        raise node.refuse(f"has {len(items)} entries for {count} dilations")
    return items


def per_layer(node: Node, count: int, parse: Callable[[Node], T]) -> list[T]:
    """One value for all layers, or a list with one for each."""
    if isinstance(node.value, list):
        return [parse(item) for item in exactly(node, count)]
    return [parse(node)] * count


def parse_activation(node: Node, rows: int) -> Activation:
    """An activation of ``rows`` channels: a name, or an object with parameters.

    Raises:
        ModelError: unknown, or with parameters that are not numbers.
    """
    as_object = isinstance(node.value, dict)
    kind = node.need("type") if as_object else node
    if kind.value in UNKNOWN_HERE:
        raise kind.refuse(f"is {kind.value}, which no player of this format knows")
    name = kind.choice(PARAMETERS, "activation")
    if name == "LeakyHardTanh":
        name = "LeakyHardtanh"
    # An empty object stands in for the bare name: every parameter then has its default.
    source = node if as_object else Node({}, node.place, node.where)
    if name == "PReLU":
        return Activation(name, _slopes(source, rows))
    return Activation(name, tuple(_parameter(source.get(key), value) for key, value in PARAMETERS[name]))


def _parameter(node: Node, default: float) -> float:
    value = node.number(default)
    if not is_finite(value):
        raise node.refuse("is beyond what a float32 holds")
    return value


def _slopes(node: Node, rows: int) -> tuple[float, ...]:
    """One slope per row. A single slope wins over a list, as in the reference player."""
    if node.has("negative_slope") or not node.has("negative_slopes"):
        return (_parameter(node.get("negative_slope"), 0.01),) * rows
    slopes = [_parameter(item, 0.01) for item in node.get("negative_slopes").items(MAX_CHANNELS)]
    if len(slopes) != rows:
        raise node.get("negative_slopes").refuse(f"has {len(slopes)} entries for {rows} channels")
    return tuple(slopes)


def parse_groups(node: Node, entering: int, leaving: int, used: bool = True) -> int:
    """How many groups a convolution is cut into; both its sides have to divide by it.

    Raises:
        ModelError: they do not.
    """
    groups = node.integer(1, 2 * MAX_CHANNELS, 1)
    if not used:
        return 1
    if entering % groups or leaving % groups:
        raise node.refuse(f"is {groups}; {entering} rows in and {leaving} out do not divide by it")
    return groups


def parse_weights(node: Node, expected: int) -> Weights:
    """The stream as float32 ``(expected,)``.

    Raises:
        ModelError: another count, something that is no number, or one that is not finite as a float32.
    """
    values = node.value
    if not isinstance(values, list):
        raise node.refuse("is not a list of numbers")
    if len(values) != expected:
        raise node.refuse(f"holds {len(values)} numbers; this network has {expected}", "Export the model again")
    if not set(map(type, values)) <= {int, float}:
        wrong = next(i for i, value in enumerate(values) if type(value) not in (int, float))
        raise Node(values[wrong], f"{node.place}[{wrong}]", node.where).refuse("is not a number")
    try:
        with np.errstate(over="ignore"):
            stream = np.array(values, np.float64).astype(np.float32)
    except OverflowError:  # a whole number that is not even a float64
        wrong = next(i for i, value in enumerate(values) if not -3.5e38 < value < 3.5e38)
    else:
        if np.isfinite(stream).all():
            return stream
        wrong = int(np.flatnonzero(~np.isfinite(stream))[0])
    place = Node(None, f"{node.place}[{wrong}]", node.where)
    raise place.refuse("is not finite as a float32", "Export the model again")
