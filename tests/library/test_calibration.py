"""Heel and toe of the expression pedal: learnt, kept, and wrong files in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.errors import SettingsError
from pedal.library.calibration import (
    LEAST_TRAVEL,
    Calibration,
    CalibrationStore,
    checked_calibration,
    parse_calibration,
)

ENDS = st.floats(0.0, 1.0)


@given(ENDS, ENDS, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_both_ends_are_reached_whichever_way_it_is_wired(heel: float, toe: float, one: float, other: float) -> None:
    if abs(toe - heel) < LEAST_TRAVEL:
        with pytest.raises(SettingsError, match="hardly moved"):
            checked_calibration(heel, toe)
        return
    calibration = checked_calibration(heel, toe)
    assert calibration.position(heel) == 0.0 and calibration.position(toe) == 1.0
    near, far = sorted((one, other))
    travelled = [calibration.position(heel + (toe - heel) * share) for share in (near, far)]
    assert 0.0 <= travelled[0] <= travelled[1] <= 1.0


def test_it_is_kept(tmp_path: Path) -> None:
    store = CalibrationStore(tmp_path / "expression.toml")
    assert store.load() == (Calibration(), "")
    store.save(Calibration(0.9, 0.1))
    assert CalibrationStore(tmp_path / "expression.toml").load() == (Calibration(0.9, 0.1), "")


@pytest.mark.parametrize(
    "text",
    [
        "heel = 0.1",
        "heel = 0.1\ntoe = 0.15",
        "heel = nan\ntoe = 1",
        "heel = 0\ntoe = 2",
        "heel = true\ntoe = 1",
        "heel = '0'\ntoe = 1",
        "heel = 0\ntoe = 1\nknee = 0.5",
        "heel",
        "\x00",
        f"heel = {'9' * 400}\ntoe = 0",
    ],
)
def test_a_wrong_file_is_a_sentence_and_the_whole_range(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError):
        parse_calibration(text, "expression.toml")
    (tmp_path / "expression.toml").write_text(text)
    calibration, said = CalibrationStore(tmp_path / "expression.toml").load()
    assert calibration == Calibration() and said.startswith("expression.toml: ")


def test_a_disk_that_refuses_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be saved"):
        CalibrationStore(tmp_path / "file" / "expression.toml").save(Calibration())
