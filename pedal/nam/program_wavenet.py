"""A WaveNet with everything the format allows, written as a program.

Called by ``program_networks``; not in real time. The plain ones do not come here (``wavenet_pack``).
"""

from __future__ import annotations

import numpy as np

from pedal.nam.program import Program, Register
from pedal.nam.spec import ArraySpec, LayerSpec, WaveNetSpec
from pedal.nam.stream import ArrayWeights, LayerWeights, split_weights


def write_wavenet(program: Program, spec: WaveNetSpec, x: Register, condition: Register) -> Register:
    """The steps of ``spec`` for the input ``x`` and what it is conditioned on."""
    tensors, post, scale = split_weights(spec)
    stream, head = x, None
    for k, (array, w) in enumerate(zip(spec.arrays, tensors, strict=True)):
        last = k == len(spec.arrays) - 1
        stream, total = _write_array(program, array, w, stream, head, condition)
        gain = scale if last else 1.0
        head = program.conv(total, w.head * gain, w.head_bias * gain, array.head_dilation)
    assert head is not None
    if spec.post_head:
        for activation, (taps, bias) in zip(spec.post_head.activations, post, strict=True):
            head = program.conv(program.activate(head, activation), taps, bias, spec.post_head.dilation)
    return head


def _write_array(
    program: Program, array: ArraySpec, w: ArrayWeights, stream: Register, head: Register | None, condition: Register
) -> tuple[Register, Register]:
    """The residual stream behind the array, and its head sum."""
    stream = program.conv(stream, w.rechannel, np.zeros(array.channels))
    for layer, tensors in zip(array.layers, w.layers, strict=True):
        y = _write_core(program, array, layer, tensors, stream, condition)
        head = _write_head_share(program, tensors, y, head, condition)
        if not array.residual:
            continue
        if "layer1x1_post_film" in tensors.films:
            added = program.conv(y, tensors.out, tensors.out_bias)
            stream = program.add(stream, _film(program, tensors, "layer1x1_post_film", added, condition))
        else:
            stream = program.conv(y, tensors.out, tensors.out_bias, side=stream)
    assert head is not None
    return stream, head


def _write_core(
    program: Program, array: ArraySpec, layer: LayerSpec, w: LayerWeights, stream: Register, condition: Register
) -> Register:
    """Convolution, mixin, activation and gate, with the FiLMs around them."""
    entering = _film(program, w, "conv_pre_film", stream, condition)
    mixed = {"input_mixin_pre_film", "input_mixin_post_film", "conv_post_film"} & w.films.keys()
    if array.condition_size == 1 and not mixed:
        z = program.conv(entering, w.conv, w.bias, layer.dilation, side=condition, gain=w.mixin[:, 0])
    else:
        beside = _film(program, w, "input_mixin_pre_film", condition, condition)
        beside = program.conv(beside, w.mixin, np.zeros(len(w.bias)))
        beside = _film(program, w, "input_mixin_post_film", beside, condition)
        if "conv_post_film" in w.films:
            z = program.conv(entering, w.conv, w.bias, layer.dilation)
            z = program.add(_film(program, w, "conv_post_film", z, condition), beside)
        else:
            z = program.conv(entering, w.conv, w.bias, layer.dilation, side=beside)
    z = _film(program, w, "activation_pre_film", z, condition)
    if layer.secondary is None:
        y = program.activate(z, layer.activation)
    else:
        inner = z.part(0, array.bottleneck)
        y = program.activate(inner, layer.activation)
        gate = program.activate(z.part(array.bottleneck, 2 * array.bottleneck), layer.secondary)
        y = program.multiply(y, gate) if layer.gating == "gated" else program.blend(gate, y, inner)
    return _film(program, w, "activation_post_film", y, condition)


def _write_head_share(
    program: Program, w: LayerWeights, y: Register, head: Register | None, condition: Register
) -> Register:
    """The head sum with what this layer gives to it."""
    if w.head1x1 is None or w.head1x1_bias is None:
        return program.add(head, y) if head else y
    if "head1x1_post_film" not in w.films:
        return program.conv(y, w.head1x1, w.head1x1_bias, side=head)
    share = _film(program, w, "head1x1_post_film", program.conv(y, w.head1x1, w.head1x1_bias), condition)
    return program.add(head, share) if head else share


def _film(program: Program, w: LayerWeights, place: str, x: Register, condition: Register) -> Register:
    """``x`` scaled (and shifted) as the condition says; ``x`` itself where there is no FiLM."""
    film = w.films.get(place)
    if film is None:
        return x
    both = program.conv(condition, film.taps, film.bias)
    scale = both.part(0, x.rows)
    return program.film(x, scale, both.part(x.rows, 2 * x.rows)) if film.shift else program.multiply(x, scale)
