"""What a set-up has found and would change, kept on the disk after every step.

``pedal setup`` and the panel write in it. In ``setup/`` in the player's folder lie the findings, the board as it would
be (the draft), the report and its picture.
"""

from __future__ import annotations

import platform
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import msgspec

from pedal.config import Board, parse_board
from pedal.errors import SettingsError
from pedal.files import load_bytes
from pedal.library.atomic import write_atomic
from pedal.paths import setup_dir
from pedal.setup.findings import Findings, format_findings
from pedal.setup.own_board import Changes, gain_control, load_own_text, wanted_gain_db
from pedal.setup.picture import draw_report
from pedal.setup.report import PICTURE, format_report
from pedal.setup.strum import Strum

_CAP_BYTES = 256 * 1024


class Notebook:
    """What has been found, and the board with it.

    Args:
        board_name: shipped, or a file.
        changes: of the board, from the start (the card).
        machine: what this is, for people.

    Attributes:
        board: as it would be used.
        findings: all there are.
        draft: where the board lies.

    Raises:
        BoardError: the board is not right.
        SettingsError: the disk refuses.
    """

    def __init__(self, board_name: str, changes: Changes, machine: str) -> None:
        self.draft = setup_dir() / "board.toml"
        self._name, self._changes = board_name, changes
        self.board = self._redraft()
        self.findings = Findings(
            when=time.strftime("%Y-%m-%d %H:%M"),
            machine=machine or platform.node(),
            board=self.board.name,
            title=self.board.title,
            card=self.board.audio.card,
            rate_hz=self.board.audio.rate_hz,
            input=self.board.audio.input,
            virtual=self.board.virtual,
            cpu_scale=self.board.cpu_scale,
            input_dbu=self.board.input_dbu_at_0dbfs,
        )

    @property
    def text(self) -> str:
        """The board as it would be used, as a file."""
        return load_own_text(self._name, self._changes)

    def go_on(self) -> None:
        """Take over what an earlier set-up of this board and card found; the board's own facts are today's."""
        before = load_findings()
        now = self.findings
        if before is not None and (before.board, before.card, before.rate_hz) == (now.board, now.card, now.rate_hz):
            own = ("when", "machine", "title", "input", "virtual", "cpu_scale", "input_dbu")
            self.findings = replace(before, **{name: getattr(now, name) for name in own})

    def find(self, **found: object) -> None:
        """Known from here on, and on the disk.

        Raises:
            SettingsError: the disk refuses.
        """
        self.findings = replace(self.findings, **found)  # type: ignore[arg-type]
        _write(setup_dir() / "findings.json", format_findings(self.findings))

    def change(self, **changes: object) -> None:
        """Another board from here on, by the names of ``Changes``.

        Raises:
            BoardError: it would not be right.
        """
        self._changes = replace(self._changes, **changes)  # type: ignore[arg-type]
        self.board = self._redraft()

    def use_other_input(self) -> None:
        """The guitar is where the strum was heard."""
        strum = self.findings.strum
        assert strum is not None and strum.channel
        self.change(input=strum.channel)
        self.find(input=strum.channel)

    def turn_gain(self) -> bool:
        """Set the card's input gain by what the strum lacked; False where the board names no such control."""
        turn = gain_turn(self.board, self.findings.strum)
        if turn is None:
            return False
        name, level_db, wanted_db = turn
        known = self.board.input_dbu_at_0dbfs
        moved = None if known is None else known - (wanted_db - level_db)
        self.change(gain_db=(name, wanted_db), input_dbu=moved)
        gain = f"Set: the card's {name} to {wanted_db:+.1f} dB, from {level_db:+.1f} dB."
        self.find(gain=gain, input_dbu=moved)
        return True

    def skip(self, step: str, why: str) -> None:
        """Leave a step out, and say so in the report."""
        self.find(skipped=self.findings.skipped | {step: why})

    def write_report(self) -> Path:
        """The report and its picture; returns the report's place.

        Raises:
            SettingsError: the disk refuses.
        """
        path, picture = setup_dir() / "report.md", BytesIO()
        draw_report(self.findings).save(picture, "PNG")
        _write(setup_dir() / PICTURE, picture.getvalue())
        _write(path, format_report(self.findings).encode())
        return path

    def _redraft(self) -> Board:
        text = self.text
        _write(self.draft, text.encode())
        return parse_board(text, str(self.draft))


def gain_turn(board: Board, strum: Strum | None) -> tuple[str, float, float] | None:
    """The control to turn, from where to where (dB); None: nothing to turn, or the board names no such control."""
    control = gain_control(board)
    if strum is None or control is None or strum.change_db == 0.0:
        return None
    name, level_db = control
    wanted_db = wanted_gain_db(board, name, level_db + strum.change_db)
    return None if wanted_db == level_db else (name, level_db, wanted_db)


def load_findings() -> Findings | None:
    """Of the last set-up; None if there are none that can be read."""
    path = setup_dir() / "findings.json"
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(load_bytes(path, _CAP_BYTES, SettingsError), type=Findings)
    except (SettingsError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _write(path: Path, data: bytes) -> None:
    try:
        write_atomic(path, data, keep_previous=True)
    except OSError as failure:
        hint = "Is the disk full?"
        raise SettingsError(f"cannot be written ({failure.strerror})", where=str(path), hint=hint) from failure
