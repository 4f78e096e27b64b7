"""How far an import is, told from its process to whoever looks: one small file in the runtime directory.

Written by the import service, read by the panel; and a second file, written by the panel, with what the player answers
where the service asks. Memory only: nothing here must outlive a power cut.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Literal

import msgspec

from pedal.errors import PedalError
from pedal.files import load_bytes
from pedal.library.report import Progress

NAME = "import.json"
ANSWER_NAME = "import-answer.json"
_CAP_BYTES = 16 * 1024
Source = Literal["stick", "inbox"]


class Question(msgspec.Struct, frozen=True):
    """Whether a backup is to be restored.

    Attributes:
        token: of this very question; an answer bears it.
        made: when the backup was, as it says, cleaned.
        holds: how much of what, in words.
        changes: what a restore would do here, in words.
        until_s: of the monotonic clock; who says nothing by then says no.
    """

    token: str
    made: str
    holds: str
    changes: str
    until_s: float


class Answer(msgspec.Struct, frozen=True):
    """What the player said to the question of that token."""

    token: str
    yes: bool


class Told(msgspec.Struct, frozen=True):
    """What was told.

    Attributes:
        progress: how far it is.
        source: where it comes from.
        at_s: when, of the monotonic clock.
        question: what is asked, while it is.
    """

    progress: Progress
    source: Source = "stick"
    at_s: float = 0.0
    question: Question | None = None


_told = msgspec.json.Decoder(Told)
_answers = msgspec.json.Decoder(Answer)


def tell(runtime_dir: Path, progress: Progress, source: Source, question: Question | None = None) -> None:
    """Tell it; what cannot be told is no reason to stop."""
    _write(runtime_dir, NAME, Told(progress, source, time.monotonic(), question))


def heard(runtime_dir: Path) -> Told | None:
    """What was told last; None if nothing readable was."""
    try:
        return _told.decode(load_bytes(runtime_dir / NAME, _CAP_BYTES, PedalError))
    except (PedalError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def answer(runtime_dir: Path, question: Question, *, yes: bool) -> None:
    """Answer a question; an answer that cannot be written is none, and none is no."""
    _write(runtime_dir, ANSWER_NAME, Answer(question.token, yes))


def answered(runtime_dir: Path, question: Question) -> bool | None:
    """What was answered to this question; None as long as nothing was."""
    try:
        said = _answers.decode(load_bytes(runtime_dir / ANSWER_NAME, _CAP_BYTES, PedalError))
    except (PedalError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return said.yes if said.token == question.token else None


def _write(runtime_dir: Path, name: str, what: msgspec.Struct) -> None:
    path = runtime_dir / name
    temporary = runtime_dir / f".{name}.{os.getpid()}"
    with contextlib.suppress(OSError):
        temporary.write_bytes(msgspec.json.encode(what))
        temporary.chmod(0o640)
        os.replace(temporary, path)
        return
    with contextlib.suppress(OSError):
        temporary.unlink(missing_ok=True)
