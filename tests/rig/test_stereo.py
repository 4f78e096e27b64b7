"""An amp behind a stereo block: it hears the sum, or plays twice, by choice; and two cost what two cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pedal import layout as at
from pedal.preset import Block
from pedal.rig.compile import compile_preset
from pedal.rig.measure import measure_costs
from pedal.rig.offline import OfflineRig
from tests.rig.bench import RATE_HZ, Assets, Bench, guitar, preset

TAKE = guitar(12_000)
WIDE = Block("wide", "cab", "40", {"width": 1.0}, options={"impulse_b": "60"})
SUMS = Block("amp", "amp", "small")
TWICE = replace(SUMS, options={"stereo": "twice"})


def played(*blocks: Block) -> np.ndarray:
    return OfflineRig(preset(*blocks), Assets(), RATE_HZ).process(TAKE)


def test_twice_is_each_side_for_itself() -> None:
    """Left is what a mono pedal with the left response plays, right likewise."""
    both = played(WIDE, TWICE)
    for side, taps in enumerate(("40", "60")):
        alone = played(Block("cab", "cab", taps), SUMS)
        np.testing.assert_allclose(both[:, side], alone[:, side], atol=2e-5)
    assert np.abs(both[:, 0] - both[:, 1]).max() > 0.01


def test_the_sum_is_one_and_the_same_on_both_sides() -> None:
    y = played(WIDE, SUMS)
    np.testing.assert_array_equal(y[:, 0], y[:, 1])


@pytest.mark.parametrize("order", [(TWICE,), (TWICE, WIDE)])
def test_behind_nothing_stereo_it_plays_once(order: tuple[Block, ...]) -> None:
    parts = compile_preset(preset(*order), Assets(), RATE_HZ)
    assert sum(part.amp is not None for part in parts) == 1


def test_two_rows_are_two_instances_with_two_costs() -> None:
    parts = compile_preset(preset(WIDE, TWICE), Assets(), RATE_HZ)
    left, right = (part for part in parts if part.amp)
    assert (left.block.id, right.block.id, left.owner, right.owner) == ("amp", "amp:right", "amp", "amp")
    assert len({part.key for part in parts}) == len(parts)
    costs = measure_costs(parts, RATE_HZ, 64, {})
    assert all(costs[part.cost_key][1][-1] > 0.0 for part in (left, right))


def test_a_bypass_takes_both_sides_and_lets_stereo_through() -> None:
    bench, dry = Bench(preset(WIDE, TWICE)), Bench(preset(WIDE))
    for each in (bench, dry):
        each.adopt(0)
        each.play_all(TAKE[:3000], 64)
    for block in bench.notes[0].blocks:
        if block.owner == "amp":
            bench.arena.f32[block.params_idx] = 1.0
    heard, wanted = (each.play_all(TAKE[3000:], 64) for each in (bench, dry))
    np.testing.assert_allclose(heard[4800:], wanted[4800:], atol=0.002)  # the DC blocker's past differs
    assert {int(bench.arena.i64[bench.row(i) + at.SIDE]) for i in ("amp", "amp:right")} == {1, 2}
