"""What setting up looks at beside the sound: meters and counters, with time as an argument."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pedal import layout
from pedal.arena import Arena
from pedal.link.status import Status, read_status
from pedal.panel.setup_looks import SECONDS, Look, Looks


def playing(frame: int = 48000) -> Status:
    arena = Arena.allocate(8 * layout.STATUS_END)
    arena.i64[layout.RATE_HZ], arena.i64[layout.PERIOD_FRAMES], arena.i64[layout.FRAME] = 48000, 64, frame
    return read_status(arena, -1)


def look(looks: Looks, status: Status, from_s: float, to_s: float, **at_the_end: object) -> Look | None:
    """A tick every 50 ms; the sound goes on. The last thing that was seen."""
    seen = None
    for tick in range(int((to_s - from_s) / 0.05) + 1):
        now_s = from_s + 0.05 * tick
        now = looks.tick(replace(status, frame=status.frame + int(48000 * now_s), **at_the_end), now_s)
        seen = now or seen
    return seen


def test_a_strum_is_its_highest_peak() -> None:
    looks, status = Looks(3), playing()
    looks.start("strum", 0.0)
    look(looks, status, 0.0, 2.0)
    seen = look(looks, replace(status, in_peak=0.5), 2.0, 2.1)
    assert seen is not None and 0.3 < seen.share < 0.5
    seen = look(looks, status, 2.1, SECONDS["strum"] + 0.1)
    assert seen is not None and seen.share == 1.0 and seen.level.peak_db == pytest.approx(-6.0, abs=0.1)
    assert looks.step is None and looks.tick(status, 9.0) is None


def test_a_clip_counts_and_one_from_before_does_not() -> None:
    status = replace(playing(), in_peak=0.5)
    for clipped_ago_frames, clipped in ((100, 1), (10**7, 0)):
        looks = Looks(3)
        looks.start("strum", 0.0)
        look(looks, status, 0.0, 1.0)
        seen = look(looks, status, 1.0, 5.0, clipped_ago_frames=clipped_ago_frames)
        assert seen is not None and seen.level.clipped == clipped


def test_gaps_and_late_wake_ups_are_counted_from_the_start() -> None:
    status = replace(playing(), xruns=7, woken_late=3)
    for more, words in (
        ({}, "64 x 3 is kept: nothing came late."),
        ({"woken_late": 5}, "64 x 3 is kept: 2 late wake-ups, no gap."),
        ({"xruns": 9}, "2 gaps at 64 frames: take a longer period."),
    ):
        looks = Looks(3)
        looks.start("gaps", 0.0)
        look(looks, status, 0.0, 1.0)
        seen = look(looks, status, 1.0, SECONDS["gaps"], **more)
        assert seen is not None and seen.sentence == words


def test_without_sound_there_is_nothing_to_count() -> None:
    looks, status = Looks(3), playing()
    looks.start("gaps", 0.0)
    looks.tick(status, 0.0)
    seen = looks.tick(status, SECONDS["gaps"])
    assert seen is not None and "Nothing plays" in seen.sentence


def test_another_audio_process_begins_again() -> None:
    looks = Looks(3)
    looks.start("strum", 0.0)
    looks.tick(playing(10**6), 4.0)
    seen = looks.tick(playing(64), 4.5)
    assert seen is not None and seen.share == 0.0
    seen = look(looks, playing(64), 4.5, 9.0)
    assert seen is not None and seen.share < 1.0


def test_broken_off_it_is_over() -> None:
    looks = Looks(3)
    looks.start("gaps", 5.0)
    looks.stop()
    assert looks.tick(playing(), 6.0) is None
