"""The bench: every block of the chain at every size, as medians of what was spent."""

from __future__ import annotations

import json

import pytest

from pedal.offline import bench
from pedal.preset import Block
from tests.rig.bench import Assets, preset

CHAIN = preset(Block("comp", "comp"), Block("amp", "amp", "starter"), Block("long", "cab", "2000"))


@pytest.fixture(scope="module")
def result() -> bench.Bench:
    return bench.bench_chain(CHAIN, Assets(), 48000, (16, 64))  # type: ignore[arg-type]


def test_every_block_is_there_in_the_order_of_sound(result: bench.Bench) -> None:
    assert [row[0] for row in result.rows] == ["input", "comp", "amp", "long", "dc", "output", "master"]
    assert all(cost > 0.0 for _, _, costs_ns in result.rows for cost in costs_ns)


def test_what_is_heavy_is_found_heavy(result: bench.Bench) -> None:
    costs = {row_id: costs_ns for row_id, _, costs_ns in result.rows}
    assert result.amp == "amp"
    for size in range(2):
        assert costs["amp"][size] > 5 * costs["comp"][size]
        assert costs["long"][size] > costs["comp"][size]
        assert 1.0 < result.amps_worth[size] < 3.0
    assert result.totals_ns == pytest.approx([sum(costs[name][size] for name in costs) for size in range(2)])


def test_it_is_told_to_people_and_programs(result: bench.Bench) -> None:
    said = json.loads(json.dumps(result.as_dict()))
    assert said["sizes_frames"] == [16, 64]
    assert {block["id"] for block in said["blocks"]} >= {"amp", "long"}
    text = bench.format_bench(result)
    assert "times amp" in text
    assert len(text.splitlines()) == len(result.rows) + 5


def test_a_full_pedalboard_costs_less_than_five_amps() -> None:
    """Every effect a player may want at once, around one A2-Full, at 64 frames."""
    before, behind = ("gate", "comp", "drive"), ("eq", "cab", "chorus", "delay", "reverb")
    assets = {"cab": "2048"}
    blocks = [Block(kind, kind, assets.get(kind, "")) for kind in (*before, "amp", *behind) if kind != "amp"]
    blocks.insert(len(before), Block("amp", "amp", "starter"))
    (ratio,) = bench.bench_chain(preset(*blocks), Assets(), 48000, (64,)).amps_worth  # type: ignore[arg-type]
    assert ratio < 5.0
