"""Widths of a model and which of them plays."""

from __future__ import annotations

import math
from typing import Any

import pytest

from pedal.nam import load_model
from tests.nam import models


def tiers(*edges: float) -> dict[str, Any]:
    made = [(edge, models.wavenet(models.array(k + 1, [1, 2]))) for k, edge in enumerate(edges)]
    return models.container(*made)


@pytest.mark.parametrize(
    "slim, index",
    [(0.0, 0), (0.49, 0), (0.5, 1), (1.0, 1), (-3.0, 0), (7.0, 1), (math.inf, 1), (-math.inf, 0), (math.nan, 1)],
)
def test_two_widths(slim: float, index: int) -> None:
    assert models.parse(tiers(0.5, 1.0)).width_index(slim) == index


@pytest.mark.parametrize(
    "slim, index", [(0, 0), (0.3299, 0), (0.33, 1), (0.659, 1), (0.66, 2), (1, 2), (1.5, 2), (2.5, 2)]
)
def test_three_widths(slim: float, index: int) -> None:
    model = models.parse(tiers(0.33, 0.66, 2.0))
    assert model.width_index(slim) == index
    assert model.breakpoints == (0.33, 0.66)
    assert [(width.slim_low, width.slim_high) for width in model.widths] == [(0, 0.33), (0.33, 0.66), (0.66, 2.0)]


@pytest.mark.parametrize(
    "edges, labels",
    [
        ((1.0,), ["Full"]),
        ((0.5, 1.0), ["Lite", "Full"]),
        ((0.3, 0.6, 1.0), ["Lite", "Mid", "Full"]),
        ((0.2, 0.4, 0.6, 1.0), ["Lite", "Mid 1", "Mid 2", "Full"]),
    ],
)
def test_what_players_read(edges: tuple[float, ...], labels: list[str]) -> None:
    assert [width.label for width in models.parse(tiers(*edges)).widths] == labels


def test_a_plain_network_has_one_width() -> None:
    model = models.parse(models.small())
    (width,) = model.widths
    assert (width.label, width.slim_low, width.slim_high, width.channels) == ("Full", 0.0, 1.0, (2,))
    assert model.breakpoints == ()


def test_a_container_in_a_container_plays_its_widest() -> None:
    inner = tiers(0.5, 1.0)
    model = models.parse(models.container((0.4, models.wavenet(models.array(1, [1]))), (1.0, inner)))
    assert [width.channels for width in model.widths] == [(1,), (2,)]


def test_the_numbers_of_a2() -> None:
    lite, full = load_model(models.VECTORS / "syn_a2.nam").widths
    assert (lite.channels, lite.weights_count, lite.macs_per_sample) == ((3,), 1871, 1731)
    assert (full.channels, full.weights_count, full.macs_per_sample) == ((8,), 12146, 11776)
    assert lite.receptive_field_frames == full.receptive_field_frames == 6347


def test_the_numbers_of_a1() -> None:
    dilations = [2**i for i in range(10)]
    shapes = (
        models.array(16, dilations, head=None, head_size=8, head_bias=False),
        models.array(8, dilations, input_size=16, head=None, head_size=1, head_bias=True),
    )
    (width,) = models.parse(models.wavenet(*shapes)).widths
    assert (width.channels, width.weights_count, width.macs_per_sample) == ((16, 8), 13802, 13320)
    assert width.receptive_field_frames == 4093


def test_metadata_of_the_container_comes_before_its_widest() -> None:
    loud = models.small() | {"metadata": {"loudness": -20, "gain": 0.5, "name": "inner", "gear_type": "amp"}}
    document = models.container((1.0, loud), metadata={"loudness": None, "name": "outer", "input_level_dbu": 14.5})
    model = models.parse(document)
    assert (model.name, model.gear_type) == ("outer", "amp")
    assert (model.loudness_db, model.gain, model.input_level_dbu, model.output_level_dbu) == (-20, 0.5, 14.5, None)


def test_a_model_without_metadata_takes_its_files_name() -> None:
    document = models.small() | {"metadata": None, "sample_rate": None}
    model = models.parse(document)
    assert (model.name, model.sample_rate_hz, model.loudness_db, model.gear_type) == ("made-up", None, None, "")


def test_an_unknown_rate_is_taken_from_the_widest() -> None:
    document = models.container((1.0, models.small() | {"sample_rate": 44100.0}), sample_rate=-1)
    assert models.parse(document).sample_rate_hz == 44100.0
