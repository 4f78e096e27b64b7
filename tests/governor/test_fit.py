"""The widest that fits, against trying everything; and what "better" means."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from pedal.governor.fit import best, fit, preference, widest
from pedal.governor.scene import OFF, Amp, Extra, Impulse, Plan, Scene
from tests.governor.scenes import UNIT, amps, best_by_trying, budgets, load_of, rank, scenes, shares

THOUSANDS = settings(max_examples=2000)


@THOUSANDS
@given(amps(6, is_off=False), shares(0.7), budgets)
def test_amps_play_the_widest_of_all_combinations(many: tuple[Amp, ...], others: float, budget: float) -> None:
    """Up to six amps of up to four widths: thousands of chains, each against all of its combinations."""
    choices = [range(amp.floor, amp.ceiling + 1) for amp in many]
    best_rank, best_widths = None, tuple(amp.floor for amp in many)
    for widths in itertools.product(*choices):
        load = others + sum(amp.costs[width] for amp, width in zip(many, widths, strict=True))
        if load <= budget and (best_rank is None or (sum(widths), widths) > best_rank):
            best_rank, best_widths = (sum(widths), widths), widths
    assert fit(many, others, budget) == best_widths


@settings(max_examples=1000)
@given(scenes(), budgets)
def test_whole_scenes_get_the_best_of_all_plans(scene: Scene, budget: float) -> None:
    found, tried = best(scene, budget), best_by_trying(scene, budget)
    if tried is not None:
        assert found == tried
        return
    assert found.widths == tuple(OFF if amp.playing == OFF else amp.floor for amp in scene.amps)
    assert found.sizes == tuple(min(cab.playing, 0) for cab in scene.impulses)
    assert found.held == {extra.id for extra in scene.extras if not extra.stays and extra.cost > 0.0}


@given(scenes(), budgets, budgets)
def test_preference_orders_plans_as_the_second_telling_does(scene: Scene, one: float, other: float) -> None:
    plans = best(scene, one), best(scene, other)
    by_code = preference(scene, plans[0]) > preference(scene, plans[1])
    assert by_code == (rank(scene, plans[0]) > rank(scene, plans[1]))


@given(scenes(), budgets, shares(0.5))
def test_more_room_is_never_worse(scene: Scene, budget: float, more: float) -> None:
    less, found = best(scene, budget), best(scene, budget + more)
    if load_of(scene, less) <= budget:
        assert preference(scene, found) >= preference(scene, less)


def test_as_many_steps_as_fit_and_the_earlier_amp_is_the_wider_one() -> None:
    small, big = Amp("small", (0.1, 0.2), 1, 1), Amp("big", (0.1, 0.4), 1, 1)
    assert fit([small, big], 0.0, 0.5) == (1, 0)
    assert fit([big, small], 0.0, 0.5) == (1, 0)
    assert fit([big, small], 0.0, 0.45) == (0, 1)
    assert fit([big, small, small], 0.0, 0.6) == (0, 1, 1), "two steps are better than one of the first"


def test_a_pinned_amp_leaves_it_to_the_others() -> None:
    pinned, free = Amp("pinned", (0.1, 0.5), 1, 1, 1), Amp("free", (0.1, 0.2), 1, 1)
    assert fit([pinned, free], 0.0, 0.6) == (1, 0)
    assert fit([pinned], 0.0, 0.1) == (1,)


def test_the_ladder() -> None:
    """As the budget shrinks: widths, then tails, then taps, then the newest block; one that stays never goes."""
    extras = (Extra("looper", 0.05, stays=True), Extra("delay", 0.1), Extra("reverb", 0.1))
    amp, cab = Amp("amp", (0.1, 0.3), 1, 1), Impulse("cab", (0.02, 0.05), 1)
    scene = Scene((amp,), (cab,), extras, tails=0.06, others=0.02)
    ladder = [
        (0.68, Plan((1,), (1,), frozenset(), True)),
        (0.48, Plan((0,), (1,), frozenset(), True)),
        (0.42, Plan((0,), (1,), frozenset(), False)),
        (0.39, Plan((0,), (0,), frozenset(), False)),
        (0.38, Plan((0,), (1,), frozenset({"reverb"}), True)),
        (0.28, Plan((0,), (1,), frozenset({"delay", "reverb"}), True)),
        (0.10, Plan((0,), (0,), frozenset({"delay", "reverb"}), False)),
    ]
    for budget, plan in ladder:
        assert best(scene, budget) == plan, budget


def test_one_that_sounds_never_gives_its_place_to_one_that_waits() -> None:
    waiting, boost = Extra("reverb", 0.2, held=True), Extra("boost", 0.1)
    scene = Scene(extras=(waiting, boost))
    assert best(scene, 0.2).held == {"reverb"}
    assert best(scene, 0.3).held == set()


def test_nothing_at_all() -> None:
    assert best(Scene(), 0.7) == Plan(tails=False)
    assert widest([], 0.0) == ()
    assert widest([], -1.0) is None


@given(st.lists(st.lists(shares(), min_size=1, max_size=4), max_size=6), budgets)
def test_costs_need_not_rise(choices: list[list[float]], room: float) -> None:
    """A stopwatch may find a wider width to be the cheaper one."""
    found = widest(choices, room)
    able = [c for c in itertools.product(*map(range, map(len, choices))) if _cost(choices, c) <= room * UNIT]
    assert found == max(able, key=lambda chosen: (sum(chosen), chosen), default=None)


def _cost(choices: list[list[float]], chosen: tuple[int, ...]) -> float:
    return sum(costs[index] for costs, index in zip(choices, chosen, strict=True)) * UNIT
