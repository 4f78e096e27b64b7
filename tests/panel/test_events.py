"""What the period thread tells of becomes words for people: why an amp is narrower, what broke, what took too long."""

from __future__ import annotations

from pathlib import Path

import pytest

from pedal import layout
from pedal.link.status import Event
from pedal.panel.events import OVERRUNS_KEPT, Events
from pedal.preset import Preset
from tests.panel.stand import FULL_NS, OTHER_NS, RATE_HZ, Stand, amp, tone
from tests.panel.test_widths import event

FULL, OTHER = FULL_NS * RATE_HZ * 1e-9, OTHER_NS * RATE_HZ * 1e-9


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    made = Stand(tmp_path, {"01-one": Preset("One", (amp("amp"), tone("tone", on=False)))})
    made.play("01-one")
    return made


def heard(stand: Stand, happened: Event) -> str:
    """What the player reads then."""
    stand.player.message = ""
    Events(stand.rigs, stand.widths, stand.player).heard(happened, stand.link.status(), 1.0)
    return stand.player.message


def test_an_amp_that_made_room_says_for_what(stand: Stand) -> None:
    stand.set_load(FULL)
    stand.widths.budget = FULL + OTHER / 2
    assert not stand.player.switch_block("tone", True, 0.0), "it waits for room"
    stand.play_width("amp", 0)
    assert heard(stand, event(stand, "amp", 1, 0)) == "Plays Lite: not enough CPU for Full + Tone"


def test_a_period_that_overran_is_told(stand: Stand) -> None:
    assert heard(stand, event(stand, "amp", 1, 0)) == "Plays Lite: a period overran"


def test_a_wider_amp_is_no_news(stand: Stand) -> None:
    assert heard(stand, event(stand, "amp", 0, 1)) == ""


def test_whoever_chose_a_width_knows_why(stand: Stand) -> None:
    stand.player.set_quality("lite", None)
    assert heard(stand, event(stand, "amp", 1, 0)) == ""


def test_a_block_that_broke_is_named(stand: Stand) -> None:
    assert stand.rigs.playing is not None
    serial = next(block.serial for block in stand.rigs.playing.blocks if block.id == "tone")
    assert heard(stand, Event(layout.EVENT_GUARD, 1, (serial, 0, 0, 0, 0))).startswith("tone made a broken signal")
    assert heard(stand, Event(layout.EVENT_GUARD, 1, (999, 0, 0, 0, 0))).startswith("a block made")


def test_overruns_are_kept_for_reports_and_bounded(stand: Stand) -> None:
    events = Events(stand.rigs, stand.widths, stand.player)
    for frame in range(2 * OVERRUNS_KEPT):
        events.heard(Event(layout.EVENT_OVERRUN, frame, (1200, 1_600_000, 1_700_000, 0, 0)), stand.link.status(), 1.0)
    assert len(events.overruns) == OVERRUNS_KEPT
    assert events.overruns[-1] == {"frame": 63, "load": 1.2, "used_s": 0.0016, "wall_s": 0.0017}
