"""Failures are counted, safe mode begins and ends: decided by a pure record, kept in a small file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.health import LIMIT, WINDOW_S, Health, ask_resume, is_resume_asked, load_health, save_health


def failing(*times_s: float, lived_s: float = 10.0, half: str = "audio") -> Health:
    health = Health()
    for at_s in times_s:
        health = health.started().failed(half, "it hung", lived_s, at_s)
    return health


def test_the_third_failure_within_a_minute_is_one_too_many() -> None:
    assert not failing(0.0, 30.0).safe_mode
    assert not failing(0.0, 30.0, 60.1).safe_mode
    safe = failing(0.0, 30.0, 60.0)
    assert safe.safe_mode == "The sound failed 3 times in a minute; the last time it hung."
    assert failing(1, 2, 3, half="panel").safe_mode.startswith("The panel failed 3 times")
    again = safe.failed("audio", "it was killed by SIGSEGV", 1.0, 1000.0)
    assert (again.safe_mode, again.safe_number) == (safe.safe_mode, safe.safe_number), "until somebody asks"


def test_two_safe_modes_are_never_taken_for_each_other() -> None:
    first, second = failing(1, 2, 3), failing(1, 2, 3.5)
    assert first.safe_number != second.safe_number


def test_nothing_safe_to_start() -> None:
    health = Health()
    for at_s in range(9):
        health = health.failed("audio", "it hung", 1.0, float(at_s), has_safe_mode=False)
    assert not health.safe_mode and health.delay_s() > 0.0


def test_waiting_grows_only_with_lives_that_had_hardly_begun() -> None:
    health, now_s, waited = Health(), 0.0, []
    for _ in range(8):
        health = health.failed("audio", "it hung", 0.1, now_s)
        waited.append(health.delay_s())
        now_s += waited[-1]
    assert waited == [0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0]
    assert health.failed("audio", "it hung", 30.0, now_s).delay_s() == 0.0
    assert failing(*range(8), lived_s=30.0).delay_s() == 0.0


@given(st.lists(st.tuples(st.floats(0.0, 50.0), st.floats(0.0, 100.0)), max_size=30))
def test_safe_mode_is_what_it_says(lives: list[tuple[float, float]]) -> None:
    """Whatever happens when: safe exactly from the first time on that three failures lie within a minute."""
    health, now_s, ends = Health(), 0.0, []
    for pause_s, lived_s in lives:
        now_s += pause_s
        ends.append(now_s)
        health = health.failed("audio", "it hung", lived_s, now_s)
        crowded = any(last - first <= WINDOW_S for first, last in zip(ends, ends[LIMIT - 1 :], strict=False))
        assert bool(health.safe_mode) == crowded


def test_resumed_is_a_clean_record() -> None:
    health = failing(1, 2, 3).started().resumed()
    assert health == Health(running=True)


def test_kept_in_a_file(tmp_path: Path) -> None:
    assert load_health(tmp_path, "audio") == Health()
    written = failing(1, 2, 3).started()
    save_health(tmp_path, "audio", written)
    assert load_health(tmp_path, "audio") == written
    assert load_health(tmp_path, "panel") == Health()
    assert [path.name for path in tmp_path.iterdir()] == ["audio.health"]


@given(content=st.one_of(st.binary(max_size=200), st.just(b"[" * 5000), st.just(b"x" * 100_000)))
def test_anything_else_is_a_clean_record(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("health")
    (folder / "audio.health").write_bytes(content)
    assert load_health(folder, "audio").safe_mode == ""


def test_leaving_is_asked_for_once_and_for_this_safe_mode_only(tmp_path: Path) -> None:
    assert not ask_resume(tmp_path, "audio")
    first, second = failing(1, 2, 3), failing(11, 12, 13)
    save_health(tmp_path, "audio", first)
    assert not is_resume_asked(tmp_path, "audio", first)
    assert ask_resume(tmp_path, "audio") and ask_resume(tmp_path, "audio")
    assert is_resume_asked(tmp_path, "audio", first)
    assert not is_resume_asked(tmp_path, "audio", second)
    assert not is_resume_asked(tmp_path, "audio", Health())


def test_nothing_half_written_stays(tmp_path: Path) -> None:
    (tmp_path / "audio.health").mkdir()  # cannot be replaced by a file
    with pytest.raises(OSError):
        save_health(tmp_path, "audio", failing(1, 2, 3))
    assert [path.name for path in tmp_path.iterdir()] == ["audio.health"]
