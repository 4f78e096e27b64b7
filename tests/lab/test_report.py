"""The table of verdicts: a failure says how to see it again, and the last hash stands for all runs."""

from __future__ import annotations

from tests.lab.report import Verdict, summary, verdict_line, whole_hash

GOOD = Verdict("boot", 1, "", hash="aa", virtual_s=2.0, real_s=9.0, notes=["sound after 0.1 s"])
BAD = Verdict("killed", 7, "AssertionError: no sound", hash="bb")


def test_a_line_has_the_verdict_the_times_and_the_notes() -> None:
    assert verdict_line(GOOD).startswith("pass  boot") and "sound after 0.1 s" in verdict_line(GOOD)
    assert verdict_line(BAD).startswith("FAIL  killed")


def test_a_failure_says_how_to_see_it_again() -> None:
    text = summary([GOOD, BAD])
    assert "no sound" in text and "./run lab killed --seed 7" in text and text.endswith("1 of 2 passed")


def test_the_hash_of_one_run_is_its_trace_s_and_of_several_depends_on_all_and_their_order() -> None:
    assert whole_hash([GOOD]) == "aa"
    assert len({whole_hash([GOOD, BAD]), whole_hash([BAD, GOOD]), whole_hash([GOOD, GOOD])}) == 3
