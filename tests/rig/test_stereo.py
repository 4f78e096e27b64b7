"""An amp behind a stereo block: it hears the sum, or plays twice, by choice; and two cost what two cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pedal import layout as at
from pedal.panel.builder_start import start_of
from pedal.panel.jobs import Job
from pedal.preset import Block
from pedal.rig.compile import compile_preset
from pedal.rig.measure import measure_costs
from pedal.rig.offline import OfflineRig
from pedal.rig.width import EMERGENCY_PATIENCE
from tests.rig.bench import RATE_HZ, Assets, Bench, Twins, guitar, model_named, preset

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
    assert all(costs[part.cost_key][-1] > 0.0 for part in (left, right))


TRIO = replace(TWICE, asset="trio")


def same(bench: Bench, n: int) -> int:
    """The width that both sides play; silence for a period of ``n`` frames."""
    left, right = bench.amps(0)
    bench.play(np.zeros(n, np.float32))
    assert left.playing == right.playing
    return left.playing


@given(data=st.data())
@settings(max_examples=25)
def test_both_sides_change_in_the_same_period(data: st.DataObject) -> None:
    """However the panel's stores and the understudy's rounds fall, and when periods overrun."""
    bench = Bench(preset(WIDE, TRIO))
    bench.adopt(0)
    left, right = bench.amps(0)
    for _ in range(data.draw(st.integers(3, 12))):
        order = data.draw(st.permutations((left, right)))
        what = data.draw(st.sampled_from(["ask", "bypass", "overrun", "starve one"]))
        value = data.draw(st.integers(0, 2))
        for side in order:
            if what == "ask":
                side.put(at.AMP_HELD, at.NO_WIDTH)
                side.put(at.AMP_WANTED, value)
            elif what == "bypass":
                side.bypass(value == 0)
            if data.draw(st.booleans()):  # a period between the two stores
                same(bench, 64)
        if what == "overrun":
            order[0].put(at.AMP_HELD, value)
        if what == "starve one":
            order[0].put(at.SEAT_LOCK, at.SEAT_UNDERSTUDY)
        for _ in range(data.draw(st.integers(1, 8))):
            bench.tend(data.draw(st.sampled_from([0, 1, 8])))
            same(bench, data.draw(st.sampled_from([16, 64, 240])))
        if what == "starve one":
            order[0].put(at.SEAT_LOCK, at.SEAT_FREE)
    for side in (left, right):
        side.put(at.AMP_HELD, at.NO_WIDTH)
        side.put(at.AMP_WANTED, 1)
        side.bypass(False)
    for _ in range(200):
        bench.tend(8)
        same(bench, 64)
    assert same(bench, 64) == 1, "nothing stays locked"
    assert left.get(at.AMP_HANDOVER) == right.get(at.AMP_HANDOVER) == at.NO_HANDOVER


def test_after_a_change_each_side_is_what_that_width_would_have_played() -> None:
    bench, n = Bench(preset(WIDE, TRIO)), 64
    bench.adopt(0)
    sides = bench.amps(0)
    twins = [Twins(model_named("trio")) for _ in sides]
    seen, since = set(), 0
    for period in range(TAKE.size // n):
        if period % 60 == 20:
            for side in sides:
                side.put(at.AMP_WANTED, (0, 2, 1)[period // 60 % 3])
        before = sides[0].playing
        bench.play(TAKE[period * n : (period + 1) * n])
        bench.tend(8)
        since = 0 if sides[0].playing != before else since + 1
        for side, twin in zip(sides, twins, strict=True):
            wanted = twin.process(side.heard(n))[side.playing]
            if since * n > 0.004 * RATE_HZ:
                np.testing.assert_allclose(side.said(n), wanted * side.level, atol=2e-6)
        seen.add(sides[0].playing)
    assert seen == {0, 1, 2} and bench.arena.i64[at.COLD_CHANGES] == 0


def test_an_overrun_of_either_side_holds_both_and_a_starved_one_goes_cold() -> None:
    bench = Bench(preset(WIDE, TRIO))
    bench.adopt(0)
    right = bench.amps(0)[1]
    assert same(bench, 64) == 2
    right.put(at.AMP_HELD, 0)
    for _ in range(EMERGENCY_PATIENCE + 1):
        assert same(bench, 64) in (0, 2)
    assert same(bench, 64) == 0 and bench.arena.i64[at.COLD_CHANGES] == 2


@pytest.mark.parametrize(("budget", "width"), [(10.0, 2), (0.45, 1), (0.25, 0)])
def test_a_preset_starts_both_sides_at_a_width_that_has_room_twice(budget: float, width: int) -> None:
    parts = compile_preset(preset(WIDE, TRIO), Assets(), RATE_HZ)
    ns = 1e9 / RATE_HZ  # the whole period
    costs = {part.cost_key: (0.1 * ns, 0.2 * ns, 0.3 * ns) if part.amp else (0.0,) for part in parts}
    job = Job(1, "", "", 0, 1, None, (), RATE_HZ, 64, 1.0, budget)
    assert start_of(parts, costs, job).sizes.items() >= {"amp": width, "amp:right": width}.items()


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
