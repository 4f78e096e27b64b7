"""Setting up beside the sound: meters and counters as the period thread leaves them, with time as an argument."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pedal import layout
from pedal.arena import Arena
from pedal.link.status import Status, read_status
from pedal.panel.menu.facts import Facts
from pedal.panel.menu.machine import Menu
from pedal.panel.menu.settings import SettingsPage
from pedal.panel.menu.setup import SetupPage, StepPage
from pedal.panel.menu.sheets import Do, KnobSheet, ListSheet, Open
from pedal.panel.protocol import SetUp
from pedal.panel.setting_up import SECONDS, SettingUp


def playing(frame: int = 48000) -> Status:
    arena = Arena.allocate(8 * layout.STATUS_END)
    arena.i64[layout.RATE_HZ], arena.i64[layout.PERIOD_FRAMES], arena.i64[layout.FRAME] = 48000, 64, frame
    return read_status(arena, -1)


def look(setting_up: SettingUp, status: Status, from_s: float, to_s: float, **at_the_end: object) -> None:
    """A tick every 50 ms; the sound goes on."""
    for tick in range(int((to_s - from_s) / 0.05) + 1):
        now_s = from_s + 0.05 * tick
        setting_up.tick(replace(status, frame=status.frame + int(48000 * now_s), **at_the_end), now_s)


@pytest.mark.parametrize(
    ("peak", "words"), [(0.0005, "Nothing heard"), (0.01, "Too quiet"), (0.3, "Right"), (0.97, "Too loud")]
)
def test_a_strum_is_judged_by_its_highest_peak(peak: float, words: str) -> None:
    setting_up, status = SettingUp(3), playing()
    setting_up.start("strum", 0.0)
    look(setting_up, status, 0.0, 2.0)
    look(setting_up, replace(status, in_peak=peak), 2.0, 2.1)
    (view,) = setting_up.views()
    assert 0.3 < view.share < 0.5 and not view.sentence
    look(setting_up, status, 2.1, SECONDS["strum"] + 0.1)
    (view,) = setting_up.views()
    assert view.share == 1.0 and words in view.sentence


def test_a_clip_counts_and_one_from_before_does_not() -> None:
    status = replace(playing(), in_peak=0.5)
    for clipped_ago_frames, word in ((100, "Too loud"), (10**7, "Right")):
        setting_up = SettingUp(3)
        setting_up.start("strum", 0.0)
        look(setting_up, status, 0.0, 1.0)
        look(setting_up, status, 1.0, 5.0, clipped_ago_frames=clipped_ago_frames)
        assert word in setting_up.views()[0].sentence


def test_gaps_and_late_wake_ups_are_counted_from_the_start() -> None:
    status = replace(playing(), xruns=7, woken_late=3)
    for more, words in (
        ({}, "64 x 3 is kept: nothing came late."),
        ({"woken_late": 5}, "64 x 3 is kept: 2 late wake-ups, no gap."),
        ({"xruns": 9}, "2 gaps at 64 frames: take a longer period."),
    ):
        setting_up = SettingUp(3)
        setting_up.start("period", 0.0)
        look(setting_up, status, 0.0, 1.0)
        look(setting_up, status, 1.0, SECONDS["period"], **more)
        assert setting_up.views()[0].sentence == words


def test_without_sound_there_is_nothing_to_count() -> None:
    setting_up, status = SettingUp(3), playing()
    setting_up.start("period", 0.0)
    setting_up.tick(status, 0.0)
    setting_up.tick(status, SECONDS["period"])
    assert "Nothing plays" in setting_up.views()[0].sentence


def test_another_audio_process_begins_again() -> None:
    setting_up = SettingUp(3)
    setting_up.start("strum", 0.0)
    setting_up.tick(playing(10**6), 4.0)
    setting_up.tick(playing(64), 4.5)
    assert setting_up.views()[0].share == 0.0
    look(setting_up, playing(64), 4.5, 9.0)
    assert not setting_up.views()[0].sentence


def test_broken_off_nothing_of_it_stays_and_the_other_result_does() -> None:
    setting_up, status = SettingUp(3), playing()
    setting_up.start("strum", 0.0)
    look(setting_up, status, 0.0, 5.0)
    setting_up.start("period", 5.0)
    setting_up.stop()
    setting_up.tick(status, 6.0)
    assert [view.step for view in setting_up.views()] == ["strum"]


def test_the_pages() -> None:
    setting_up, page = SettingUp(3), StepPage("strum")
    facts = Facts()
    row = next(row for row in SettingsPage().rows(facts) if row.label == "Set up")
    assert isinstance(row.push, Open) and isinstance(row.push.page, SetupPage)
    deed = SetupPage().rows(facts)[0].push
    assert isinstance(deed, Do) and deed.wishes == (SetUp(step="strum"),) and deed.then == page
    setting_up.start("strum", 0.0)
    facts = replace(facts, setup=setting_up.views())
    assert isinstance(page.sheet(facts, 0), KnobSheet)
    look(setting_up, replace(playing(), in_peak=0.3), 0.0, 5.0)
    facts = replace(facts, setup=setting_up.views())
    sheet = page.sheet(facts, 0)
    assert isinstance(sheet, ListSheet) and sheet.note.startswith("Right")
    assert page.push(facts, 0) == Do((SetUp(step="strum"),))


def test_a_hold_leaves_the_step_for_the_list() -> None:
    menu, facts = Menu(), Facts()
    menu.open(facts, 0.0)
    labels = [row.label for row in menu.sheet(facts).rows]
    menu.turn(labels.index("Settings"), facts, 0.0)
    menu.push(facts, 0.0)
    menu.turn(-1, facts, 0.0)  # the last one
    menu.push(facts, 0.0)
    assert menu.push(facts, 0.0) == (SetUp(step="strum"),)
    assert isinstance(menu.sheet(facts), KnobSheet)
    assert menu.back(facts, 0.0) == ()
    assert menu.sheet(facts).title == "Set up"
