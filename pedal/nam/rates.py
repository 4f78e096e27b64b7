"""A model at a whole multiple of its own sample rate: the same network, its frames further apart.

Called through ``Model.at_rate`` by whoever plays; pure. At ``k`` times its rate the taps of every convolution are ``k``
times as far apart, and a recurrent layer goes on from the frame ``k`` before: every ``k``-th frame out depends on
every ``k``-th frame in, and on nothing else. So the stretched network is ``k`` copies of the model side by side, each
of which hears and plays one of the ``k`` interleaved signals at the model's own rate, exactly. See
``docs/nam-files.md`` for what that means to the ear.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pedal.errors import ModelError
from pedal.nam.bounds import demand
from pedal.nam.network_file import ASSUMED_RATE_HZ
from pedal.nam.networks import ConvNetSpec, LinearSpec, LstmSpec, Network, SequentialSpec
from pedal.nam.spec import ArraySpec, LayerSpec, WaveNetSpec

if TYPE_CHECKING:
    from pedal.nam.model import Model, Width


def model_at_rate(model: Model, rate_hz: int, hint: str) -> Model:
    """See ``Model.at_rate``."""
    own_hz = model.sample_rate_hz or ASSUMED_RATE_HZ
    factor = round(rate_hz / own_hz)
    if factor < 1 or round(factor * own_hz) != rate_hz:
        source = "is made for" if model.sample_rate_hz else "does not say its rate, which then counts as"
        raise ModelError(
            f"{source} {own_hz:g} Hz; it plays at that and at whole multiples of it, not at {rate_hz} Hz",
            where=f"model '{model.name}'",
            hint=hint,
        )
    if factor == 1:
        return model
    widths = tuple(_stretched(width, factor) for width in model.widths)
    if excess := demand([width.spec for width in widths]).excess:
        raise ModelError(f"at {rate_hz} Hz it asks for {excess}", where=f"model '{model.name}'", hint=hint)
    return replace(model, widths=widths, sample_rate_hz=float(rate_hz))


def _stretched(width: Width, factor: int) -> Width:
    spec = stretch(width.spec, factor)
    return replace(width, spec=spec, receptive_field_frames=spec.receptive_field_frames)


def stretch(spec: Network, factor: int) -> Network:
    """The network that plays at ``factor`` times the rate of ``spec``; its weights and its cost per frame stay."""
    match spec:
        case WaveNetSpec():
            return replace(
                spec,
                arrays=tuple(_stretch_array(array, factor) for array in spec.arrays),
                post_head=spec.post_head and replace(spec.post_head, dilation=factor * spec.post_head.dilation),
                condition=spec.condition and stretch(spec.condition, factor),
            )
        case ConvNetSpec():
            return replace(spec, dilations=tuple(factor * dilation for dilation in spec.dilations))
        case LinearSpec():
            return replace(spec, dilation=factor * spec.dilation)
        case LstmSpec():
            return replace(spec, phases=factor * spec.phases)
        case SequentialSpec():
            return replace(spec, parts=tuple(stretch(part, factor) for part in spec.parts))
    raise AssertionError(f"nobody knows how to stretch {spec.label}")


def _stretch_array(array: ArraySpec, factor: int) -> ArraySpec:
    def layer(one: LayerSpec) -> LayerSpec:
        return replace(one, dilation=factor * one.dilation)

    layers = tuple(layer(one) for one in array.layers)
    return replace(array, layers=layers, head_dilation=factor * array.head_dilation)
