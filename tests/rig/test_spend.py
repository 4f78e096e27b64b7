"""Where computing has a price it is slept: how much, by whom, and what load and understudy make of it.

Sleeps on this machine are at least as long as asked for and often longer; so what is asserted are least
durations, and for all else the pure kernels that say how long.
"""

from __future__ import annotations

import math
import threading
import time
from typing import Any

import numpy as np
import pytest

from pedal import layout as at
from pedal.preset import Block
from pedal.prices import Price, Prices, load_prices
from pedal.rig.compile import compile_preset
from pedal.rig.measure import measure_costs
from pedal.rig.spend import period_ns_kernel, price_ns_kernel
from pedal.rig.understudy import understudy_round
from tests.rig.bench import RATE_HZ, Assets, Bench, guitar, preset

PRICES = load_prices("pi-4")
AMP, TONE, CAB = Block("amp", "amp", "starter"), Block("tone", "tone"), Block("cab", "cab", "1000")


def words(**values: int) -> Any:
    i64 = np.zeros(at.WORDS, np.int64)
    for name, value in values.items():
        i64[getattr(at, name)] = value
    return i64


def bench(*blocks: Block, prices: Prices = PRICES, slowdown_milli: int = 1000) -> Bench:
    made = Bench()
    made.place(preset(*blocks), prices=prices)
    made.arena.i64[at.VIRTUAL] = 0  # load is time on the wall
    made.arena.i64[at.SLOWDOWN_MILLI] = slowdown_milli
    made.adopt(0)
    return made


@pytest.mark.parametrize(
    ("heat_milli", "n", "wanted_ns"), [(1000, 64, 2500), (1500, 64, 3750), (1000, 0, 1500), (0, 64, 0)]
)
def test_a_price_times_frames_times_heat(heat_milli: int, n: int, wanted_ns: int) -> None:
    i64 = np.append(words(SLOWDOWN_MILLI=heat_milli), [1500, 15_625])
    assert price_ns_kernel(i64, at.WORDS, n) == wanted_ns
    assert price_ns_kernel.py_func(i64, at.WORDS, n) == wanted_ns  # type: ignore[attr-defined]


def test_a_stall_comes_once_and_heat_does_not_lengthen_it() -> None:
    i64 = words(SLOWDOWN_MILLI=2000, PERIOD_PRICE_NS=100, STALL_NS=7000)
    assert [period_ns_kernel(i64) for _ in range(3)] == [7200, 200, 200]


def test_a_neighbour_comes_as_often_and_as_long_as_told_and_the_same_way_again() -> None:
    def turns(seed: int) -> list[int]:
        told = {"NEIGHBOUR_PPM": 250_000, "NEIGHBOUR_MEAN_NS": 100_000, "NEIGHBOUR_MOST_NS": 300_000}
        i64 = words(SLOWDOWN_MILLI=1000, NEIGHBOUR_SEED=seed, **told)
        return [int(period_ns_kernel(i64)) for _ in range(20_000)]

    first = turns(1)
    assert first == turns(1)
    assert first != turns(2)
    came = [ns for ns in first if ns > 0]
    assert len(came) / len(first) == pytest.approx(0.25, rel=0.05)
    assert np.mean(came) == pytest.approx(100_000 * (1 - math.exp(-3.0)), rel=0.05)  # of what is cut at three means
    assert max(came) == 300_000


def test_a_spring_is_dearer_than_a_room() -> None:
    prices = []
    for flavour in (0.0, 3.0):
        made = bench(Block("reverb", "reverb", values={"flavour": flavour}))
        row = made.row("reverb") + at.PRICE
        prices.append(made.arena.i64[row : row + 2].astype(float))
    np.testing.assert_allclose(prices[1] / prices[0], 1.8, rtol=1e-3)


def test_every_row_and_width_gets_its_price() -> None:
    made = bench(AMP, TONE, CAB)
    i64, (amp,) = made.arena.i64, made.amps(0)
    for block_id, taps in (("tone", 0), ("cab", 1000), ("input", 0), ("amp", 0)):
        row = made.row(block_id) + at.PRICE
        assert (
            tuple(i64[row : row + 2])
            == PRICES.blocks[block_id].of(max(taps, i64[made.row(block_id) + at.TAPS])).words()
        )
    for width, macs in enumerate((1731, 11776)):
        price = PRICES.model.of(macs, is_a2=True)
        for field, wanted in ((at.AMP_PRICES, price), (at.AMP_REST_PRICES, PRICES.model.rest(price))):
            start = amp.record + field + width * at.PRICE_WORDS
            assert tuple(i64[start : start + 2]) == wanted.words()
    start = amp.record + at.AMP_LEARN_PRICE
    assert tuple(i64[start : start + 2]) == Price(PRICES.model.learn_ns, 0.0).words()


def test_a_period_takes_what_its_blocks_and_width_cost_and_an_overrun_is_one() -> None:
    x = guitar(64)
    made = bench(AMP, TONE)
    i64, (amp,) = made.arena.i64, made.amps(0)
    asked_ns = {}
    for width in (1, 0):
        amp.put(at.AMP_PLAYING, width)
        amp.put(at.AMP_WANTED, width)
        rows = [made.row(block.id) + at.PRICE for block in made.notes[0].blocks]
        asked_ns[width] = sum(int(price_ns_kernel(i64, row, 64)) for row in rows)
        asked_ns[width] += int(price_ns_kernel(i64, amp.record + at.AMP_PRICES + width * at.PRICE_WORDS, 64))
        began_ns = time.monotonic_ns()
        made.play(x)
        assert time.monotonic_ns() - began_ns >= asked_ns[width]
        assert made.arena.f64[at.LOAD] >= asked_ns[width] * 48e-6 / 64
    assert asked_ns[1] > 2 * asked_ns[0]
    before = int(i64[at.OVERRUNS])
    i64[at.STALL_NS] = 1_400_000
    made.play(x)
    assert i64[at.OVERRUNS] > before


def test_what_is_bypassed_costs_nothing() -> None:
    """Held against the price of the block that is off, which is so high that no machine hides it."""
    dear = PRICES.blocks | {"tone": PRICES.blocks["tone"].__class__(call_ns=3e8, frame_ns=0.0)}
    made = bench(TONE, prices=Prices("x", 0.0, PRICES.model, dear))
    made.play(guitar(64))
    assert made.arena.f64[at.LOAD] > 200.0
    made.turn("tone", 0, 1.0)
    for _ in range(20):  # 20 ms of fade
        i64 = made.arena.i64
        i64[at.SLOWDOWN_MILLI] = 0
        made.play(guitar(64))
        i64[at.SLOWDOWN_MILLI] = 1000
    made.play(guitar(64))
    assert made.arena.f64[at.LOAD] < 200.0


def test_with_no_slowdown_nothing_is_slept_whatever_the_prices() -> None:
    dear = PRICES.blocks | {"tone": PRICES.blocks["tone"].__class__(call_ns=1e9, frame_ns=0.0)}
    made = bench(TONE, prices=Prices("x", 0.0, PRICES.model, dear), slowdown_milli=0)
    made.play(guitar(64))
    assert made.arena.f64[at.LOAD] < 750.0


def test_the_stopwatch_sees_the_prices_and_a_wrong_one_what_it_is_told() -> None:
    parts = compile_preset(preset(AMP, CAB), Assets(), RATE_HZ)
    dear = PRICES.model.__class__(0.0, 1.0, 1.0, 0.0, 0.0, 0.0)  # a microsecond a thousand multiply-adds
    prices = Prices("x", 0.0, dear, PRICES.blocks)
    for slowdown_milli in (1000, 3000):
        costs = measure_costs(parts, RATE_HZ, 64, {}, prices, slowdown_milli)
        lite_ns, full_ns = costs[parts[1].cost_key]
        for seen_ns, macs in ((lite_ns, 1731), (full_ns, 11776)):
            assert seen_ns >= macs * slowdown_milli / 1000


def test_the_understudy_takes_time_too_and_sees_the_amp_at_work() -> None:
    """While the period thread is at work on a period, its input is in the ring and its output is not yet heard."""
    slow = PRICES.model.__class__(1e6, 0.0, 0.0, 0.0, 0.0, 0.0)  # 64 ms for 64 frames
    made = bench(AMP, prices=Prices("x", 0.0, slow, PRICES.blocks))
    (amp,), i64 = made.amps(0), made.arena.i64
    x = guitar(64)
    made.play(x)
    playing = threading.Thread(target=made.play, args=(x,))
    playing.start()
    seen = False
    while playing.is_alive():
        seen |= amp.get(at.AMP_HEAD) == 128 and amp.get(at.AMP_PLAYED) == 64
    playing.join()
    assert seen
    began_ns = time.monotonic_ns()
    understudy_round(made.arena.f32, made.arena.f64, i64)
    assert time.monotonic_ns() - began_ns >= 64_000_000
    assert amp.get(at.SEAT_POSITION) > 0
