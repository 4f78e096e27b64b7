"""What the panel shows of an import: while it goes on and a while after, unless somebody plays."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pedal.library.report import Progress
from pedal.library.telling import NAME, Told, heard, tell
from pedal.panel.imports import DONE_S, SILENT_S, Imports


def say(folder: Path, phase: str, at_s: float, text: str = "", **more: int) -> None:
    told = Told(Progress(phase, text=text, **more), at_s=at_s)  # type: ignore[arg-type]
    (folder / NAME).write_bytes(msgspec.json.encode(told))


@pytest.fixture
def imports(tmp_path: Path) -> Imports:
    return Imports(tmp_path)


def phase(imports: Imports, now_s: float) -> str:
    imports.look()
    told = imports.view(now_s)
    return told.progress.phase if told else ""


def test_nothing_told_is_nothing_shown(imports: Imports, tmp_path: Path) -> None:
    assert phase(imports, 0.0) == ""
    for nonsense in (b"", b"{}", b"[" * 100, b"\xff"):
        (tmp_path / NAME).write_bytes(nonsense)
        assert phase(imports, 0.0) == ""


def test_an_import_is_shown_to_its_end_and_a_while_longer(imports: Imports, tmp_path: Path) -> None:
    say(tmp_path, "looking", 10.0)
    assert phase(imports, 10.1) == "looking"
    say(tmp_path, "importing", 12.0)
    assert phase(imports, 12.0) == "importing"
    assert phase(imports, 12.0 + SILENT_S) == "", "its process was killed"
    say(tmp_path, "done", 20.0, "Remove the stick.")
    assert phase(imports, 20.0 + 0.9 * DONE_S) == "done"
    assert phase(imports, 20.0 + DONE_S) == ""
    say(tmp_path, "done", 50.0)
    assert phase(imports, 50.1) == "", "nothing to say"


def test_who_plays_sees_no_more_of_it_but_its_end(imports: Imports, tmp_path: Path) -> None:
    say(tmp_path, "importing", 10.0)
    assert phase(imports, 10.0) == "importing"
    imports.dismiss(11.0)
    say(tmp_path, "importing", 12.0)
    assert phase(imports, 12.0) == ""
    say(tmp_path, "failed", 13.0, "The pedal's disk is full.")
    assert phase(imports, 13.0) == "failed"
    imports.dismiss(14.0)
    assert phase(imports, 14.0) == ""
    say(tmp_path, "looking", 15.0)
    assert phase(imports, 15.0) == "looking", "another stick"


def test_what_was_told_before_a_reboot_is_not_shown(imports: Imports, tmp_path: Path) -> None:
    say(tmp_path, "importing", 1000.0)
    assert phase(imports, 5.0) == ""


def test_telling_leaves_one_file_and_never_fails(tmp_path: Path) -> None:
    tell(tmp_path, Progress("looking", found=3), "inbox")
    tell(tmp_path, Progress("importing", found=4), "inbox")
    found = heard(tmp_path)
    assert found is not None and (found.progress.found, found.source) == (4, "inbox")
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    tell(tmp_path / "gone", Progress("looking"), "stick")
