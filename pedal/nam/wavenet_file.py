"""The ``config`` and ``weights`` of a WaveNet, checked into a ``WaveNetSpec``.

Called by ``network_file``; pure. What is wrong is refused with its place.
"""

from __future__ import annotations

import numpy as np

from pedal.nam.document import Node
from pedal.nam.file_parts import (
    MAX_CHANNELS,
    MAX_DILATION,
    MAX_KERNEL,
    MAX_LAYERS,
    exactly,
    parse_activation,
    parse_groups,
    parse_weights,
    per_layer,
)
from pedal.nam.networks import Network
from pedal.nam.spec import FILM_PLACES, Activation, ArraySpec, FilmSpec, LayerSpec, PostHead, WaveNetSpec

MAX_ARRAYS = 16
MAX_POST_LAYERS = 16
_GATING = ("none", "gated", "blended")


def parse_wavenet(root: Node, condition: Network | None) -> WaveNetSpec:
    """The network of a document whose architecture is WaveNet.

    Args:
        root: the document.
        condition: what its ``condition_dsp`` holds.

    Raises:
        ModelError: malformed, or with another number of weights than its shapes call for.
    """
    config = root.need("config")
    inputs = config.get("in_channels").integer(1, MAX_CHANNELS, 1)
    config.need("head_scale").number()
    nodes = config.need("layers").items(MAX_ARRAYS)
    arrays = tuple(_parse_array(node, condition.outputs if condition else inputs) for node in nodes)
    check_joints(nodes, arrays, inputs)
    post_head = _parse_post_head(config.get("head"), arrays[-1].head_out) if config.has("head") else None
    if post_head and any(array.allowed_channels for array in arrays):
        raise config.get("head").refuse("stands behind layers that can be sliced; that is not possible")
    shapes = WaveNetSpec(arrays, np.zeros(0, np.float32), post_head, condition)
    weights = parse_weights(root.need("weights"), shapes.weights_count)
    return WaveNetSpec(arrays, weights, post_head, condition)


def check_joints(nodes: list[Node], arrays: tuple[ArraySpec, ...], inputs: int) -> None:
    """Refuse arrays that do not fit the one before, or the first one's ``inputs``."""
    entering = inputs
    for i, (node, array) in enumerate(zip(nodes, arrays, strict=True)):
        if array.input_size != entering:
            source = f"the {entering} channels of array {i - 1}" if i else f"an input of {inputs}"
            raise node.get("input_size").refuse(f"is {array.input_size}; it follows {source}")
        if i and arrays[i - 1].head_out != array.head_in:
            raise node.refuse(f"sums {array.head_in} head rows; array {i - 1} hands over {arrays[i - 1].head_out}")
        entering = array.channels


def _parse_array(node: Node, condition_rows: int) -> ArraySpec:
    channels = node.need("channels").integer(1, MAX_CHANNELS)
    inner = node.get("bottleneck").integer(1, MAX_CHANNELS, channels)
    condition = node.need("condition_size")
    if condition.integer(1, MAX_CHANNELS) != condition_rows:
        raise condition.refuse(f"is {condition.value:g}; what conditions it has {condition_rows} rows")
    layers = _parse_layers(node, inner)
    # Every layer has these many rows before its activation, or twice as many.
    rows = inner if any(layer.gating == "none" for layer in layers) else 2 * inner
    layer1x1, head1x1 = node.get("layer1x1"), node.get("head1x1")
    residual = layer1x1.absent or layer1x1.need("active").flag(True)
    if not residual and inner != channels:
        raise node.get("bottleneck").refuse(f"is {inner}; without layer1x1 it has to equal channels ({channels})")
    sums = 0
    if not head1x1.absent and head1x1.need("active").flag(False):
        sums = head1x1.need("out_channels").integer(1, MAX_CHANNELS)
    head_out, head_kernel, head_dilation, head_bias = _parse_head(node)
    film_rows = (channels, rows, condition_rows, rows, rows, inner, channels if residual else 0, sums)
    array = ArraySpec(
        input_size=node.need("input_size").integer(1, MAX_CHANNELS),
        channels=channels,
        bottleneck=inner,
        layers=layers,
        residual=residual,
        head_out=head_out,
        head_kernel_size=head_kernel,
        head_dilation=head_dilation,
        head_bias=head_bias,
        condition_size=condition_rows,
        conv_groups=parse_groups(node.get("groups_input"), channels, rows),
        mixin_groups=parse_groups(node.get("groups_input_mixin"), condition_rows, rows),
        out_groups=1 if layer1x1.absent else parse_groups(layer1x1.need("groups"), inner, channels, residual),
        head1x1_out=sums,
        head1x1_groups=parse_groups(head1x1.need("groups"), inner, sums) if sums else 1,
        films=_parse_films(node, dict(zip(FILM_PLACES, film_rows, strict=True)), condition_rows),
        allowed_channels=_parse_slices(node.get("slimmable"), channels),
    )
    if array.allowed_channels:
        groups = (array.conv_groups, array.mixin_groups, array.out_groups, array.head1x1_groups)
        if head_kernel > 1 or max(*groups, *(film.groups for _, film in array.films)) > 1:
            raise node.get("slimmable").refuse("slices channels, which a head of several taps or groups do not allow")
    return array


def _parse_layers(node: Node, inner: int) -> tuple[LayerSpec, ...]:
    dilations = [item.integer(0, MAX_DILATION) for item in node.need("dilations").items(MAX_LAYERS)]
    count = len(dilations)
    kernels = _kernel_sizes(node, count)
    activations = per_layer(node.need("activation"), count, lambda item: parse_activation(item, inner))
    modes = _gating_modes(node, count)
    # Where there is no gate, its activation may be anything.
    beside = per_layer(node.get("secondary_activation"), count, lambda item: item)
    return tuple(
        LayerSpec(kernels[i], dilations[i], activations[i], modes[i], _secondary(beside[i], inner) if gated else None)
        for i, gated in enumerate(mode != "none" for mode in modes)
    )


def _kernel_sizes(node: Node, count: int) -> list[int]:
    single, several = node.get("kernel_size"), node.get("kernel_sizes")
    if single.absent == several.absent:
        given = "neither" if single.absent else "both"
        raise node.refuse(f"has {given} of kernel_size and kernel_sizes; exactly one is expected")
    if several.absent:
        return [single.integer(1, MAX_KERNEL)] * count
    return [item.integer(1, MAX_KERNEL) for item in exactly(several, count)]


def _gating_modes(node: Node, count: int) -> list[str]:
    modes = node.get("gating_mode")
    if modes.absent:
        return ["gated" if node.get("gated").flag(False) else "none"] * count
    return per_layer(modes, count, lambda item: item.choice(_GATING, "gating mode"))


def _secondary(node: Node, rows: int) -> Activation:
    return Activation("Sigmoid") if node.absent else parse_activation(node, rows)


def _parse_films(node: Node, rows: dict[str, int], condition_rows: int) -> tuple[tuple[str, FilmSpec], ...]:
    found = []
    for place in FILM_PLACES:
        film = node.get(place)
        if film.absent or film.value is False or not film.get("active").flag(True):
            continue
        if not rows[place]:
            raise film.refuse("is active, but what it would scale is not")
        shift = film.get("shift").flag(True)
        groups = parse_groups(film.get("groups"), condition_rows, rows[place] * (2 if shift else 1))
        found.append((place, FilmSpec(shift, groups)))
    return tuple(found)


def _parse_slices(node: Node, channels: int) -> tuple[int, ...]:
    """The widths an array may be sliced to; none where it may not."""
    if node.absent or not node.get("method").value:
        return ()
    node.get("method").choice(("slice_channels_uniform",), "way of slimming")
    allowed = node.get("kwargs") if node.has("kwargs") else Node({}, f"{node.place}.kwargs", node.where)
    sizes = allowed.get("allowed_channels")
    if sizes.absent:
        return tuple(range(1, channels + 1))
    found = [item.integer(1, channels) for item in sizes.items(MAX_CHANNELS)]
    if found != sorted(set(found)) or found[-1] != channels:
        raise sizes.refuse(f"has to ascend and to end with all {channels} channels")
    return tuple(found)


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


def _parse_post_head(node: Node, entering: int) -> PostHead:
    """The convolutions behind the last array."""
    given = node.get("in_channels")
    if given.integer(1, MAX_CHANNELS, entering) != entering:
        raise given.refuse(f"is {given.value:g}; the last array puts out {entering}")
    kernels = [item.integer(1, MAX_KERNEL) for item in node.need("kernel_sizes").items(MAX_POST_LAYERS)]
    inner = node.need("channels").integer(1, MAX_CHANNELS)
    rows = (entering, *[inner] * (len(kernels) - 1), node.need("out_channels").integer(1, MAX_CHANNELS))
    activation = node.need("activation")
    return PostHead(tuple(parse_activation(activation, count) for count in rows[:-1]), rows, tuple(kernels))
