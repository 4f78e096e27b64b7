"""The ``config`` and ``weights`` of a WaveNet, checked into a ``WaveNetSpec``.

Called by ``file``; pure. What the format allows but this pedal does not play yet is refused in a
plain sentence; what is wrong is refused with its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from pedal.nam.activations import PARAMETERS, UNKNOWN_HERE
from pedal.nam.document import Node, is_finite
from pedal.nam.spec import Activation, ArraySpec, LayerSpec, WaveNetSpec, Weights

MAX_ARRAYS = 16
MAX_LAYERS = 256
MAX_CHANNELS = 256
MAX_KERNEL = 4096
MAX_DILATION = 1 << 20
#: Numbers of history that a width may keep (64 MiB).
MAX_HISTORY = 1 << 24

_FILMS = (
    "conv_pre_film",
    "conv_post_film",
    "input_mixin_pre_film",
    "input_mixin_post_film",
    "activation_pre_film",
    "activation_post_film",
    "layer1x1_post_film",
    "head1x1_post_film",
)
_PLAYS = "Choose an ungated WaveNet or an A2 model"
T = TypeVar("T")


def parse_wavenet(root: Node) -> WaveNetSpec:
    """The network of a document whose architecture is WaveNet.

    Raises:
        ModelError: malformed, not playable here, or with another number of weights than its shapes call for.
    """
    config = root.need("config")
    _refuse_extras(config)
    config.need("head_scale").number()
    nodes = config.need("layers").items(MAX_ARRAYS)
    arrays = tuple(_parse_array(node) for node in nodes)
    _check_joints(nodes, arrays)
    history = sum(
        sum(layer.history_frames for layer in array.layers) * array.channels
        + array.head_history_frames * array.bottleneck
        for array in arrays
    )
    if history > MAX_HISTORY:
        raise config.get("layers").refuse(
            f"ask for a history of {history} numbers, more than this pedal keeps ({MAX_HISTORY})"
        )
    expected = WaveNetSpec(arrays, np.zeros(0, np.float32)).weights_count
    return WaveNetSpec(arrays, _parse_weights(root.need("weights"), expected))


def _refuse_extras(config: Node) -> None:
    channels = config.get("in_channels")
    if channels.integer(1, MAX_CHANNELS, 1) != 1:
        raise channels.refuse("asks for several input channels; a guitar has one", _PLAYS)
    for key, what in (("head", "a post-stack head"), ("condition_dsp", "a second network as condition")):
        if config.has(key):
            raise config.get(key).refuse(f"is {what}, which this pedal does not play yet", _PLAYS)


def _parse_array(node: Node) -> ArraySpec:
    channels = node.need("channels").integer(1, MAX_CHANNELS)
    bottleneck = node.get("bottleneck").integer(1, MAX_CHANNELS, channels)
    condition = node.need("condition_size")
    if condition.integer(1, MAX_CHANNELS) != 1:
        raise condition.refuse("is above 1 without a network that makes the condition")
    dilations = [item.integer(0, MAX_DILATION) for item in node.need("dilations").items(MAX_LAYERS)]
    kernels = _kernel_sizes(node, len(dilations))
    activations = _per_layer(node.need("activation"), len(dilations), lambda item: _parse_activation(item, bottleneck))
    _refuse_array_extras(node, len(dilations))
    residual = node.get("layer1x1").absent or node.get("layer1x1").need("active").flag(True)
    if not residual and bottleneck != channels:
        raise node.get("bottleneck").refuse(f"is {bottleneck}; without layer1x1 it has to equal channels ({channels})")
    head_out, head_kernel, head_dilation, head_bias = _parse_head(node)
    return ArraySpec(
        input_size=node.need("input_size").integer(1, MAX_CHANNELS),
        channels=channels,
        bottleneck=bottleneck,
        layers=tuple(LayerSpec(*parts) for parts in zip(kernels, dilations, activations, strict=True)),
        residual=residual,
        head_out=head_out,
        head_kernel_size=head_kernel,
        head_dilation=head_dilation,
        head_bias=head_bias,
    )


def _kernel_sizes(node: Node, count: int) -> list[int]:
    single, several = node.get("kernel_size"), node.get("kernel_sizes")
    if single.absent == several.absent:
        given = "neither" if single.absent else "both"
        raise node.refuse(f"has {given} of kernel_size and kernel_sizes; exactly one is expected")
    if several.absent:
        return [single.integer(1, MAX_KERNEL)] * count
    return [item.integer(1, MAX_KERNEL) for item in _exactly(several, count)]


def _exactly(node: Node, count: int) -> list[Node]:
    items = node.items(MAX_LAYERS)
    if len(items) != count:
        raise node.refuse(f"has {len(items)} entries for {count} dilations")
    return items


def _per_layer(node: Node, count: int, parse: Callable[[Node], T]) -> list[T]:
    """One value for all layers, or a list with one for each."""
    if isinstance(node.value, list):
        return [parse(item) for item in _exactly(node, count)]
    return [parse(node)] * count


def _parse_activation(node: Node, rows: int) -> Activation:
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


def _parse_head(node: Node) -> tuple[int, int, int, bool]:
    """Rows out, kernel size, dilation and bias of the head convolution, in either notation."""
    head = node.get("head")
    if head.absent:
        size = node.need("head_size").integer(1, MAX_CHANNELS)
        return size, 1, 1, node.need("head_bias").flag(False)
    return (
        head.need("out_channels").integer(1, MAX_CHANNELS),
        head.need("kernel_size").integer(1, MAX_KERNEL),
        head.get("head_dilation").integer(0, MAX_DILATION, 1),
        head.need("bias").flag(False),
    )


def _refuse_array_extras(node: Node, count: int) -> None:
    """Refuse what an ungated, unconditioned, ungrouped array does not have."""
    modes = node.get("gating_mode")
    if modes.absent:
        if node.get("gated").flag(False):
            raise node.get("gated").refuse("is true: this pedal does not play gated layers yet", _PLAYS)
    else:
        for mode in _per_layer(modes, count, lambda item: item):
            if mode.choice(("none", "gated", "blended"), "gating mode") != "none":
                raise mode.refuse(f"is '{mode.value}', which this pedal does not play yet", _PLAYS)
    for key in _FILMS:
        film = node.get(key)
        if not film.absent and film.value is not False and film.get("active").flag(True):
            raise film.refuse("is active: this pedal does not play FiLM yet", _PLAYS)
    head1x1 = node.get("head1x1")
    if not head1x1.absent and head1x1.need("active").flag(False):
        raise head1x1.refuse("is active, which this pedal does not play yet", _PLAYS)
    layer1x1 = node.get("layer1x1")
    inner_groups = [] if layer1x1.absent else [layer1x1.need("groups")]
    for groups in (node.get("groups_input"), node.get("groups_input_mixin"), *inner_groups):
        if groups.integer(1, MAX_CHANNELS, 1) != 1:
            raise groups.refuse("is above 1: this pedal does not play grouped convolutions yet", _PLAYS)
    slimmable = node.get("slimmable")
    if not slimmable.absent and slimmable.get("method").value:
        raise slimmable.refuse("slices channels, which this pedal does not play yet", _PLAYS)


def _check_joints(nodes: list[Node], arrays: tuple[ArraySpec, ...]) -> None:
    """Each array has to fit the one before it, the ends a mono signal."""
    entering = 1
    for i, (node, array) in enumerate(zip(nodes, arrays, strict=True)):
        if array.input_size != entering:
            source = f"the {entering} channels of array {i - 1}" if i else "a mono input"
            raise node.get("input_size").refuse(f"is {array.input_size}; it follows {source}")
        if i and arrays[i - 1].head_out != array.bottleneck:
            raise node.refuse(f"sums {array.bottleneck} head rows; array {i - 1} hands over {arrays[i - 1].head_out}")
        entering = array.channels
    if arrays[-1].head_out != 1:
        raise nodes[-1].refuse(f"puts out {arrays[-1].head_out} channels; a mono output is expected")


def _parse_weights(node: Node, expected: int) -> Weights:
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
    wrong = next((i for i, value in enumerate(values) if not -3.5e38 < value < 3.5e38), -1)
    if wrong < 0:
        with np.errstate(over="ignore"):
            stream = np.array(values, np.float64).astype(np.float32)
        if np.isfinite(stream).all():
            return stream
        wrong = int(np.flatnonzero(~np.isfinite(stream))[0])
    place = Node(None, f"{node.place}[{wrong}]", node.where)
    raise place.refuse("is not finite as a float32", "Export the model again")
