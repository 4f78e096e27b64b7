"""What the panel shows of an import: while it goes on and a while after, unless somebody plays."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pedal.library.report import Progress
from pedal.library.telling import ANSWER_NAME, NAME, Question, Told, answered, heard, tell
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


def ask(folder: Path, at_s: float, token: str = "one") -> Question:
    question = Question(token, "2026-11-20", "2 presets", "New: 2 presets.", until_s=at_s + 60.0)
    told = Told(Progress("asking"), at_s=at_s, question=question)
    (folder / NAME).write_bytes(msgspec.json.encode(told))
    return question


def test_a_question_is_shown_until_it_is_answered(imports: Imports, tmp_path: Path) -> None:
    say(tmp_path, "importing", 9.0)
    assert phase(imports, 9.0) == "importing"
    imports.dismiss(9.5)  # of the import that was; a question is news
    first = ask(tmp_path, 10.0)
    assert phase(imports, 10.0) == "asking" and imports.question(10.0) == first
    assert answered(tmp_path, first) is None
    assert imports.agree(11.0) and answered(tmp_path, first) is True
    assert imports.question(11.0) is None and not imports.agree(11.0), "asked once, answered once"
    second = ask(tmp_path, 20.0, "two")
    assert phase(imports, 20.0) == "asking"
    assert answered(tmp_path, second) is None, "yes was to another question"
    imports.dismiss(21.0)
    assert answered(tmp_path, second) is False and phase(imports, 21.0) == ""
    assert not imports.agree(22.0) and answered(tmp_path, second) is False


def test_a_question_that_is_too_old_is_not_answered(imports: Imports, tmp_path: Path) -> None:
    question = ask(tmp_path, 10.0)
    assert phase(imports, 69.9) == "asking" and phase(imports, 70.0) == ""
    assert not imports.agree(70.0) and answered(tmp_path, question) is None
    for nonsense in (b"", b"{}", b"[" * 100, b'{"token":"one","yes":"yes"}'):
        (tmp_path / ANSWER_NAME).write_bytes(nonsense)
        assert answered(tmp_path, question) is None


def test_no_question_no_answer(imports: Imports, tmp_path: Path) -> None:
    assert not imports.agree(1.0)
    say(tmp_path, "importing", 10.0)
    assert phase(imports, 10.0) == "importing" and imports.question(10.0) is None
    imports.dismiss(11.0)
    assert not (tmp_path / ANSWER_NAME).exists()


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
