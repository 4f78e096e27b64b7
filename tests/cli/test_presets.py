"""``pedal preset ...``: what it asks of the panel, and what it reads from disk by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pedal.cli.main import main
from pedal.library.banks import Bank, BankStore
from pedal.panel import protocol
from pedal.panel.bank_requests import (
    AddToBank,
    DeleteBank,
    MoveInBank,
    NewBank,
    RemoveFromBank,
    RenameBank,
    UseBank,
)
from pedal.panel.chain_requests import AddBlock, MoveBlock, NewPreset, RemoveBlock
from pedal.panel.preset_requests import (
    ClearSnapshot,
    CopyPreset,
    DeletePreset,
    RecallSnapshot,
    RenamePreset,
    RevertPreset,
    SavePreset,
    TakeSnapshot,
)
from tests.cli.answering import Panel


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[Panel]:
    answering = Panel(tmp_path)
    yield answering
    answering.close()


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["next"], protocol.SelectPreset(step=1)),
        (["use", "previous"], protocol.SelectPreset(step=-1)),
        (["Two amps"], protocol.SelectPreset(name="Two amps")),
        (["use", "list"], protocol.SelectPreset(name="list")),
        (["save"], SavePreset()),
        (["save-as", "Big one"], SavePreset(name="Big one")),
        (["revert"], RevertPreset()),
        (["rename", "Crunch", "Dirt"], RenamePreset(preset="Crunch", name="Dirt")),
        (["copy", "Crunch", "Dirt"], CopyPreset(preset="Crunch", name="Dirt")),
        (["delete", "Crunch"], DeletePreset(preset="Crunch")),
        (["delete", "Crunch", "--yes"], DeletePreset(preset="Crunch", sure=True)),
    ],
)
def test_what_is_asked(panel: Panel, words: list[str], asked: protocol.Request) -> None:
    panel.result = {"preset": "x"}
    done = panel.called("preset", *words)
    assert done.exit_code == 0, done.output
    after = CliRunner().invoke(main, ["preset", *words, "--runtime-dir", str(panel.directory)])
    assert after.exit_code == 0, "the option may stand behind as well"
    assert [type(a)(**{f: getattr(a, f) for f in a.__struct_fields__ if f != "id"}) for a in panel.asked] == [asked] * 2


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["recall", "next"], RecallSnapshot()),
        (["recall", "3"], RecallSnapshot(number=3)),
        (["save", "3"], TakeSnapshot(number=3)),
        (["save", "3", "Chorus"], TakeSnapshot(number=3, name="Chorus")),
        (["clear", "8"], ClearSnapshot(number=8)),
    ],
)
def test_what_is_asked_of_snapshots(panel: Panel, words: list[str], asked: protocol.Request) -> None:
    done = CliRunner().invoke(main, ["snapshot", *words, "--runtime-dir", str(panel.directory)])
    assert done.exit_code == 0, done.output
    assert [type(a)(**{f: getattr(a, f) for f in a.__struct_fields__ if f != "id"}) for a in panel.asked] == [asked]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["add", "delay"], AddBlock(kind="delay")),
        (["add", "amp", "British/plexi.nam", "--at", "2"], AddBlock(kind="amp", asset="British/plexi.nam", place=2)),
        (["move", "delay1", "1"], MoveBlock(block="delay1", place=1)),
        (["remove", "delay1"], RemoveBlock(block="delay1")),
        (["new", "Big clean"], NewPreset(name="Big clean")),
    ],
)
def test_what_is_asked_of_the_chain(panel: Panel, words: list[str], asked: protocol.Request) -> None:
    panel.result = {"preset": "x", "blocks": ["amp1", "delay1"]}
    done = CliRunner().invoke(main, ["chain", *words, "--runtime-dir", str(panel.directory)])
    assert done.exit_code == 0 and "amp1, delay1" in done.output
    assert [type(a)(**{f: getattr(a, f) for f in a.__struct_fields__ if f != "id"}) for a in panel.asked] == [asked]


def test_the_list_of_snapshots(panel: Panel) -> None:
    kept = [{"number": 2, "name": "Verse\x1b"}, {"number": 5, "name": ""}]
    panel.result = {"snapshot": 2, "snapshots": kept}
    done = CliRunner().invoke(main, ["snapshot", "list", "--runtime-dir", str(panel.directory)])
    assert done.output == "* 2  Verse?\n  5  -\n"
    assert CliRunner().invoke(main, ["snapshot", "recall", "9"]).exit_code == 2


def on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    monkeypatch.setenv("PEDAL_PRESETS_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("PEDAL_MODELS_DIR", str(tmp_path / "models"))
    return CliRunner().invoke(main, ["preset", *words, "--runtime-dir", str(tmp_path)])


def test_the_list_needs_no_pedal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "00-mine.toml").write_text('name = "Mine"\n[[block]]\nkind = "amp"\nmodel = "gone.nam"\n')
    (tmp_path / "mine" / "00-x.toml").write_text("name = ")
    (tmp_path / "mine" / "01-crunch.toml").write_text('name = "My crunch"\n')
    done = on_disk(tmp_path, monkeypatch, "list")
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[0].split(maxsplit=3)[:3] == ["00-mine", "Mine", "yours"] and "(gone.nam is missing)" in lines[0]
    assert "is not TOML" in lines[1]
    assert lines[2].split()[-1] == "yours" and lines[3].split()[-1] == "factory"


def test_the_list_marks_what_plays(panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panel.result = {"preset_key": "02-clean-edge", "edited": True}
    lines = on_disk(tmp_path, monkeypatch, "list").output.splitlines()
    assert [line[:2] for line in lines[:3]] == ["  ", "*+", "  "]


def test_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    text = '# Hers\nname = "Mine"\n\n[[block]]\nkind = "cab"\nimpulse = "gone.wav"\n'
    (tmp_path / "mine" / "00-mine.toml").write_text(text)
    done = on_disk(tmp_path, monkeypatch, "show", "mine")
    assert text in done.output and "(yours)" in done.output.splitlines()[0]
    assert "# cab1: there is no impulse 'gone.wav'" in done.output
    assert on_disk(tmp_path, monkeypatch, "show", "mime").exit_code == 1


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["use", "next"], UseBank(step=1)),
        (["use", "Rock", "2"], UseBank(bank="Rock", place=2)),
        (["new", "Rock"], NewBank(name="Rock")),
        (["rename", "Rock", "Soft"], RenameBank(bank="Rock", name="Soft")),
        (["delete", "Rock"], DeleteBank(bank="Rock")),
        (["add", "Rock", "Crunch"], AddToBank(bank="Rock", preset="Crunch")),
        (["add", "Rock", "Crunch", "--at", "1"], AddToBank(bank="Rock", preset="Crunch", place=1)),
        (["remove", "Rock", "2"], RemoveFromBank(bank="Rock", place=2)),
        (["move", "Rock", "2", "1"], MoveInBank(bank="Rock", place=2, to=1)),
    ],
)
def test_what_is_asked_of_banks(panel: Panel, words: list[str], asked: protocol.Request) -> None:
    done = CliRunner().invoke(main, ["bank", *words, "--runtime-dir", str(panel.directory)])
    assert done.exit_code == 0, done.output
    assert [type(a)(**{f: getattr(a, f) for f in a.__struct_fields__ if f != "id"}) for a in panel.asked] == [asked]


def test_banks_are_listed_with_what_is_missing(panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BankStore, "default", lambda: BankStore(tmp_path / "banks.toml"))
    BankStore(tmp_path / "banks.toml").save((Bank("Rock", ("01-crunch", "77-gone")), Bank("None")))
    panel.result = {"bank": "Rock"}
    done = CliRunner().invoke(main, ["bank", "list", "--runtime-dir", str(tmp_path)])
    assert done.output.splitlines()[0].split(maxsplit=3)[3] == "01-crunch (Crunch), 77-gone (missing)"
    assert [line[:5] for line in done.output.splitlines()] == ["*  1 ", "   2 "]
    assert CliRunner().invoke(main, ["bank", "show", "1"]).output == "1  01-crunch (Crunch)\n2  77-gone (missing)\n"
