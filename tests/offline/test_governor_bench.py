"""The governor over many sorts of load: it is calm, in time, and at the optimum nearly always."""

from __future__ import annotations

import random

import pytest

from pedal.governor.scene import OFF, Extra, Hold, Release, Width
from pedal.offline.governor_bench import ALL, BEGIN, CHAIN, END, PAGE, SETTLED_S, Trace, recording, run, steady
from pedal.offline.governor_machine import Machine, carried_out

DURATION_S = 240.0
#: Shares of the time in which less plays than would fit: where loads come and go, patience costs something.
PATIENT = {"spikes", "a neighbour", "noise", "recorded", "thermal", "ramp", "reverb"}


@pytest.mark.parametrize("trace", ALL, ids=lambda trace: trace.title)
def test_no_load_makes_it_flap(trace: Trace) -> None:
    """At constant load at most one change a minute, in every ten minutes once it has come to rest, and over all."""
    tally = run(trace, DURATION_S)
    if trace.is_constant:
        assert tally.most_within(600.0, SETTLED_S) <= 10
        assert len(tally.changes) <= 4 + DURATION_S / 60.0, "three tries come sooner"
    if not any(trace.title.startswith(word) for word in ("spikes", "recorded")):
        assert tally.overruns == 0
    assert tally.over / tally.looks < 0.02
    if trace.learns and not any(word in trace.title for word in PATIENT):
        assert tally.below / tally.compared < 0.05


def test_a_foot_on_the_reverb_moves_the_amps_seldom() -> None:
    """Two minutes of four times a second: the amps give way now and then, not two hundred and forty times."""
    trace = next(trace for trace in ALL if "four times a second" in trace.title)
    tally = run(trace, 120.0)
    assert tally.by_foot + len(tally.changes) <= 12
    assert tally.overruns == 0


def test_a_chain_grown_to_twice_the_budget_stays_below_it() -> None:
    """Block after block is switched on: what fits starts, what does not is refused, and no look is over the budget."""
    machine = Machine(carried_out(CHAIN, Width("amp1", 0, "")))
    asked = machine.chain.known + machine.chain.others
    number = 0
    while asked < 2.0 * machine.budget:
        for _ in range(40):
            machine.tick()
        number += 1
        machine.switch_on(Extra(f"extra{number}", 0.06))
        asked += 0.06
    for _ in range(40):
        machine.tick()
    assert machine.tally.overruns == machine.tally.over == 0
    assert machine.tally.refused > 0
    assert not any(extra.held for extra in machine.chain.extras)
    assert machine.chain.others + machine.chain.known > 0.8 * machine.budget


@pytest.mark.parametrize("wrong", [0.5, 1.5])
def test_a_wrong_book_is_learnt_from(wrong: float) -> None:
    """After a minute it plays what a right book would have played, and is not tempted again."""
    right, mistaken = Machine(CHAIN), Machine(CHAIN, wrong=wrong)
    for machine in (right, mistaken):
        for _ in range(1200):
            machine.tick()
    assert [amp.playing for amp in mistaken.chain.amps] == [amp.playing for amp in right.chain.amps]
    before = len(mistaken.tally.changes)
    for _ in range(4800):
        mistaken.tick()
    assert len(mistaken.tally.changes) == before


def test_the_same_seed_is_the_same_run() -> None:
    trace = next(trace for trace in ALL if trace.title.startswith("a neighbour"))
    assert run(trace, 120.0) == run(trace, 120.0)
    loads = [next(steady(0.6, 0.04)(random.Random(seed))) for seed in (1, 2)]
    assert loads[0] != loads[1]


def test_orders_do_what_they_say() -> None:
    held = carried_out(CHAIN, Hold("delay", ""))
    assert [extra.held for extra in held.extras] == [False, True, False]
    assert carried_out(held, Release("delay", "")) == CHAIN
    assert carried_out(CHAIN, Width("amp2", 1, "")).amps[1].playing == 1 != OFF


def test_the_recording_is_of_something_that_lives() -> None:
    shares = recording("busy-desktop")
    assert len(shares) >= 2000
    assert sorted(shares)[len(shares) // 2] == pytest.approx(1.0, abs=0.01)
    assert max(shares) > 1.05


def test_the_page_has_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    made = text.partition(BEGIN)[2].partition(END)[0]
    assert [line.split("|")[1].strip() for line in made.split("\n") if line.startswith("| ")][1:] == [
        trace.title for trace in ALL
    ]
