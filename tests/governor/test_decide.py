"""The governor: as wide as fits, narrow at once, wide again slowly, and never to and fro."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pedal.governor.decide import (
    MARGIN,
    PATIENCE_MAX_S,
    PATIENCE_S,
    REGRET_S,
    SETTLE_S,
    Amp,
    Decision,
    Load,
    Memory,
    fit,
    step,
)

TICK_S = 0.05
shares = st.floats(0.0, 0.6)


@st.composite
def amps(draw: st.DrawFn, most: int = 4) -> list[Amp]:
    found = []
    for number in range(draw(st.integers(1, most))):
        costs = tuple(sorted(draw(st.lists(shares, min_size=1, max_size=4))))
        ceiling = draw(st.integers(0, len(costs) - 1))
        floor = draw(st.integers(0, ceiling))
        found.append(Amp(f"amp{number}", costs, draw(st.integers(floor, ceiling)), ceiling, floor))
    return found


def total(many: list[Amp], widths: tuple[int, ...]) -> float:
    return sum(amp.costs[width] for amp, width in zip(many, widths, strict=True))


class TestFit:
    @given(amps(), shares, st.floats(0.0, 1.5))
    def test_it_fits_or_nothing_would(self, many: list[Amp], others: float, budget: float) -> None:
        widths = fit(many, others, budget)
        assert all(amp.floor <= width <= amp.ceiling for amp, width in zip(many, widths, strict=True))
        assert others + total(many, widths) <= budget or widths == tuple(amp.floor for amp in many)

    @given(amps(), shares, st.floats(0.0, 1.5))
    def test_no_more_gives_way_than_must(self, many: list[Amp], others: float, budget: float) -> None:
        """The step taken last was needed: one of the narrowed amps would not fit one width wider."""
        widths = fit(many, others, budget)
        wider = [i for i, amp in enumerate(many) if widths[i] < amp.ceiling]
        if wider:
            assert any(others + total(many, (*widths[:i], widths[i] + 1, *widths[i + 1 :])) > budget for i in wider)

    @given(amps(), shares, st.floats(0.0, 1.5), st.floats(0.0, 0.5))
    def test_more_room_never_makes_an_amp_narrower(
        self, many: list[Amp], others: float, budget: float, more: float
    ) -> None:
        before, after = fit(many, others, budget), fit(many, others, budget + more)
        assert all(a >= b for a, b in zip(after, before, strict=True))

    def test_the_amp_that_frees_most_gives_way_and_of_equals_the_last(self) -> None:
        small, big = Amp("small", (0.1, 0.2), 1, 1), Amp("big", (0.1, 0.4), 1, 1)
        assert fit([small, big], 0.0, 0.5) == (1, 0)
        assert fit([big, small], 0.0, 0.5) == (0, 1)
        assert fit([big, replace(big, id="other")], 0.0, 0.6) == (1, 0)

    def test_a_pinned_amp_leaves_it_to_the_others(self) -> None:
        pinned, free = Amp("pinned", (0.1, 0.5), 1, 1, 1), Amp("free", (0.1, 0.2), 1, 1)
        assert fit([pinned, free], 0.0, 0.6) == (1, 0)
        assert fit([pinned], 0.0, 0.1) == (1,)

    def test_no_amps(self) -> None:
        assert fit([], 2.0, 1.0) == ()


class Plant:
    """A machine whose load is what its amps truly cost, whatever the governor was told."""

    def __init__(self, many: list[Amp], others: float, budget: float = 0.8, truth: float = 1.0) -> None:
        self.amps, self.others, self.budget, self.truth = many, others, budget, truth
        self.memory, self.now_s = Memory(), 0.0
        self.taken: list[tuple[float, Decision]] = []

    @property
    def load(self) -> float:
        return self.others + self.truth * sum(amp.cost for amp in self.amps)

    def run(self, duration_s: float) -> None:
        stop_s = self.now_s + duration_s
        while self.now_s < stop_s:
            self.tick()

    def tick(self) -> tuple[Decision, ...]:
        self.memory, decisions = step(self.memory, Load(self.load, self.budget), self.amps, self.now_s)
        for decision in decisions:
            self.taken.append((self.now_s, decision))
            self.amps = [replace(a, playing=decision.width) if a.id == decision.id else a for a in self.amps]
        self.now_s += TICK_S
        return decisions


@given(amps(3), st.floats(0.0, 0.7))
def test_constant_loads_come_to_rest(many: list[Amp], others: float) -> None:
    """With honest costs each amp changes only until it fits, and then never again."""
    plant = Plant(many, others)
    steps = sum(len(amp.costs) for amp in many)
    plant.run(steps * (PATIENCE_S + SETTLE_S) * 2 + 5.0)
    settled, changes = plant.amps, len(plant.taken)
    plant.run(3 * REGRET_S)
    assert (plant.amps, len(plant.taken)) == (settled, changes)
    assert changes <= 2 * steps
    narrowest = all(amp.playing == amp.floor for amp in settled)
    assert plant.load <= plant.budget or narrowest
    for amp in settled:
        if amp.playing < amp.ceiling:
            wider = amp.costs[amp.playing + 1] - amp.cost
            assert plant.load + wider > plant.budget - MARGIN - 1e-9


@given(amps(3), st.floats(0.0, 1.5), st.floats(0.0, 1e6))
def test_overload_narrows_at_the_first_look(many: list[Amp], mean: float, now_s: float) -> None:
    load = Load(mean, 0.8)
    assume(mean > load.budget)
    _, decisions = step(Memory(), load, many, now_s)
    able = {amp.id: amp for amp in many if amp.playing > amp.floor}
    assert bool(decisions) == bool(able)
    for decision in decisions:
        assert able[decision.id].floor <= decision.width < able[decision.id].playing


def test_one_look_is_enough_for_a_big_overload() -> None:
    trio = (0.1, 0.2, 0.5)
    plant = Plant([Amp("a", trio, 2, 2), Amp("b", trio, 2, 2)], others=0.1, budget=0.55)
    assert {decision.id: decision.width for decision in plant.tick()} == {"a": 1, "b": 1}
    assert plant.load <= plant.budget


@given(st.floats(1.3, 3.0))
@settings(max_examples=15)
def test_what_had_to_be_taken_back_is_tried_ever_more_rarely(truth: float) -> None:
    """Costs that promise too much: the waits between two tries double up to a minute."""
    plant = Plant([Amp("amp", (0.1, 0.5), 0, 1)], others=0.2, budget=0.8, truth=truth)
    plant.others = 0.8 - MARGIN - 0.42 - 0.1 * truth  # always looks as if it fitted, never does
    plant.run(600.0)
    tries = [now_s for now_s, decision in plant.taken if decision.width == 1]
    waits = [after - before for before, after in itertools.pairwise(tries)]
    assert all(later >= min(1.8 * sooner, PATIENCE_MAX_S) for sooner, later in itertools.pairwise(waits))
    assert len(tries) <= 16
    assert plant.memory.patience_s <= PATIENCE_MAX_S


def test_a_widening_that_holds_restores_trust() -> None:
    plant = Plant([Amp("amp", (0.1, 0.3), 0, 1)], others=0.1)
    plant.memory = replace(plant.memory, patience_s=24.0)
    plant.run(24.0 + REGRET_S + 2.0)
    assert plant.amps[0].playing == 1
    assert plant.memory.patience_s == PATIENCE_S


def test_headroom_must_last() -> None:
    plant = Plant([Amp("amp", (0.1, 0.3), 0, 1)], others=0.1)
    for _ in range(10):
        plant.run(PATIENCE_S - 2 * TICK_S)
        plant.others = 0.6  # a neighbour wakes up
        plant.tick()
        plant.others = 0.1
    assert plant.taken == []
    plant.run(PATIENCE_S + 2 * TICK_S)
    assert [decision.width for _, decision in plant.taken] == [1]


def test_the_cheapest_widening_comes_first() -> None:
    plant = Plant([Amp("dear", (0.1, 0.4), 0, 1), Amp("cheap", (0.1, 0.2), 0, 1)], others=0.1)
    plant.run(10.0)
    assert [decision.id for _, decision in plant.taken] == ["cheap", "dear"]


def test_after_a_change_the_load_gets_time_to_show_it() -> None:
    many = [Amp("amp", (0.1, 0.2, 0.3), 2, 2)]
    memory, decisions = step(Memory(), Load(0.9, 0.8), many, 100.0)
    assert decisions
    assert step(memory, Load(0.9, 0.8), many, 100.0 + 0.9 * SETTLE_S) == (memory, ())
    assert step(memory, Load(0.9, 0.8), many, 100.0 + 1.1 * SETTLE_S)[1]


def test_a_ceiling_is_a_wish_not_a_matter_of_load() -> None:
    _, decisions = step(Memory(quiet_until_s=1e9), Load(0.1, 0.8), [Amp("amp", (0.1, 0.2), 1, 0)], 0.0)
    assert decisions == (Decision("amp", 0, "as chosen"),)


@given(amps(), st.floats(0.0, 2.0), st.floats(0.0, 1e5))
def test_switched_off_amps_are_left_alone(many: list[Amp], mean: float, now_s: float) -> None:
    off = [replace(amp, playing=-1) for amp in many]
    assert step(Memory(), Load(mean, 0.8), off, now_s)[1] == ()


@given(amps(), st.floats(0.0, 2.0), st.floats(0.0, 1e5), st.floats(0.0, 1e5))
def test_time_is_only_an_argument(many: list[Amp], mean: float, now_s: float, later_s: float) -> None:
    """The same look at another time of day decides the same."""
    decided = step(Memory(), Load(mean, 0.8), many, now_s)[1]
    assert decided == step(Memory(), Load(mean, 0.8), many, now_s + later_s)[1]


def test_reasons_are_for_players() -> None:
    (decision,) = step(Memory(), Load(0.93, 0.8), [Amp("amp", (0.1, 0.5), 1, 1)], 0.0)[1]
    assert decision.reason == "load 93% is over the budget of 80%"
    with pytest.raises(AttributeError):
        decision.width = 1  # type: ignore[misc]
