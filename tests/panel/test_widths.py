"""The panel's side of width changes: decided, asked for, recorded with their reasons."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pedal import layout
from pedal.errors import NoRoomError
from pedal.governor.memory import PATIENCE_S
from pedal.governor.scene import DropTails, Extra, Hold, Impulse, Release, Scene, Taps
from pedal.link.status import Event
from pedal.panel.changes import AFTER_S, Change, Changes, change_of
from pedal.panel.widths import OVERRAN
from pedal.preset import Preset
from tests.panel.stand import FULL_NS, LITE_NS, OTHER_NS, RATE_HZ, Stand, amp, tone

PRESET = Preset("Two amps", (amp("push"), amp("amp"), tone("tone", on=False)))
FULL, LITE, OTHER = (ns * RATE_HZ * 1e-9 for ns in (FULL_NS, LITE_NS, OTHER_NS))  # shares of the period


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    stand = Stand(tmp_path, {"01-two": PRESET})
    stand.play("01-two")
    return stand


def tick(stand: Stand, now_s: float, load: float, quality: dict[str, str] | None = None) -> None:
    stand.set_load(load)
    stand.widths.tick(stand.link.status(), quality or {}, now_s)


def event(stand: Stand, amp_id: str, before: int, after: int) -> Event:
    assert stand.rigs.playing is not None
    serial = next(block.serial for block in stand.rigs.playing.blocks if block.id == amp_id)
    return Event(layout.EVENT_WIDTH, 4800, (serial, before, after, 12, 1))


def noted(stand: Stand, happened: Event, now_s: float) -> Change:
    change = stand.widths.note_event(happened, stand.link.status(), now_s)
    assert change is not None
    return change


def test_too_much_load_narrows_and_the_record_says_why(stand: Stand) -> None:
    tick(stand, 1.0, 0.8)
    assert (stand.wanted_width("push"), stand.wanted_width("amp")) == (1, 0), "the last amp gives way"
    assert not stand.widths.is_settled()
    stand.link.put(stand.record("amp") + layout.AMP_PLAYING, 0)
    assert stand.widths.is_settled()
    change = noted(stand, event(stand, "amp", 1, 0), 1.1)
    assert (change.block, change.before, change.after) == ("amp", "Full", "Lite")
    assert change.load_before == 0.8 and change.reason not in ("", OVERRAN)
    tick(stand, 1.1 + AFTER_S / 2, 0.5)
    assert change.load_after is None
    tick(stand, 1.1 + AFTER_S, 0.45)
    tick(stand, 9.0, 0.1)
    assert next(iter(stand.widths.changes)).load_after == 0.45, "when it had settled, and only then"
    assert next(iter(stand.widths.changes)).as_dict()["from"] == "Full"


def test_room_widens_after_a_while(stand: Stand) -> None:
    for amp_id in ("push", "amp"):
        stand.play_width(amp_id, 0)
    now_s = 0.0
    while stand.wanted_width("push") == stand.wanted_width("amp") == 0:
        tick(stand, now_s, 2 * LITE)
        now_s += 0.05
        assert now_s < 10.0
    assert now_s >= PATIENCE_S
    assert stand.wanted_width("push") + stand.wanted_width("amp") == 1, "one at a time"


def test_what_the_player_chose_holds(stand: Stand) -> None:
    stand.player.set_quality("lite", 1)
    assert stand.wanted_width("push") == 0, "at once"
    stand.link.put(stand.record("push") + layout.AMP_PLAYING, 0)
    assert noted(stand, event(stand, "push", 1, 0), 1.0).reason == "the player chose lite"
    for step in range(100):
        tick(stand, 1.0 + step, 0.1, {"push": "lite"})
    assert stand.wanted_width("push") == 0
    tick(stand, 200.0, 0.9, {"push": "lite", "amp": "full"})
    assert stand.wanted_width("amp") == 1, "full is not narrowed for load"


def test_an_overrun_is_answered_and_not_undone(stand: Stand) -> None:
    record = stand.record("amp")
    stand.link.put(record + layout.AMP_HELD, 0)
    tick(stand, 1.0, 0.9)
    assert stand.link.get(record + layout.AMP_HELD) == layout.NO_WIDTH and stand.wanted_width("amp") == 0
    assert noted(stand, event(stand, "amp", 1, 0), 1.0).reason == OVERRAN


def test_events_of_others_are_no_changes(stand: Stand) -> None:
    status = stand.link.status()
    assert stand.widths.note_event(Event(layout.EVENT_WIDTH, 1, (999, 1, 0, 0, 0)), status, 0.0) is None
    assert stand.widths.note_event(event(stand, "amp", layout.NO_WIDTH, 1), status, 0.0) is None
    assert not stand.widths.changes


def make_room(stand: Stand, block_id: str) -> bool:
    assert stand.rigs.playing is not None
    block = next(block for block in stand.rigs.playing.blocks if block.id == block_id)
    return stand.widths.make_room_for_block(block, stand.link.status(), {}, 0.0)


def test_room_is_made_before_a_block_starts(stand: Stand) -> None:
    stand.set_load(2 * FULL)
    stand.widths.budget = 2 * FULL + OTHER / 2
    assert make_room(stand, "tone")
    assert (stand.wanted_width("push"), stand.wanted_width("amp")) == (1, 0)
    reason = noted(stand, event(stand, "amp", 1, 0), 0.0).reason
    assert reason == "Plays Lite: not enough CPU for Full + Tone"


def test_no_room_is_needed_where_there_is_some(stand: Stand) -> None:
    stand.widths.budget = 2 * FULL + 2 * OTHER
    stand.set_load(2 * FULL)
    assert not make_room(stand, "tone")
    assert (stand.wanted_width("push"), stand.wanted_width("amp")) == (1, 1)


def test_what_does_not_fit_is_refused_and_nothing_narrows(stand: Stand) -> None:
    stand.set_load(2 * FULL)
    stand.widths.budget = 2 * LITE + OTHER / 2
    with pytest.raises(NoRoomError, match="Tone does not fit beside two amps on this board: it needs 10 %, 4 %"):
        make_room(stand, "tone")
    assert (stand.wanted_width("push"), stand.wanted_width("amp")) == (1, 1)


def test_an_amp_that_joins_starts_as_wide_as_fits(stand: Stand) -> None:
    stand.play_width("amp", layout.NO_WIDTH)
    stand.set_load(FULL)
    stand.widths.budget = FULL + LITE + 0.01
    assert not make_room(stand, "amp")
    assert (stand.wanted_width("push"), stand.wanted_width("amp")) == (1, 0)


def test_costs_are_those_of_this_machine_now(stand: Stand) -> None:
    """A machine that takes twice as long as its stopwatch said needs room for twice as much."""
    stand.widths.budget = 2 * FULL + 1.5 * OTHER
    stand.set_load(2 * FULL)
    assert not make_room(stand, "tone")
    stand.widths.slowness = 2.0
    stand.widths.budget = 2 * (2 * FULL + OTHER) - 0.01
    assert make_room(stand, "tone")


TWICE = Preset("Twice", (replace(amp("amp"), options={"stereo": "twice"}), tone("tone", on=False)))


@pytest.fixture
def twice(tmp_path: Path) -> Stand:
    stand = Stand(tmp_path, {"01-twice": TWICE})
    stand.play("01-twice")
    return stand


def both(stand: Stand) -> tuple[int, int]:
    return stand.wanted_width("amp"), stand.wanted_width("amp:right")


def test_an_amp_that_plays_twice_is_one_that_costs_both(twice: Stand) -> None:
    """And its two rows are asked for the same width, always: by the load, by a block, by the player, by an overrun."""
    (state,) = twice.rigs.amps()
    view = twice.widths.amp_view(state, twice.link.status(), {})
    assert view.costs == pytest.approx((2 * LITE, 2 * FULL)) and len(state.rows) == 2
    twice.play_width("amp", 0)
    twice.play_width("amp:right", 0)
    twice.player.set_quality("full", None)
    assert both(twice) == (1, 1)
    for row in ("amp", "amp:right"):
        twice.play_width(row, 1)
    tick(twice, 1.0, 0.8, {"amp": "auto"})
    assert both(twice) == (0, 0)


def test_room_for_a_block_beside_both_sides(twice: Stand) -> None:
    twice.set_load(2 * FULL + 0.3)
    assert not twice.player.switch_block("tone", True, 0.0)
    assert both(twice) == (0, 0)


def test_a_hold_of_one_side_is_answered_for_both(twice: Stand) -> None:
    twice.link.put(twice.record("amp:right") + layout.AMP_HELD, 0)
    tick(twice, 1.0, 0.3)
    assert both(twice) == (0, 0)
    assert twice.link.get(twice.record("amp:right") + layout.AMP_HELD) == layout.NO_WIDTH


def test_a_change_of_both_sides_is_recorded_once(twice: Stand) -> None:
    noted(twice, event(twice, "amp", 1, 0), 1.0)
    assert twice.widths.note_event(event(twice, "amp:right", 1, 0), twice.link.status(), 1.0) is None
    assert [change.block for change in twice.widths.changes] == ["amp"]


def test_each_order_is_in_the_record_and_in_the_journal(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "pedal.panel")
    scene = Scene(impulses=(Impulse("cab", (0.1, 0.2, 0.4), 2),), extras=(Extra("delay", 0.1),), tails=0.1)
    status = replace(stand.link.status(), frame=4800, load_mean=0.75)
    orders = (Taps("cab", 0, "a"), Taps("cab", 1, "b"), DropTails("c"), Hold("delay", "d"), Release("delay", "e"))
    record = Changes()
    for order in orders:
        record.add(change_of(order, scene, status, 1.0))
    record.settle(replace(status, load_mean=0.6), 1.0 + AFTER_S)
    told = [(each["kind"], each["block"], each["from"], each["to"], each["reason"]) for each in record.of()]
    assert told == [
        ("taps", "cab", "all taps", "few taps", "a"),
        ("taps", "cab", "all taps", "fewer taps", "b"),
        ("tails", "", "ring on", "end", "c"),
        ("block", "delay", "on", "waits", "d"),
        ("block", "delay", "waits", "on", "e"),
    ]
    assert {(each["load_before"], each["load_after"]) for each in record.of()} == {(0.75, 0.6)}
    assert record.of("width") == []
    assert "cab: all taps -> few taps (a); load 75 % -> 60 %" in caplog.text
    assert len([line for line in caplog.text.splitlines() if "load 75 % -> 60 %" in line]) == len(orders)
