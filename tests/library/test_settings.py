"""The settings file: what is saved is what is read, and what is wrong is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.errors import PedalError, SettingsError
from pedal.levels import OUTPUT_MODES, USUAL, Levels
from pedal.library.atomic import previous_of
from pedal.library.settings import changed_levels, load_levels, parse_levels, save_levels

levels = st.builds(Levels, st.sampled_from(OUTPUT_MODES), st.floats(-40.0, 0.0), st.booleans())


@given(levels)
def test_there_and_back(tmp_path_factory: pytest.TempPathFactory, chosen: Levels) -> None:
    path = tmp_path_factory.getbasetemp() / "settings.toml"
    save_levels(chosen, path)
    assert load_levels(path) == chosen


def test_without_a_file_all_is_as_usual(tmp_path: Path) -> None:
    assert load_levels(tmp_path / "none.toml") == USUAL
    assert parse_levels("", "x") == USUAL
    assert parse_levels("[levels]\ntarget_db = -12", "x") == Levels(target_db=-12.0)


def test_the_boards_level_is_not_saved(tmp_path: Path) -> None:
    save_levels(Levels(board_dbu=12.0), tmp_path / "settings.toml")
    assert load_levels(tmp_path / "settings.toml").board_dbu is None


def test_what_was_before_stays_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.toml"
    save_levels(Levels(target_db=-12.0), path)
    save_levels(Levels(target_db=-20.0), path)
    assert load_levels(previous_of(path)).target_db == -12.0


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[levels]\noutput = 'loud'", "'loud' is no output mode. Use raw, normalised, calibrated."),
        ("[levels]\noutput = []", "is no output mode"),
        ("[levels]\ntarget_db = 1e9", "target_db = 1000000000.0 is out of range. Use -40 to 0 dB."),
        ("[levels]\ntarget_db = nan", "target_db = nan is out of range"),
        ("[levels]\ntarget_db = -inf", "out of range"),
        ("[levels]\ntarget_db = -" + "9" * 400, "out of range"),
        ("[levels]\ntarget_db = true", "out of range"),
        ("[levels]\ntarget_db = '-18'", "out of range"),
        ("[levels]\ncalibrate_input = 1", "calibrate_input must be true or false"),
        ("[levels]\ntarget = -18", "unknown key levels.'target'. Did you mean 'target_db'?"),
        ("levels = 3", "levels must be a table"),
        ("[level]", "unknown key 'level'. Known: levels."),
        ("[levels", "is not TOML"),
    ],
)
def test_what_is_wrong_is_named(text: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse_levels(text, "settings.toml")
    assert "settings.toml: " in str(refused.value)
    assert complaint in str(refused.value)


@given(st.text(max_size=100) | st.text(max_size=60).map(lambda text: f"[levels]\n{text}"))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_levels(text, "settings.toml")
    except PedalError:
        return


@pytest.mark.parametrize("changes", [{"output": "loud"}, {"target_db": float("nan")}, {"target_db": 3.0}])
def test_changes_are_checked(changes: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        changed_levels(USUAL, **changes)


def test_changes_leave_the_rest() -> None:
    chosen = Levels("raw", -12.0, False, 2.0)
    assert changed_levels(chosen, target_db=-10) == Levels("raw", -10.0, False, 2.0)
    assert changed_levels(chosen) == chosen


def test_a_disk_that_refuses_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way of a folder")
    with pytest.raises(SettingsError, match="cannot be saved"):
        save_levels(USUAL, tmp_path / "file" / "settings.toml")
