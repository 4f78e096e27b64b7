"""A strum, judged."""

import numpy as np
import pytest

from pedal.setup.strum import CLIPPED_STEP_DB, NOTHING_DB, Level, judge_strum, level_of


def strummed(peak: float) -> np.ndarray:
    return (peak * np.sin(0.05 * np.arange(4800))).astype(np.float32)


@pytest.mark.parametrize(
    ("peak", "word"), [(0.0, "nothing"), (0.002, "nothing"), (0.01, "quiet"), (0.3, "right"), (0.95, "clipping")]
)
def test_a_strum_in_a_word(peak: float, word: str) -> None:
    strum = judge_strum({"left": level_of(strummed(peak))}, "left")
    assert strum.word == word
    assert strum.sentence.endswith((".", "?"))


def test_the_advised_gain_brings_a_quiet_strum_to_where_it_belongs() -> None:
    quiet = strummed(0.01)
    change_db = judge_strum({"left": level_of(quiet)}, "left").change_db
    louder = (quiet * 10 ** (change_db / 20)).astype(np.float32)
    assert judge_strum({"left": level_of(louder)}, "left").word == "right"


def test_what_was_cut_off_is_taken_back_by_a_good_step() -> None:
    level = level_of(np.clip(strummed(3.0), -1.0, 1.0).astype(np.float32))
    assert level.clipped > 1000
    strum = judge_strum({"left": level}, "left")
    assert (strum.word, strum.change_db) == ("clipping", CLIPPED_STEP_DB)


def test_the_guitar_at_the_other_input() -> None:
    levels = {"left": level_of(strummed(0.0005)), "right": level_of(strummed(0.3))}
    strum = judge_strum(levels, "left")
    assert (strum.word, strum.channel) == ("other", "right")
    assert judge_strum(levels, "right").word == "right"
    assert judge_strum(levels, "sum").word == "right"


def test_crosstalk_is_no_guitar_and_an_offset_no_sound() -> None:
    near = {"left": Level(-20.0), "right": Level(-12.0)}
    assert judge_strum(near, "left").word == "right"
    assert level_of(np.full(100, 0.2, np.float32)).peak_db < NOTHING_DB
    assert judge_strum({"left": level_of(np.zeros(0, np.float32))}, "left").word == "nothing"
