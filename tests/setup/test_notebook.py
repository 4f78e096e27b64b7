"""What a set-up found is on the disk after each step, and another one goes on with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pedal.config import load_board, parse_board
from pedal.setup.cable import Loop
from pedal.setup.notebook import Notebook, gain_turn, load_findings
from pedal.setup.own_board import Changes
from pedal.setup.pages import report_pages
from pedal.setup.period import Book, Choice
from pedal.setup.strum import Level, judge_strum
from pedal.setup.wakes import Wakes


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEDAL_HOME", str(tmp_path))
    return tmp_path


def test_another_one_goes_on_with_what_was_found() -> None:
    assert load_findings() is None
    first = Notebook("codec-zero", Changes(), "a Pi")
    first.find(strum=judge_strum({"left": Level(-31.0)}, "left"), loop=Loop(None, 0.0, False, -90.0, -80.0))
    first.find(
        wakes=(Wakes(64, 3, 48000, 6.0, (0.0, 0.0, 0.001), 0, (1, 2)),),
        book=Book("Crunch", {64: 2000.0}, 0.7),
        choice=Choice(64, 3, "it was kept"),
    )
    first.skip("cable", "nobody was there")
    second = Notebook("codec-zero", Changes(), "another name")
    second.go_on()
    assert second.findings.machine == "another name"
    assert (second.findings.strum, second.findings.book) == (first.findings.strum, first.findings.book)
    assert second.findings.skipped == {"cable": "nobody was there"}
    other = Notebook("usb-generic", Changes(), "")
    other.go_on()
    assert other.findings.strum is None, "of another board"


def test_findings_that_cannot_be_read_are_none(home: Path) -> None:
    (home / "setup").mkdir()
    for rubbish in (b"", b"{}", b"[" * 10**5, b"\xff"):
        (home / "setup" / "findings.json").write_bytes(rubbish)
        assert load_findings() is None


def test_the_gain_that_is_turned_is_in_the_board_and_its_calibration_with_it() -> None:
    notebook = Notebook("codec-zero", Changes(), "")
    assert gain_turn(notebook.board, None) is None and not notebook.turn_gain()
    before = notebook.board
    notebook.find(strum=judge_strum({"left": Level(-30.0)}, "left"))
    assert gain_turn(before, notebook.findings.strum) == ("Mixin PGA", 0.0, 21.0)
    assert notebook.turn_gain()
    after = parse_board(notebook.text, "board.toml")
    assert after.mixer["Mixin PGA"].level_db == 21.0 and notebook.draft.read_text() == notebook.text
    if before.input_dbu_at_0dbfs is not None:
        assert after.input_dbu_at_0dbfs == before.input_dbu_at_0dbfs - 21.0
    assert gain_turn(load_board("virtual"), notebook.findings.strum) is None, "it has no such control"


def test_the_report_in_pages_says_what_is_missing() -> None:
    notebook = Notebook("virtual", Changes(), "")
    pages = dict(report_pages(notebook.findings)[:4])
    assert pages.keys() == {"Card", "Guitar", "Period", "Cable"}
    assert pages["Guitar"] == pages["Period"] == pages["Cable"] == "Not measured yet."
    notebook.find(loop=Loop(512, 0.0, True, -90.0, -80.0), choice=Choice(256, 4, "", sure=False))
    pages = dict(report_pages(notebook.findings))
    assert pages["Cable"] == "512 frames there and back, 10.67 ms, upside down."
    assert "gaps are to be expected" in pages["Period"]
    assert notebook.write_report().is_file()
