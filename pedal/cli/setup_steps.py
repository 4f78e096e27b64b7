"""The steps of ``pedal setup``, one method each: play, hear, judge, keep what was found.

Called by ``cli/setup``, which asks and says. A step that is broken off leaves what was found before as it was.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from pedal.cli.setup_beside import listen
from pedal.cli.setup_costs import time_chain
from pedal.cli.setup_probe import CardTrial, Signal
from pedal.config import Board, parse_board
from pedal.errors import CardError, SettingsError
from pedal.library.atomic import write_atomic
from pedal.paths import setup_dir
from pedal.setup.cable import AFTER_S, BEFORE_S, BITS, judge_loop
from pedal.setup.findings import Findings, format_findings
from pedal.setup.own_board import Changes, gain_control, load_own_text
from pedal.setup.period import CANDIDATES, Book, choose_period
from pedal.setup.picture import draw_report
from pedal.setup.recording import Recording
from pedal.setup.report import PICTURE, format_report
from pedal.setup.strum import Level, judge_strum, level_of
from pedal.setup.wakes import Wakes, wakes_of

#: How long one strums, and how long a period is tried.
STRUM_S, PERIOD_S = 5.0, 6.0

#: Shows how far a step is: a context that gives ``show(share, words)``.
Bar = Callable[[str], AbstractContextManager[Callable[[float, str], None]]]


class Steps:
    """What has been found, and what finds more.

    Args:
        board_name: shipped, or a file.
        changes: of the board, from the start (the card).
        machine: what this is, for people.
        runtime: where a pedal would run.
        beside: a pedal plays there; its card is not touched.
        folder: for recordings; its own.
        bar: see ``Bar``.

    Raises:
        BoardError: the board is not right.
    """

    def __init__(
        self, board_name: str, changes: Changes, machine: str, runtime: Path, beside: bool, folder: Path, bar: Bar
    ) -> None:
        self.beside = beside
        self.draft = setup_dir() / "board.toml"
        self._name, self._changes, self._runtime, self._bar = board_name, changes, runtime, bar
        self._folder = folder
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
        self._trial = CardTrial(self.board, str(self.draft), folder)

    def strum(self) -> None:
        """Listen for some seconds and judge."""
        chosen: str = self.board.audio.input
        with self._bar("strum hard") as show:
            if self.beside:
                level, _ = listen(self._runtime, STRUM_S, lambda share, now: show(share, f"{now.peak_db:4.0f} dBFS"))
                levels = {chosen: level}
            else:
                levels = _levels(self._play(self.board.audio.period_frames, STRUM_S, show, _loudest))
        strum = judge_strum(levels, chosen)
        self._found(replace(self.findings, strum=strum))

    def use_other_input(self) -> None:
        """The guitar is where the strum was heard."""
        strum = self.findings.strum
        assert strum is not None and strum.channel
        self._change(input=strum.channel)
        self._found(replace(self.findings, input=strum.channel))

    def turn_gain(self) -> bool:
        """Set the card's input gain by what the strum lacked; False where the board names no such control."""
        strum, control = self.findings.strum, gain_control(self.board)
        if strum is None or control is None or strum.change_db == 0.0 or self.beside:
            return False
        name, level_db = control
        wanted_db = level_db + round(2.0 * strum.change_db) / 2.0  # mixers go in half decibels
        known = self.board.input_dbu_at_0dbfs
        moved = None if known is None else known - (wanted_db - level_db)
        self._change(gain_db=(name, wanted_db), input_dbu=moved)
        gain = f"Set: the card's {name} to {wanted_db:+.1f} dB, from {level_db:+.1f} dB."
        self._found(replace(self.findings, gain=gain, input_dbu=moved))
        return True

    def period(self) -> None:
        """Try every candidate, time a chain, choose."""
        audio, wakes = self.board.audio, list[Wakes]()
        if self.beside:
            with self._bar("gaps of the pedal that plays") as show:
                _, seen = listen(self._runtime, PERIOD_S, lambda share, now: show(share, ""))
            reason = "a pedal plays: only gaps at its own period are counted, and others are not tried"
            self._found(replace(self.findings, wakes=(seen,), skipped=self.findings.skipped | {"costs": reason}))
        else:
            refused = ""
            for frames in CANDIDATES:
                try:
                    with self._bar(f"{frames} frames x {audio.periods}") as show:
                        heard = self._play(frames, PERIOD_S, show, lambda taken: f"{taken.xruns} gaps")
                except CardError as refusal:  # many cards do not have all of them
                    refused = str(refusal)
                    self.findings = replace(self.findings, notes=(*self.findings.notes, f"{frames} frames: {refused}"))
                    continue
                wakes.append(wakes_of(heard.woke_ns, frames, audio.periods, audio.rate_hz, heard.xruns))
            if not wakes:
                raise CardError(refused.rstrip("."))
            self._found(replace(self.findings, wakes=tuple(wakes), book=self._book()))
        choice = choose_period(self.findings.wakes, self.findings.book)
        self._change(period_frames=choice.period_frames)
        self._found(replace(self.findings, choice=choice))

    def cable(self) -> None:
        """Send a sequence out and look when it comes back."""
        audio = self.board.audio
        seconds = BEFORE_S + AFTER_S + 2**BITS / audio.rate_hz
        with self._bar("through the cable") as show:
            heard = self._play(audio.period_frames, seconds, show, lambda taken: "", cable=True)
        if heard.xruns:
            raise CardError("the card ran dry while it was measured", hint="Try again, or a longer period")
        index = 1 if audio.input == "right" and heard.heard.shape[1] > 1 else 0
        loop = judge_loop(heard.heard[:, index], audio.rate_hz)
        self._found(replace(self.findings, loop=loop, loop_frames=audio.period_frames * audio.periods))

    def skip(self, step: str, why: str) -> None:
        """Leave a step out, and say so in the report."""
        self._found(replace(self.findings, skipped=self.findings.skipped | {step: why}))

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

    def _play(
        self,
        frames: int,
        seconds: float,
        show: Callable[[float, str], None],
        words: Callable[[Recording], str],
        cable: bool = False,
    ) -> Recording:
        """On the card; ``words`` says something about what was heard so far."""
        signal: Signal = "sequence" if cable else "silence"
        recording = self._trial.play(
            frames, seconds, signal, lambda share, taken: show(share, words(taken) if taken else "opening")
        )
        notes = tuple(dict.fromkeys((*self.findings.notes, *self._trial.notes)))
        self.findings = replace(self.findings, notes=notes)
        return recording

    def _book(self) -> Book | None:
        """Costs of a chain here; None where it cannot be timed, which is one of the notes."""
        with self._bar("what a chain costs") as show:
            book = time_chain(self.board, show)
        if book is None:
            note = "The chain could not be timed: `pedal bench` says why."
            self.findings = replace(self.findings, notes=(*self.findings.notes, note))
        return book

    def _change(self, **changes: object) -> None:
        self._changes = replace(self._changes, **changes)  # type: ignore[arg-type]
        self.board = self._redraft()
        self._trial.board = self.board

    def _redraft(self) -> Board:
        text = load_own_text(self._name, self._changes)
        _write(self.draft, text.encode())
        return parse_board(text, str(self.draft))

    def _found(self, findings: Findings) -> None:
        """Known from here on, and on the disk."""
        self.findings = findings
        _write(setup_dir() / "findings.json", format_findings(findings))


def _write(path: Path, data: bytes) -> None:
    try:
        write_atomic(path, data, keep_previous=True)
    except OSError as failure:
        hint = "Is the disk full?"
        raise SettingsError(f"cannot be written ({failure.strerror})", where=str(path), hint=hint) from failure


def _levels(recording: Recording) -> dict[str, Level]:
    heard = recording.so_far()
    return {name: level_of(heard[:, k]) for k, name in enumerate(("left", "right")[: heard.shape[1]])}


def _loudest(recording: Recording) -> str:
    levels = _levels(recording).values()
    return f"{max((level.peak_db for level in levels), default=0.0):4.0f} dBFS"
