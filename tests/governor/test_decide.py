"""The governor's timing: narrow at once, wide again slowly, to rest at the optimum, and never to and fro."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pedal.governor.decide import AUDIBLE_AFTER_S, MARGIN, URGENT, URGENT_AFTER_S, Load, step
from pedal.governor.fit import best
from pedal.governor.memory import (
    AUDIBLE_PATIENCE_S,
    PATIENCE_GROWTH,
    PATIENCE_MAX_S,
    PATIENCE_S,
    REGRET_S,
    RELIEF,
    SETTLE_S,
    TRUST_S,
    Memory,
    after_joining,
    after_overload,
    after_raise,
)
from pedal.governor.scene import OFF, Amp, DropTails, Extra, Hold, Impulse, Release, Scene, Taps, Width, plan_of
from pedal.offline.governor_machine import TICK_S
from tests.governor.plant import Plant
from tests.governor.scenes import best_by_trying, load_of, rank, scenes, shares


def pair(playing: int = 1, *, others: float = 0.1) -> Scene:
    return Scene((Amp("amp", (0.1, 0.5), playing, 1),), others=others)


def quietly(scene: Scene) -> Scene:
    """As it is once the tails have ended, which they do by themselves."""
    return replace(scene, tails=0.0)


@settings(max_examples=300, deadline=None)
@given(scenes(), shares(1.2))
def test_constant_loads_settle_at_the_optimum(scene: Scene, budget: float) -> None:
    """With a right book, what plays is at last not worse than the best for the budget less the margin, found by
    trying all plans, nor better than the best for the budget; and nothing changes any more."""
    plant = Plant(quietly(scene), budget)
    steps = 1 + sum(len(amp.costs) for amp in scene.amps) + len(scene.impulses) + len(scene.extras)
    plant.run(2 * steps * (AUDIBLE_PATIENCE_S + SETTLE_S) + 2 * AUDIBLE_AFTER_S, tick_s=0.5)
    settled, changes = plant.scene, len(plant.taken)
    plant.run(2 * REGRET_S, tick_s=4.0)
    assert (plant.scene, len(plant.taken)) == (settled, changes)
    now = plan_of(settled)
    low, high = best_by_trying(settled, budget - MARGIN), best_by_trying(settled, budget)
    if low is not None:
        assert rank(settled, now) >= rank(settled, low)
    if high is not None:
        assert rank(settled, now) <= rank(settled, high)
        assert load_of(settled, now) <= budget + 1e-9
    else:
        assert now == replace(best(settled, -1.0), held=now.held)
        assert all(extra.held for extra in settled.extras if not extra.stays and extra.cost > 0.0)


@given(scenes(), st.floats(0.0, 1.5), st.floats(0.0, 1e6))
def test_overload_narrows_at_the_first_look(scene: Scene, mean: float, now_s: float) -> None:
    assume(mean > 0.8)
    scene = Scene(scene.amps)
    _, orders = step(Memory(), Load(mean, 0.8), scene, now_s)
    able = {amp.id: amp for amp in scene.amps if amp.playing > amp.floor}
    widths = [order for order in orders if isinstance(order, Width)]
    assert bool(widths) == bool(able)
    for order in widths:
        assert able[order.id].floor <= order.width < able[order.id].playing


def test_one_look_is_enough_for_a_big_overload() -> None:
    trio = (0.1, 0.2, 0.5)
    plant = Plant(Scene((Amp("a", trio, 2, 2), Amp("b", trio, 2, 2)), others=0.1), budget=0.55)
    assert {order.id: order.width for order in plant.tick() if isinstance(order, Width)} == {"a": 1, "b": 1}
    assert plant.load <= plant.budget


class TestLadder:
    SCENE = Scene(
        (Amp("amp", (0.1, 0.3), 1, 1),),
        (Impulse("cab", (0.02, 0.06), 1),),
        (Extra("looper", 0.05, stays=True), Extra("delay", 0.1), Extra("reverb", 0.1)),
        tails=0.05,
        others=0.02,
    )

    def test_what_nobody_hears_goes_first_and_the_newest_block_last(self) -> None:
        plant = Plant(self.SCENE, budget=0.7)
        for more, expected in (
            (0.05, [Width]),
            (0.24, [DropTails]),
            (0.29, [Taps]),
            (0.33, [Hold]),
        ):
            plant.weather = lambda now_s, more=more: more
            start_s = plant.now_s
            plant.run(3.0)
            assert [type(order) for order in plant.since(start_s)] == expected, more
        assert plant.scene.extras[2].held and not plant.scene.extras[1].held

    def test_it_comes_back_in_reverse(self) -> None:
        plant = Plant(self.SCENE, budget=0.7)
        for more in (0.24, 0.29, 0.33):
            plant.weather = lambda now_s, more=more: more
            plant.run(3.0)
        assert plant.scene.extras[2].held
        plant.weather, start_s = lambda now_s: -0.05, plant.now_s
        plant.run(60.0)
        assert [type(order) for order in plant.since(start_s)] == [Release, Taps, Width]

    def test_a_step_that_would_not_be_enough_is_not_taken(self) -> None:
        """Fewer taps would not do, and with the newest block gone all of them fit."""
        plant = Plant(self.SCENE, budget=0.7, weather=lambda now_s: 0.33)
        plant.run(3.0)
        assert [type(order) for _, order in plant.taken] == [Width, DropTails, Hold]

    def test_what_is_heard_waits_a_second_unless_periods_would_overrun(self) -> None:
        scene = Scene(extras=(Extra("reverb", 0.3),), others=0.5)
        plant = Plant(scene, budget=0.7)
        plant.run(AUDIBLE_AFTER_S - TICK_S)
        assert plant.taken == []
        plant.run(3 * TICK_S)
        assert [order for _, order in plant.taken] == [Hold("reverb", "reverb waits: not enough CPU")]
        urgent = Plant(replace(scene, others=URGENT), budget=0.7)
        urgent.run(URGENT_AFTER_S)
        assert urgent.taken == []
        urgent.run(2 * TICK_S)
        assert [order for _, order in urgent.taken] == [Hold("reverb", "reverb waits: not enough CPU")]

    def test_a_short_spike_is_not_heard(self) -> None:
        plant = Plant(Scene(extras=(Extra("reverb", 0.3),), others=0.3), budget=0.7)
        plant.weather = lambda now_s: 0.2 if now_s % 2.0 < 0.5 else 0.0
        plant.run(60.0)
        assert plant.taken == []


class TestPatience:
    @given(st.floats(1.3, 3.0))
    @settings(max_examples=5, deadline=None)
    def test_what_had_to_be_taken_back_is_tried_ever_more_rarely(self, truth: float) -> None:
        """A book that promises too much: each wait is six times the last, up to five minutes."""
        plant = Plant(pair(0), budget=0.8, truth=truth)
        plant.scene = replace(plant.scene, others=0.8 - MARGIN - 0.42 - 0.1 * truth)  # always looks as if it fitted
        plant.run(1800.0, tick_s=0.25)
        tries = [now_s for now_s, order in plant.taken if order.width == 1]  # type: ignore[union-attr]
        waits = [after - before for before, after in itertools.pairwise(tries)]
        grown = [min(PATIENCE_MAX_S, PATIENCE_S * PATIENCE_GROWTH**k) for k in range(1, len(waits) + 1)]
        assert waits == pytest.approx(grown, abs=1.0)
        assert len(tries) == 8, "in half an hour"

    def test_a_widening_that_holds_restores_trust(self) -> None:
        memory = replace(Memory(), level=2, refuted=0.5)
        plant = Plant(pair(0), budget=0.8)
        plant.memory = memory
        plant.run(PATIENCE_S * PATIENCE_GROWTH**2 + 1.0)
        assert plant.scene.amps[0].playing == 1 and plant.memory.level == 2
        plant.run(TRUST_S)
        assert (plant.memory.level, plant.memory.refuted) == (1, None)

    def test_who_promises_less_than_what_was_refuted_need_not_wait(self) -> None:
        plant = Plant(pair(0), budget=0.8)
        plant.memory = replace(Memory(), level=3, refuted=0.6 + RELIEF + 0.01)
        plant.run(PATIENCE_S + 2 * TICK_S)
        assert plant.scene.amps[0].playing == 1

    def test_only_a_step_of_late_is_regretted(self) -> None:
        raised = after_raise(Memory(), 0.6, 10.0)
        assert after_overload(raised, 10.0 + REGRET_S - 1.0).refuted == 0.6
        assert after_overload(raised, 10.0 + REGRET_S + 1.0) == replace(
            Memory(), promised=0.6, quiet_until_s=11.0 + REGRET_S + SETTLE_S
        )

    def test_who_toggles_a_block_need_not_toggle_the_amp(self) -> None:
        raised = after_raise(Memory(), 0.6, 10.0)
        assert after_joining(raised, 12.0).level == 1
        assert after_joining(raised, 10.0 + AUDIBLE_PATIENCE_S + 1.0).level == 0

    def test_headroom_must_last(self) -> None:
        plant = Plant(Scene((Amp("amp", (0.1, 0.3), 0, 1),), others=0.1), budget=0.8)
        for _ in range(10):
            plant.run(PATIENCE_S - 2 * TICK_S)
            plant.weather = lambda now_s: 0.5  # a neighbour wakes up
            plant.tick()
            plant.weather = lambda now_s: 0.0
        assert plant.taken == []
        plant.run(PATIENCE_S + 2 * TICK_S)
        assert [order.width for _, order in plant.taken] == [1]  # type: ignore[union-attr]


class TestSwap:
    SCENE = Scene((Amp("a", (0.1, 0.5), 1, 1), Amp("b", (0.1, 0.2), 0, 1), Amp("c", (0.1, 0.2), 0, 1)))

    def test_one_gives_way_so_that_two_may_widen(self) -> None:
        plant = Plant(self.SCENE, budget=0.7)
        plant.run(60.0)
        assert [(order.id, order.width) for _, order in plant.taken] == [("a", 0), ("b", 1), ("c", 1)]  # type: ignore[union-attr]
        assert plant.load <= plant.budget - MARGIN
        times = [now_s for now_s, _ in plant.taken]
        assert times[1] - times[0] < PATIENCE_S, "the swap is done in one go"

    def test_not_for_as_many(self) -> None:
        plant = Plant(replace(self.SCENE, amps=self.SCENE.amps[:2]), budget=0.7)
        plant.run(60.0)
        assert plant.taken == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0.2, 400.0), st.floats(-0.1, 0.6)), min_size=1, max_size=30))
def test_no_load_makes_one_amp_change_more_than_twice_in_two_minutes_for_long(spans: list[tuple[float, float]]) -> None:
    """Whatever the load does: a constant, and one change a minute on average. Relief allows a few more."""
    plant = Plant(pair(others=0.1))
    ends = list(itertools.accumulate(duration_s for duration_s, _ in spans))
    plant.weather = lambda now_s: next(
        (more for end_s, (_, more) in zip(ends, spans, strict=True) if now_s < end_s), 0.0
    )
    plant.run(ends[-1])
    assert len(plant.taken) <= 8 + ends[-1] / 60.0 + _reliefs(plant)


def _reliefs(plant: Plant) -> float:
    return 2.0 * (0.7 - 0.5) / RELIEF


def test_after_a_change_the_load_gets_time_to_show_it() -> None:
    scene = Scene((Amp("amp", (0.1, 0.2, 0.3), 2, 2),))
    memory, orders = step(Memory(), Load(0.9, 0.8), scene, 100.0)
    assert orders
    assert step(memory, Load(0.9, 0.8), scene, 100.0 + 0.9 * SETTLE_S) == (memory, ())
    assert step(memory, Load(0.9, 0.8), scene, 100.0 + 1.1 * SETTLE_S)[1]


def test_a_ceiling_is_a_wish_not_a_matter_of_load() -> None:
    scene = Scene((Amp("amp", (0.1, 0.2), 1, 0, labels=("Lite", "Full")),))
    _, orders = step(Memory(quiet_until_s=1e9), Load(0.1, 0.8), scene, 0.0)
    assert orders == (Width("amp", 0, "Plays Lite: as chosen"),)


def test_where_the_book_knows_nothing_the_clock_is_believed() -> None:
    plant = Plant(Scene((Amp("amp", (0.0, 0.0, 0.0), 2, 2),), others=0.9), budget=0.8)
    plant.run(2.0)
    assert [order.width for _, order in plant.taken] == [0]  # type: ignore[union-attr]


@given(scenes(), st.floats(0.0, 2.0), st.floats(0.0, 1e5))
def test_switched_off_amps_are_left_alone(scene: Scene, mean: float, now_s: float) -> None:
    off = replace(scene, amps=tuple(replace(amp, playing=OFF) for amp in scene.amps))
    assert not [order for order in step(Memory(), Load(mean, 0.8), off, now_s)[1] if isinstance(order, Width)]


@given(scenes(), st.floats(0.0, 2.0), st.floats(0.0, 1e5), st.floats(0.0, 1e5))
def test_time_is_only_an_argument(scene: Scene, mean: float, now_s: float, later_s: float) -> None:
    """The same look at another time of day decides the same."""
    decided = step(Memory(), Load(mean, 0.8), scene, now_s)[1]
    assert decided == step(Memory(), Load(mean, 0.8), scene, now_s + later_s)[1]


def test_reasons_are_for_players() -> None:
    amp = Amp("amp", (0.1, 0.5), 1, 1, labels=("Lite", "Full"))
    (order,) = step(Memory(), Load(0.93, 0.8), Scene((amp,)), 0.0)[1]
    assert order.reason == "Plays Lite: not enough CPU for Full"
