"""Kernels against the slow float64 twin, on networks of any shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pedal.nam.a2_pack import suits_a2
from pedal.nam.pack import pack
from pedal.nam.plan import KIND, KIND_A2, KIND_WAVENET
from tests.nam import models, twin
from tests.nam.networks import networks, plain_wavenets, sliceable


@st.composite
def leaky_networks(draw: st.DrawFn) -> dict[str, Any]:
    """One array such as the A2 kernels play."""
    count = draw(st.integers(2, 5))
    shape = models.array(
        draw(st.sampled_from((3, 8))),
        draw(st.lists(st.integers(0, 30), min_size=count, max_size=count)),
        kernel_size=None,
        kernel_sizes=draw(st.lists(st.integers(1, 8), min_size=count, max_size=count)),
        activation=draw(
            st.lists(
                st.one_of(
                    st.just("ReLU"),
                    st.floats(-1, 1).map(lambda slope: {"type": "LeakyReLU", "negative_slope": slope}),
                ),
                min_size=count,
                max_size=count,
            )
        ),
        head={"out_channels": 1, "kernel_size": draw(st.integers(1, 20)), "bias": draw(st.booleans())},
    )
    return models.wavenet(shape, seed=draw(st.integers(0, 2**32 - 1)))


def compare(document: dict[str, Any], block: int, kind: int | None = None, slim: float = 1.0) -> float:
    """The largest deviation from the twin, as a share of the peak."""
    model = models.parse(document)
    width = model.widths[model.width_index(slim)]
    assert kind is None or pack(width.spec, block).plan[KIND] == kind
    x = models.noise(300)

    def render(opener: Any) -> NDArray[np.float64]:
        return twin.render(document, x, slim, width.receptive_field_frames, opener)

    return near(model.engine(slim, block).process(x), render)


def near(y: NDArray[np.float32], render: Callable[[Any], NDArray[np.float64]]) -> float:
    """The deviation of ``y`` from what the twin renders, as a share of its peak, 2e-5 at most.

    Some random networks blow rounding up; one may be off by ten times as much as another rounding of its weights
    alone would make it.
    """
    wanted = render(twin.Stream)
    peak, error = max(1e-2, float(np.max(np.abs(wanted)))), float(np.max(np.abs(y - wanted)))
    if error > 2e-5 * peak:
        assert error <= 10 * float(np.max(np.abs(render(twin.RoundedStream) - wanted)))
        event("blows rounding up")
    return error / peak


@settings(max_examples=100)
@given(document=networks(), slim=st.floats(0, 1), block=st.integers(1, 70))
def test_any_network(document: dict[str, Any], slim: float, block: int) -> None:
    compare(document, block, slim=slim)


@settings(max_examples=60)
@given(document=sliceable(), slim=st.floats(0, 1), block=st.integers(1, 70))
def test_any_slice(document: dict[str, Any], slim: float, block: int) -> None:
    compare(document, block, slim=slim)


@settings(max_examples=100)
@given(document=plain_wavenets(), block=st.integers(1, 70))
def test_plain_wavenets(document: dict[str, Any], block: int) -> None:
    fits = suits_a2(models.parse(document).widths[0].spec)
    compare(document, block, KIND_A2 if fits else KIND_WAVENET)


@settings(max_examples=150)
@given(document=leaky_networks(), block=st.integers(1, 70))
def test_leaky_arrays_on_the_a2_kernels(document: dict[str, Any], block: int) -> None:
    compare(document, block, KIND_A2)


@pytest.mark.parametrize("channels", (3, 8))
def test_a2_itself(channels: int) -> None:
    compare(models.a2(channels), 64, KIND_A2)


def test_a_slope_above_one_is_left_to_the_plain_kernels() -> None:
    shape = models.array(3, [1, 2], activation={"type": "LeakyReLU", "negative_slope": 1.01})
    compare(models.wavenet(shape), 16, KIND_WAVENET)


@settings(max_examples=60)
@given(
    channels=st.sampled_from((2, 3, 8)),
    gate=st.booleans(),
    sizes=st.lists(st.integers(1, 97), min_size=1, max_size=60),
    start=st.integers(0, 200),
)
def test_any_sequence_of_block_sizes_is_the_same_signal(
    channels: int, gate: bool, sizes: list[int], start: int
) -> None:
    # Dilation 40 over kernel 3 gives rings of several tiles, dilation 1 the smallest there are.
    shape = models.array(channels, [1, 40, 3, 0, 7], activation="LeakyReLU", gated=gate)
    same_in_pieces(models.wavenet(shape), sizes, start)


@settings(max_examples=20)
@given(
    network=st.sampled_from((models.lstm(), models.chain(models.linear(70), models.lstm(3)), models.rich())),
    sizes=st.lists(st.integers(1, 97), min_size=1, max_size=60),
    start=st.integers(0, 200),
)
def test_programs_do_not_hear_block_sizes(network: dict[str, Any], sizes: list[int], start: int) -> None:
    same_in_pieces(network, sizes, start)


def same_in_pieces(document: dict[str, Any], sizes: list[int], start: int) -> None:
    model = models.parse(document)
    engine = model.engine(max_frames=97)
    x = models.noise(start + sum(sizes))
    whole = model.engine(max_frames=64).process(x)
    pieces, at = [engine.process(x[:start])], start
    for size in sizes:
        pieces.append(engine.process(x[at : at + size]))
        at += size
    np.testing.assert_array_equal(np.concatenate(pieces), whole)
