"""The player's own board put in use on trial: the one before comes back if nothing plays with the new one.

The panel proposes (``panel/setting_up``); the parents of both halves (``cli/choosing``) start again with it, see
whether it plays, and settle. Beside ``board.toml`` lie the one before (``.previous``), one that did not play
(``.refused``) and, while it is on trial, a note of what is tried. A power cut between any two steps leaves a board
that can be read, and a trial that goes on at the next start.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from pedal.config import parse_board
from pedal.errors import SettingsError
from pedal.files import load_bytes
from pedal.library.atomic import previous_of, remove_atomic, sync_folder, write_atomic
from pedal.paths import own_board_path
from pedal.setup.records import load_record, save_record

_NOTE, _REFUSED = ".trial", ".refused"
_CAP_BYTES = 64 * 1024

Token = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
#: SHA-256 of a board file, as hexadecimal digits; empty: there is none.
Digest = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]


class Trial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The board that is on trial, and the one before it; no two trials have the same ``token``."""

    token: Token
    digest: Digest
    before: Digest


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What came of a trial; ``reason`` is a sentence where it is not ``kept``. Without a token it is of no trial."""

    token: Annotated[str, Meta(max_length=16)]
    kept: bool
    reason: Annotated[str, Meta(max_length=400)] = ""


def digest_of(path: Path) -> str:
    """Of a board file; empty if there is none that can be read."""
    try:
        return hashlib.sha256(load_bytes(path, _CAP_BYTES, SettingsError)).hexdigest()
    except SettingsError:
        return ""


def propose(text: str | None) -> Path:
    """Put a board in use, on trial; None: none of one's own any more. Returns its place.

    Raises:
        BoardError: the text is no board.
        SettingsError: it cannot be written.
    """
    path = own_board_path()
    if text is not None:
        parse_board(text, "the board that was found")
    digest = hashlib.sha256(text.encode()).hexdigest() if text is not None else ""
    try:
        # First the note: of another board than the one that lies there, it means nothing.
        write_atomic(_beside(path, _NOTE), msgspec.json.encode(Trial(secrets.token_hex(8), digest, digest_of(path))))
        if text is not None:
            write_atomic(path, text.encode(), keep_previous=True)
        elif path.exists():
            remove_atomic(path)
    except OSError as failure:
        raise SettingsError(
            f"cannot be written ({failure.strerror})", where=str(path), hint="Is the disk full?"
        ) from failure
    return path


def load_trial() -> Trial | None:
    """What is on trial now; None if nothing is."""
    path = own_board_path()
    trial = load_record(_beside(path, _NOTE), Trial)
    return trial if trial is not None and trial.digest == digest_of(path) else None


def settle(*, kept: bool) -> None:
    """End the trial: the board stays, or the one before is back and this one lies beside it.

    Raises:
        OSError: as the disk says; the trial goes on then.
    """
    path, trial = own_board_path(), load_trial()
    if trial is not None and not kept:
        previous = previous_of(path)
        if path.exists():
            write_atomic(_beside(path, _REFUSED), path.read_bytes())
        if trial.before and digest_of(previous) == trial.before:
            os.replace(previous, path)
        else:
            path.unlink(missing_ok=True)
    _beside(path, _NOTE).unlink(missing_ok=True)
    if path.parent.is_dir():
        sync_folder(path.parent)


def save_verdict(runtime: Path, half: str, verdict: Verdict) -> None:
    """Say what came of a trial, in memory only: the parent of ``half`` ("audio", "panel") says it.

    Raises:
        OSError: the directory is full or not ours.
    """
    save_record(_verdict(runtime, half), verdict)


def load_verdict(runtime: Path, half: str) -> Verdict | None:
    """What was said last; None if nothing was."""
    return load_record(_verdict(runtime, half), Verdict)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _verdict(runtime: Path, half: str) -> Path:
    return runtime / f"board.verdict-{half}"
