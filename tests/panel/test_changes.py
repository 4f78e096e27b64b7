"""The record of what the governor changed: a reason, the load before and after, and a line of the journal for each."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from pedal.governor.scene import DropTails, Hold, Release, Taps
from pedal.panel.changes import AFTER_S, HISTORY, Change, Changes
from pedal.preset import Preset
from tests.panel.stand import Stand, amp

ORDERS = (
    Taps("cab", 0, "Cab is shortened: not enough CPU for all of it"),
    DropTails("Echoes are cut short: not enough CPU for Reverb"),
    Hold("reverb", "Reverb waits: not enough CPU"),
    Release("reverb", "Reverb is back: there is room"),
)


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    made = Stand(tmp_path, {"01-amp": Preset("Amp", (amp(),))})
    made.play("01-amp")
    return made


def test_every_kind_of_change_is_one_line_with_the_load_before_and_after(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pedal.panel")
    changes = Changes()
    stand.set_load(0.8)
    for order in ORDERS:
        changes.note_order(order, stand.link.status())
    changes.note(Change(0, "width", "amp", "Plays Lite: there is room", 0.8, before="Full", after="Lite"))
    changes.tick(stand.link.status(), 10.0)
    stand.set_load(0.5)
    changes.tick(stand.link.status(), 10.0 + 0.9 * AFTER_S)
    assert caplog.messages == [], "the load has not settled"
    for now_s in (10.0 + AFTER_S, 20.0, 30.0):
        changes.tick(stand.link.status(), now_s)
    said = [*(order.reason for order in ORDERS), "amp: Full -> Lite (Plays Lite: there is room)"]
    assert caplog.messages == [f"{words}; load 80 % -> 50 %" for words in said]
    kinds = [(change.what, change.block, change.load_before, change.load_after) for change in changes]
    assert kinds[:4] == [
        ("taps", "cab", 0.8, 0.5),
        ("tails", "", 0.8, 0.5),
        ("hold", "reverb", 0.8, 0.5),
        ("release", "reverb", 0.8, 0.5),
    ]
    told = [change.as_dict() for change in changes]
    assert [("from" in one) for one in told] == [False, False, False, False, True]
    assert all(one["reason"] and one["load_after"] == 0.5 for one in told)


def test_the_record_is_bounded(stand: Stand) -> None:
    changes = Changes()
    for _ in range(2 * HISTORY):
        changes.note_order(ORDERS[2], stand.link.status())
    assert len(changes) == HISTORY
