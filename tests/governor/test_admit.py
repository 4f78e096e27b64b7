"""What may start, what gives way for it first, and what is refused, in words."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from pedal.governor.admit import Joining, admit
from pedal.governor.scene import OFF, Amp, DropTails, Extra, Impulse, Release, Scene, Taps, Width, plan_of
from pedal.offline.governor_machine import carried_out
from tests.governor.scenes import amps, budgets, every_plan, impulses, load_of, scenes, shares

REVERB = Extra("reverb1", 0.31, name="Reverb")
TWO = Scene(
    (Amp("a", (0.2, 0.4), 1, 1, labels=("Lite", "Full")), Amp("b", (0.2, 0.4), 0, 1, labels=("Lite", "Full"))),
    extras=(Extra("delay", 0.08),),
    others=0.1,
)


def started(scene: Scene, joining: Joining) -> Scene:
    if isinstance(joining, Extra):
        return replace(scene, extras=(*scene.extras, joining))
    if isinstance(joining, Amp):
        return replace(scene, amps=(*scene.amps, joining))
    return replace(scene, impulses=(*scene.impulses, joining))


def check(scene: Scene, joining: Joining, budget: float) -> None:
    """Against trying everything in which no block that sounds is faded out."""
    sounding = frozenset(extra.id for extra in scene.extras if not extra.held)
    held = frozenset(extra.id for extra in scene.extras if extra.held and not extra.stays)
    kept = replace(scene, extras=tuple(extra for extra in scene.extras if extra.id in sounding))
    able = [
        plan
        for plan in every_plan(started(kept, joining))
        if not plan.held and load_of(started(kept, joining), plan) <= budget
    ]
    admission = admit(scene, joining, budget)
    assert bool(able) == (not admission.refusal)
    if not able:
        assert admission.orders == ()
        return
    after = started(scene, joining)
    for order in admission.orders:
        assert not isinstance(order, Release)
        after = carried_out(after, order)
    assert frozenset(extra.id for extra in after.extras if extra.held) >= held
    assert load_of(after, plan_of(after)) <= budget + 1e-9


@settings(max_examples=300, deadline=None)
@given(scenes(), shares(), budgets)
def test_a_block_starts_exactly_if_some_plan_has_room_for_it(scene: Scene, cost: float, budget: float) -> None:
    scene = replace(scene, extras=tuple(replace(extra, stays=False) for extra in scene.extras))
    check(scene, Extra("new", cost), budget)


@settings(max_examples=300, deadline=None)
@given(scenes(), amps(1), impulses(1), budgets)
def test_so_do_amps_and_cabinets(scene: Scene, amp: tuple[Amp, ...], cab: tuple[Impulse, ...], budget: float) -> None:
    scene = replace(scene, extras=tuple(replace(extra, stays=False) for extra in scene.extras))
    for one in amp:
        check(scene, replace(one, id="new", playing=one.ceiling), budget)
    for two in cab:
        check(scene, replace(two, id="new", playing=len(two.costs) - 1), budget)


def test_the_refusal_says_what_it_needs_and_what_is_free() -> None:
    refusal = admit(TWO, REVERB, 0.7).refusal
    assert refusal == (
        "Reverb does not fit beside two amps on this board: it needs 31 %, 12 % are free. Switch something off first."
    )


def test_what_gives_way_says_for_what() -> None:
    admission = admit(replace(TWO, tails=0.01), replace(REVERB, cost=0.12), 0.7)
    assert admission.orders == (
        Width("a", 0, "Plays Lite: not enough CPU for Full + Reverb"),
        DropTails("Echoes are cut short: not enough CPU for Reverb"),
    )


def test_an_amp_that_joins_gets_its_own_width_last() -> None:
    scene = replace(TWO, amps=(TWO.amps[0], replace(TWO.amps[1], playing=OFF)))
    assert admit(scene, TWO.amps[1], 0.79).orders == (Width("b", 0, "Plays Lite: not enough CPU for Full"),)
    assert admit(scene, TWO.amps[1], 0.7).orders == (
        Width("a", 0, "Plays Lite: not enough CPU for Full + b"),
        Width("b", 0, "Plays Lite: not enough CPU for Full"),
    )
    assert admit(scene, TWO.amps[1], 1.0).orders == (Width("b", 1, "Plays Full: there is room"),)
    assert not admit(scene, TWO.amps[1], 0.5).orders


def test_a_cabinet_that_joins_gets_its_size() -> None:
    cab = Impulse("cab", (0.02, 0.06), OFF, name="Cab")
    assert admit(Scene(others=0.65), cab, 0.7).orders == (
        Taps("cab", 0, "Cab is shortened: not enough CPU for all of it"),
    )


def test_one_that_waited_may_be_asked_for_again() -> None:
    scene = replace(TWO, extras=(*TWO.extras, replace(REVERB, held=True)))
    assert admit(scene, REVERB, 0.7).refusal
    assert not admit(scene, REVERB, 1.0).refusal
