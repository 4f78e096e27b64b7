"""The steps of ``pedal setup``, one method each: play, hear, judge, keep what was found.

Called by ``cli/setup``, which asks and says. A step that is broken off leaves what was found before as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from pedal.cli.setup_beside import listen
from pedal.cli.setup_probe import CardTrial, Watch, try_cable, try_period
from pedal.errors import CardError
from pedal.setup.costs import time_chain
from pedal.setup.notebook import Notebook
from pedal.setup.own_board import Changes
from pedal.setup.period import CANDIDATES, PERIOD_S, Book, choose_period
from pedal.setup.recording import Recording
from pedal.setup.strum import Level, judge_strum, level_of
from pedal.setup.wakes import Wakes

#: How long one strums.
STRUM_S = 5.0

#: Shows how far a step is: a context that gives ``show(share, words)``.
Bar = Callable[[str], AbstractContextManager[Callable[[float, str], None]]]


class Steps(Notebook):
    """A notebook, and what finds more to write in it.

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
        super().__init__(board_name, changes, machine)
        self.beside = beside
        self._runtime, self._bar = runtime, bar
        self._trial = CardTrial(self.board, str(self.draft), folder)

    def change(self, **changes: object) -> None:
        """As ``Notebook``; the card is tried so from here on."""
        super().change(**changes)
        self._trial.board = self.board

    def turn_gain(self) -> bool:
        """As ``Notebook``; beside a pedal that plays, the gain is that one's."""
        return not self.beside and super().turn_gain()

    def strum(self) -> None:
        """Listen for some seconds and judge."""
        chosen: str = self.board.audio.input
        with self._bar("strum hard") as show:
            if self.beside:
                level, _ = listen(self._runtime, STRUM_S, lambda share, now: show(share, f"{now.peak_db:4.0f} dBFS"))
                levels = {chosen: level}
            else:
                frames = self.board.audio.period_frames
                levels = _levels(self._trial.play(frames, STRUM_S, "silence", _watch(show, _loudest)))
                self._note()
        strum = judge_strum(levels, chosen)
        self.find(strum=strum)

    def period(self) -> None:
        """Try every candidate, time a chain, choose."""
        audio, wakes = self.board.audio, list[Wakes]()
        if self.beside:
            with self._bar("gaps of the pedal that plays") as show:
                _, seen = listen(self._runtime, PERIOD_S, lambda share, now: show(share, ""))
            reason = "a pedal plays: only gaps at its own period are counted, and others are not tried"
            self.find(wakes=(seen,), skipped=self.findings.skipped | {"costs": reason})
        else:
            refused = ""
            for frames in CANDIDATES:
                try:
                    with self._bar(f"{frames} frames x {audio.periods}") as show:
                        watch = _watch(show, lambda taken: f"{taken.xruns} gaps")
                        wakes.append(try_period(self._trial, self.board.audio, frames, PERIOD_S, watch))
                except CardError as refusal:  # many cards do not have all of them
                    refused = str(refusal)
                    self.findings = replace(self.findings, notes=(*self.findings.notes, f"{frames} frames: {refused}"))
                finally:
                    self._note()
            if not wakes:
                raise CardError(refused.rstrip("."))
            self.find(wakes=tuple(wakes), book=self._book())
        choice = choose_period(self.findings.wakes, self.findings.book)
        self.change(period_frames=choice.period_frames)
        self.find(choice=choice)

    def cable(self) -> None:
        """Send a sequence out and look when it comes back."""
        audio = self.board.audio
        with self._bar("through the cable") as show:
            loop = try_cable(self._trial, audio, _watch(show, lambda taken: ""))
        self._note()
        self.find(loop=loop, loop_frames=audio.period_frames * audio.periods)

    def _note(self) -> None:
        """What could not be had, each sentence once."""
        self.findings = replace(self.findings, notes=tuple(dict.fromkeys((*self.findings.notes, *self._trial.notes))))

    def _book(self) -> Book | None:
        """Costs of a chain here; None where it cannot be timed, which is one of the notes."""
        with self._bar("what a chain costs") as show:
            book = time_chain(self.board, show)
        if book is None:
            note = "The chain could not be timed: `pedal bench` says why."
            self.findings = replace(self.findings, notes=(*self.findings.notes, note))
        return book


def _watch(show: Callable[[float, str], None], words: Callable[[Recording], str]) -> Watch:
    """Shows how far the card is; ``words`` says something about what was heard so far."""
    return lambda share, taken: show(share, words(taken) if taken else "opening")


def _levels(recording: Recording) -> dict[str, Level]:
    heard = recording.so_far()
    return {name: level_of(heard[:, k]) for k, name in enumerate(("left", "right")[: heard.shape[1]])}


def _loudest(recording: Recording) -> str:
    levels = _levels(recording).values()
    return f"{max((level.peak_db for level in levels), default=0.0):4.0f} dBFS"
