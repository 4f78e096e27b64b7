"""The report: honest about what was measured and what was not, in words and as a picture."""

from dataclasses import replace

import numpy as np
import pytest

from pedal.setup.cable import Loop
from pedal.setup.findings import Findings, format_findings, next_steps
from pedal.setup.period import Book, Choice
from pedal.setup.picture import draw_report
from pedal.setup.report import format_report
from pedal.setup.strum import Level, judge_strum
from pedal.setup.wakes import Wakes

EMPTY = Findings("2026-01-02 03:04", "Raspberry Pi 5", "pisound", "Pisound", "pisound", 48000, "left")
WAKES = Wakes(64, 3, 48000, 6.0, (1e-5, 5e-5, 2e-4), 0, (900, 20, 1, *[0] * 37))
FULL = replace(
    EMPTY,
    input_dbu=2.2,
    strum=judge_strum({"left": Level(-9.0)}, "left"),
    wakes=(WAKES, replace(WAKES, period_frames=128)),
    book=Book("Crunch", {64: 4000.0, 128: 3900.0}, 0.7),
    choice=Choice(64, 3, "because"),
    loop=Loop(280, -0.4, True, -96.3, -84.0),
    loop_frames=192,
)


def test_nothing_is_claimed_that_was_not_measured() -> None:
    text = format_report(replace(EMPTY, skipped={"cable": "skipped"}))
    assert text.count("Not measured: not done yet.") == 2 and "Not measured: skipped." in text
    assert "Measured: " not in text and "Not known: the level (dBu)" in text


def test_all_that_was_measured_is_there() -> None:
    text = format_report(FULL)
    assert "**64 frames x 3**: because." in text
    assert "| 64 x 3 | 4.0 | 0.01 | 0.05 | 0.20 | 2.7 | 0 | 19% |" in text
    assert "280 frames, 5.83 ms from the output to the input, 192 of them the buffer and 88 the converters" in text
    assert "turns the sound upside down" in text and "-96.3 dBFS RMS" in text
    assert "Estimate: the chain is Crunch" in text and "2.2 dBu reaches 0 dBFS" in text


@pytest.mark.parametrize(
    ("findings", "word"),
    [
        (replace(FULL, strum=judge_strum({"left": Level(-40.0)}, "left")), "Too quiet"),
        (replace(FULL, choice=Choice(256, 3, "x", sure=False)), "No period could be kept"),
        (replace(FULL, notes=("no real-time priority: ...",)), "real-time rights"),
        (replace(FULL, input_dbu=None), "level in dBu"),
        (replace(FULL, loop=Loop(None, 0.0, False, -90.0, -80.0)), "Nothing came back"),
        (replace(FULL, loop=None), "With a cable"),
    ],
)
def test_what_to_do_next_comes_from_what_is_wrong(findings: Findings, word: str) -> None:
    assert any(word in step for step in next_steps(findings))
    assert not any(word in step for step in next_steps(FULL))


@pytest.mark.parametrize("findings", [EMPTY, FULL, replace(FULL, strum=None, loop=Loop(None, 0.0, False, -90, -80))])
def test_the_picture_shows_what_there_is(findings: Findings) -> None:
    image = draw_report(findings)
    assert image.size == (1000, 620)
    green = (np.asarray(image) == (0x2D, 0xA4, 0x4E)).all(axis=2).sum()
    assert (green > 5000) == (findings is FULL) or findings.choice is not None
    assert findings is not EMPTY or green == 0


def test_findings_are_kept_as_json() -> None:
    assert b'"frames": 280' in format_findings(FULL)
