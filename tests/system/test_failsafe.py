"""When the pedal may stand in the wire: the rule by itself, and the circuit that obeys it."""

from __future__ import annotations

import random

import pytest

from pedal.config import RelaySettings
from pedal.system.failsafe import (
    CLEAN_S,
    CLOSE_S,
    FORGIVEN_S,
    MOST_CLEAN_S,
    MUTE_S,
    RELEASE_S,
    STILL_S,
    FailSafe,
    Phase,
    Seen,
)
from tests.system.pump import FALLS_V, HOLDS_V, Pump, corners

TICK_S = 0.1
WELL = Seen("", 0)


class Stage:
    """A rule and a clock; remembers each change of the contacts' drive and of the silence."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.rule = FailSafe(self.now_s)
        self.events: list[tuple[str, float]] = []

    def run(self, seconds: float, seen: Seen = WELL) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.now_s += TICK_S
            before = (self.rule.is_driven, self.rule.is_muted)
            self.rule.look(seen, self.now_s)
            if self.rule.is_driven != before[0]:
                self.events.append(("driven" if self.rule.is_driven else "let go", self.now_s))
            if self.rule.is_muted != before[1]:
                self.events.append(("muted" if self.rule.is_muted else "heard", self.now_s))

    def words(self) -> list[str]:
        return [word for word, _ in self.events]


def test_dry_and_silent_from_the_beginning_then_closed_then_heard() -> None:
    stage = Stage()
    assert (stage.rule.is_driven, stage.rule.is_muted) == (False, True)
    stage.run(3.0)
    assert stage.words() == ["driven", "heard"]
    (_, driven_s), (_, heard_s) = stage.events
    assert driven_s - 100.0 >= CLEAN_S
    assert heard_s - driven_s >= CLOSE_S
    assert stage.rule.phase is Phase.CLOSED


def test_not_before_the_sound_has_flowed_without_a_gap() -> None:
    stage = Stage()
    stage.run(5.0, Seen("the card does not play", 0))
    for xruns in range(1, 20):
        stage.run(0.3, Seen("", xruns))
    assert stage.events == []
    stage.run(3.0, Seen("", 19))
    assert stage.words() == ["driven", "heard"]


def test_a_fault_lets_go_at_once_and_silences() -> None:
    stage = Stage()
    stage.run(3.0)
    stage.events.clear()
    stage.run(TICK_S, Seen("the sound has stopped", 0))
    assert stage.words() == ["let go", "muted"]
    assert stage.rule.fault == "the sound has stopped"


@pytest.mark.parametrize("closing_s", [0.7, 0.9])
def test_a_fault_while_the_contacts_move_lets_go_too(closing_s: float) -> None:
    stage = Stage()
    stage.run(closing_s)
    assert stage.words() == ["driven"]
    stage.run(TICK_S, Seen("safe mode", 0))
    assert stage.words() == ["driven", "let go"]
    assert stage.rule.is_muted


def test_one_gap_is_no_fault_and_many_are() -> None:
    stage = Stage()
    stage.run(3.0)
    stage.run(1.0, Seen("", 1))
    assert stage.rule.phase is Phase.CLOSED
    for xruns in range(2, 30):
        stage.run(TICK_S, Seen("", 2 * xruns))
    assert stage.rule.phase is Phase.OPEN
    assert stage.rule.fault == "the sound has too many gaps"


def test_a_process_that_counts_from_zero_has_no_gaps_yet() -> None:
    stage = Stage()
    stage.run(3.0, Seen("", 500))
    stage.run(3.0, Seen("", 0))
    assert stage.rule.phase is Phase.CLOSED


def test_faults_that_come_back_keep_it_dry_longer_and_are_forgiven() -> None:
    stage, waits = Stage(), []
    stage.run(3.0)
    for _ in range(7):
        stage.events.clear()
        stage.run(TICK_S, Seen("the sound has stopped", 0))
        fell_s = stage.now_s
        stage.run(MOST_CLEAN_S + 2.0)
        waits.append(next(at_s for word, at_s in stage.events if word == "driven") - fell_s)
    assert waits[:3] == pytest.approx([CLEAN_S, 2 * CLEAN_S, 4 * CLEAN_S], abs=1.5 * TICK_S)
    assert waits[-1] == pytest.approx(MOST_CLEAN_S, abs=1.5 * TICK_S)
    stage.run(FORGIVEN_S)
    stage.run(TICK_S, Seen("the sound has stopped", 0))
    fell_s = stage.now_s
    stage.events.clear()
    stage.run(3.0)
    assert stage.events[0][1] - fell_s == pytest.approx(CLEAN_S, abs=1.5 * TICK_S)


def test_an_end_is_silent_first_then_dry_then_over() -> None:
    stage = Stage()
    stage.run(3.0)
    stage.events.clear()
    stage.rule.leave(stage.now_s)
    asked_s = stage.now_s
    assert stage.rule.is_muted and stage.rule.is_driven
    while not stage.rule.is_over(stage.now_s):
        stage.run(TICK_S)
        stage.rule.leave(stage.now_s)  # asked twice, it is no later
    let_go_s = dict(stage.events)["let go"]
    assert let_go_s - asked_s >= MUTE_S
    assert stage.now_s - let_go_s == pytest.approx(RELEASE_S, abs=1.5 * TICK_S)
    stage.run(5.0)
    assert stage.rule.phase is Phase.OPEN, "for good"


def test_an_end_of_a_pedal_that_was_dry_waits_for_nothing() -> None:
    stage = Stage()
    stage.run(5.0, Seen("the card does not play", 0))
    stage.rule.leave(stage.now_s)
    assert stage.rule.is_over(stage.now_s)


def test_whatever_happens_contacts_move_in_silence_only() -> None:
    """Ten thousand looks at a sound that fails at random."""
    dice, stage = random.Random(7), Stage()
    driven_since_s = heard = 0.0
    for _ in range(10_000):
        fault = dice.choice([""] * 60 + ["the sound has stopped", "safe mode"])
        before = stage.rule.is_driven
        stage.run(TICK_S, Seen(fault, 0))
        if stage.rule.is_driven and not before:
            driven_since_s = stage.now_s
        if not stage.rule.is_muted:
            heard += 1
            assert stage.rule.is_driven
            assert stage.now_s - driven_since_s >= CLOSE_S
        if fault:
            assert not stage.rule.is_driven
    assert heard > 1000


# ---- the circuit of docs/wiring ---------------------------------------------------------------------------------

CYCLE_S = 1.0 / RelaySettings(pin=12).heartbeat_hz


@pytest.mark.parametrize("pump", list(corners()))
def test_a_heartbeat_holds_the_relay_whatever_the_parts(pump: Pump) -> None:
    beats = [CYCLE_S * beat for beat in range(200)]
    assert min(pump.troughs(beats)[round(CLOSE_S / CYCLE_S) :]) > HOLDS_V, "before the contacts are taken for closed"


@pytest.mark.parametrize("pump", list(corners()))
def test_without_a_heartbeat_the_relay_falls_in_time_whatever_the_parts(pump: Pump) -> None:
    full_v = pump.troughs([CYCLE_S * beat for beat in range(200)])[-1]
    assert pump.after(full_v, RELEASE_S) < FALLS_V


def test_every_fault_is_dry_within_two_seconds() -> None:
    """By arithmetic: noticed after a period that is owed and a look, and the pump runs dry."""
    assert STILL_S + TICK_S + RELEASE_S <= 2.0


def test_a_pin_that_hangs_at_either_level_holds_nothing() -> None:
    pump = Pump()
    assert pump.kicked(0.0) < HOLDS_V
    assert pump.after(pump.kicked(0.0), RELEASE_S) < FALLS_V


def test_a_late_beat_does_not_drop_it() -> None:
    pump = Pump()
    beats = [CYCLE_S * beat for beat in range(100)]
    late = beats + [beats[-1] + 0.1 + CYCLE_S * beat for beat in range(1, 20)]
    assert min(pump.troughs(late)[20:]) > HOLDS_V
