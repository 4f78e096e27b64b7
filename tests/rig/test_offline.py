"""Rigs without a pedal: the chain against a composition by hand, warmed from the past, taken over from the dead."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pedal import layout as at
from pedal.errors import PresetError
from pedal.levels import TARGET_DB
from pedal.nam.engine import Engine
from pedal.preset import Block
from pedal.rig.compile import compile_preset
from pedal.rig.measure import measure_costs
from pedal.rig.offline import OfflineRig
from pedal.rig.prewarm import prewarm
from pedal.rig.takeover import take_over
from tests.dsp import filters
from tests.rig.bench import RATE_HZ, Assets, Bench, Twins, guitar, model_named, preset

TAKE = guitar(RATE_HZ)
CHAIN = preset(
    Block("amp", "amp", "starter", {"drive_db": 6.0, "level_db": -6.0}),
    Block("cab", "cab", "200"),
    input=Block("input", "input", values={"trim_db": 3.0}),
    output=Block("output", "output", values={"level_db": -12.0}),
)


def by_hand(width: int) -> Any:
    model = model_named("starter")
    driven = (TAKE * 10 ** (9 / 20)).astype(np.float32)
    assert model.loudness_db is not None
    y = Engine(model, width).process(driven).astype(np.float64) * 10 ** ((TARGET_DB - model.loudness_db - 6) / 20)
    y = np.convolve(y, Assets().impulse("200", RATE_HZ).astype(np.float64))[: TAKE.size]
    pole = float(np.exp(-2 * np.pi * 5.0 / RATE_HZ))
    y = filters.difference(y[:, None], *filters.butterworth(20.0, RATE_HZ, low_pass=False))
    y = filters.difference(y, *filters.butterworth(20000.0, RATE_HZ, low_pass=True))
    y = filters.difference(y, [1.0, -1.0, 0.0], [1.0, -pole, 0.0]) * 10 ** (-12 / 20)
    assert np.abs(y).max() < 10 ** (-1 / 20), "below the limiter"
    return np.repeat(y, 2, axis=1)


@pytest.mark.parametrize(("width", "index"), [("full", 1), ("lite", 0), (1.0, 1), (0.0, 0)])
def test_the_whole_chain_is_the_sum_of_its_parts(width: str | float, index: int) -> None:
    y = OfflineRig(CHAIN, Assets(), RATE_HZ, 64, width).process(TAKE)
    wanted = by_hand(index)
    np.testing.assert_allclose(y, wanted, atol=2e-5 * np.abs(wanted).max())


@pytest.mark.parametrize("n", [1, 16, 37, 256])
def test_the_period_does_not_change_the_sound(n: int) -> None:
    chain = preset(Block("gate", "gate"), *CHAIN.blocks, Block("tone", "tone", values={"mid_db": -6.0}))
    wanted = OfflineRig(chain, Assets(), RATE_HZ, 64).process(TAKE[:9600])
    y = OfflineRig(chain, Assets(), RATE_HZ, n).process(TAKE[:9600])
    np.testing.assert_allclose(y, wanted, atol=2e-6)


def test_calls_continue_each_other() -> None:
    rig = OfflineRig(CHAIN, Assets(), RATE_HZ)
    parts = [rig.process(part) for part in np.split(TAKE[:9000], [1, 2500, 2500, 7777])]
    np.testing.assert_allclose(
        np.concatenate(parts), OfflineRig(CHAIN, Assets(), RATE_HZ).process(TAKE[:9000]), atol=2e-6
    )


@pytest.mark.parametrize("n", [0, -1, at.MAX_FRAMES + 1])
def test_periods_that_cannot_be(n: int) -> None:
    with pytest.raises(PresetError, match="block of"):
        OfflineRig(CHAIN, Assets(), RATE_HZ, n)


def test_nothing_in_nothing_out() -> None:
    assert OfflineRig(CHAIN, Assets(), RATE_HZ).process(np.zeros(0, np.float32)).shape == (0, 2)


def test_a_new_amp_comes_in_as_if_it_had_been_playing() -> None:
    """Prewarmed through a kept input with a trim, the very first frames are exact."""
    trimmed = Block("input", "input", values={"trim_db": 6.0})
    bench = Bench(preset(Block("tone", "tone"), input=trimmed))
    bench.adopt(0)
    bench.play_all(TAKE[:20_000], 64)
    notes = bench.place(preset(Block("amp", "amp", "starter", {"drive_db": -6.0}), input=trimmed))
    kept = frozenset(block.key for block in bench.notes[0].blocks)
    prewarm(bench.arena, 1, notes, kept, bench.arena.f32.size - at.BUS_ROWS * at.BUS_STRIDE, 12_000)
    (view,) = bench.amps(1)
    twins = Twins(model_named("starter"))
    twins.process(TAKE[:20_000])
    bench.adopt(1)
    bench.play(TAKE[20_000:20_064])
    wanted = view.level * twins.process(TAKE[20_000:20_064])[1]
    np.testing.assert_allclose(view.said(64), wanted, atol=1e-4 * np.abs(wanted).max())


def test_prewarming_leaves_kept_rows_alone() -> None:
    bench = Bench(preset(Block("amp", "amp", "trio")))
    bench.adopt(0)
    bench.play_all(TAKE[:5000], 64)
    regions = [slice(block.region[0], sum(block.region)) for block in bench.notes[0].blocks]
    before = [bytes(bench.arena.u8[region]) for region in regions]
    notes = bench.place(preset(Block("amp", "amp", "trio"), Block("new", "amp", "starter")))
    kept = frozenset(block.key for block in bench.notes[0].blocks)
    prewarm(bench.arena, 1, notes, kept, bench.arena.f32.size - at.BUS_ROWS * at.BUS_STRIDE, 12_000)
    assert before == [bytes(bench.arena.u8[region]) for region in regions]


def test_what_a_killed_process_left_sounds_again() -> None:
    """Locks held by nobody, state half written, a rig half awake: it fades in from silence and becomes exact."""
    chain = preset(Block("amp", "amp", "starter"), Block("tone", "tone"), Block("cab", "cab", "100"))
    bench = Bench(chain)
    bench.adopt(0)
    bench.play_all(TAKE[:9600], 64, rounds=10)
    (view,) = bench.amps(0)
    view.put(at.SEAT_LOCK, at.SEAT_PERIOD)
    view.put(at.AMP_HELD, 0)
    state = int(bench.arena.i64[bench.row("tone") + at.F64])
    bench.arena.f64[state + 15 : state + 20] = np.nan
    take_over(bench.arena.f32, bench.arena.f64, bench.arena.i64)
    assert view.get(at.SEAT_LOCK) == at.SEAT_FREE
    assert view.get(at.AMP_HELD) == at.NO_WIDTH
    bench.adopt(0)
    y = bench.play_all(TAKE[9600:33_600], 64)
    assert np.isfinite(y).all()
    assert abs(y[0, 0]) < 0.01
    fresh = Bench(chain)
    fresh.adopt(0)
    fresh.play(np.zeros(64, np.float32))
    wanted = fresh.play_all(TAKE[:33_600], 64)[9600:]
    np.testing.assert_allclose(y[-4800:], wanted[-4800:], atol=2e-3 * np.abs(wanted).max())


def test_taking_over_nothing_is_nothing() -> None:
    bench = Bench(preset())
    take_over(bench.arena.f32, bench.arena.f64, bench.arena.i64)
    assert bench.arena.i64[at.PLAYING_SLOT] == -1


def test_costs_are_measured_once_and_wider_costs_more() -> None:
    parts = compile_preset(CHAIN, Assets(), RATE_HZ)
    costs = measure_costs(parts, RATE_HZ, 64, {})
    assert set(costs) == {part.cost_key for part in parts}
    lite_ns, full_ns = costs[parts[1].cost_key]
    assert 0.0 < lite_ns < full_ns
    assert measure_costs(parts, RATE_HZ, 64, costs) == costs


def test_cabinets_that_the_connection_leaves_out_ring_out_and_come_back() -> None:
    """``pedal output amp-input``: whatever the preset says, and ramped."""
    bench, without = Bench(CHAIN), Bench(preset(CHAIN.blocks[0], input=CHAIN.input, output=CHAIN.output))
    plain = Bench(CHAIN)
    for each in (bench, without, plain):
        each.adopt(0)
        each.play_all(TAKE[:9600], 64)
    bench.arena.i64[at.CABS_OFF] = 1
    heard, wanted = (each.play_all(TAKE[9600:38400], 64) for each in (bench, without))
    plain.play_all(TAKE[9600:38400], 64)
    np.testing.assert_allclose(heard[9600:], wanted[9600:], atol=0.003)  # the DC blocker's past differs
    bench.arena.i64[at.CABS_OFF] = 0
    heard, wanted = (each.play_all(TAKE[38400:], 64) for each in (bench, plain))
    np.testing.assert_allclose(heard[4800:], wanted[4800:], atol=0.003)
