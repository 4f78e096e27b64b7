"""The tuner in the panel: hears the link's ring, mutes and unmutes, and has a page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pedal import layout
from pedal.config import TunerSettings
from pedal.errors import ControlError
from pedal.link import Link, Word
from pedal.panel.display.tuner_page import draw_tuner
from pedal.panel.pitch import Reading
from pedal.panel.tuner import HOLD_S, Tuner, TunerView
from tests.panel.test_pitch import string


@pytest.fixture
def link(tmp_path: Path) -> Link:
    link = Link.create(tmp_path / "link")
    link.put(Word.RATE_HZ, 48000)
    link.put(Word.PLAYING_SLOT, -1)
    link.put(Word.WANTED_SLOT, -1)
    return link


def tuner(link: Link, **settings: bool) -> Tuner:
    return Tuner(link, TunerSettings(**settings))


def play(link: Link, x: np.ndarray, head: int) -> None:
    """As the period thread does, up to frame ``head``."""
    places = np.arange(head - len(x), head) & (layout.INPUT_RING_FRAMES - 1)
    link.arena.f32[layout.INPUT_RING_F32 + places] = x
    link.put(Word.INPUT_HEAD, head)


@pytest.mark.parametrize("head", [48_000, layout.INPUT_RING_FRAMES + 1000, 10**12])
def test_it_hears_the_ring_wherever_it_is(link: Link, head: int) -> None:
    mine = tuner(link)
    mine.switch(True)
    play(link, string(110.0 * 2 ** (7 / 1200), 0.8), head)
    mine.tick(1.0)
    assert (mine.status()["note"], mine.status()["fine"]) == ("A2", True)
    assert mine.status()["cents"] == pytest.approx(7.0, abs=0.2)


def test_before_there_is_a_card_it_waits(link: Link) -> None:
    link.put(Word.RATE_HZ, 0)
    mine = tuner(link)
    mine.switch(True)
    mine.tick(1.0)
    assert mine.status() == {"on": True, "reference_hz": 440.0}


def test_off_it_looks_at_nothing(link: Link) -> None:
    mine = tuner(link)
    play(link, string(110.0, 0.8), 48_000)
    mine.tick(1.0)
    assert mine.status() == {"on": False, "reference_hz": 440.0}
    assert mine.view() is None


def test_it_is_silent_meanwhile_unless_the_board_says_otherwise(link: Link) -> None:
    mine, loud = tuner(link), tuner(link, mute=False)
    for switched, silent in ((mine, 1), (loud, 0)):
        switched.switch(True)
        assert link.get(Word.SILENT) == silent
        switched.switch(False)
        assert link.get(Word.SILENT) == 0
    mine.switch(True)
    tuner(link)
    assert link.get(Word.SILENT) == 0, "the successor of a killed panel does not tune"


def test_a_reading_stays_a_moment_and_goes(link: Link) -> None:
    mine = tuner(link)
    mine.switch()
    play(link, string(110.0, 0.8), 48_000)
    mine.tick(1.0)
    play(link, np.zeros(48_000), 96_000)
    mine.tick(1.5)
    assert mine.status()["note"] == "A2"
    mine.tick(1.1 + HOLD_S)
    assert "note" not in mine.status()


def test_another_reference(link: Link) -> None:
    mine = tuner(link)
    mine.switch(True, 432.0)
    play(link, string(108.0, 0.8), 48_000)
    mine.tick(1.0)
    assert mine.status()["cents"] == pytest.approx(0.0, abs=0.2)
    for wrong_hz in (429.0, 451.0, float("nan")):
        with pytest.raises(ControlError, match="430 to 450"):
            mine.switch(True, wrong_hz)


def pixels(view: TunerView) -> bytes:
    return draw_tuner(view).tobytes()


def test_pages_differ_where_it_matters() -> None:
    def page(cents: float, note: str = "E2") -> bytes:
        return pixels(TunerView(Reading(82.4, note, cents, True), 440.0, True))

    assert page(0.0) != page(20.0) != page(-20.0) != page(0.0)
    assert page(0.0) != page(0.0, "F#2")
    assert pixels(TunerView(None, 440.0, True)) != pixels(TunerView(None, 442.0, False))
    assert draw_tuner(TunerView(Reading(82.4, "G#2", -49.9, False), 440.0, True)).size == (128, 64)
