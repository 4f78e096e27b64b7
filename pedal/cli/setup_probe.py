"""Plays and hears on the chosen card, through ``audio/probe`` in a process of its own.

For ``pedal setup``, and for ``setup_errand`` in place of pedal-audio. A virtual board's card is made for each try: its
clock's period is the pedal's.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from pedal.config import AudioSettings, Board
from pedal.errors import CardError
from pedal.setup.cable import AFTER_S, BEFORE_S, BITS, Loop, judge_loop
from pedal.setup.recording import Recording
from pedal.setup.wakes import Wakes, wakes_of

#: Share that is done, and what was recorded so far; None before the card plays.
Watch = Callable[[float, Recording | None], None]
Signal = Literal["silence", "sequence"]

#: A card that has just been made may take so long to open, and a slow one so much longer to play.
START_S, LATE_S = 20.0, 5.0
_LOOK_S = 0.05
#: util-linux: the kernel ends the probe with us, however we end; else nobody could play on the card any more.
_DIE_WITH_US = ("setpriv", "--pdeathsig", "KILL")
_END_S = 2.0


class CardTrial:
    """The card of a board, tried as often as one likes.

    Args:
        board: as it is to be tried.
        board_file: the same, for the probe: a name or a path.
        folder: for recordings, and for a virtual card; its own.

    Attributes:
        notes: what could not be had - rights, mixer controls - each sentence once.
    """

    def __init__(self, board: Board, board_file: str, folder: Path) -> None:
        self.board = board
        self.board_file = board_file
        self.notes: list[str] = []
        self._folder = folder

    def play(self, period_frames: int, seconds: float, signal: Signal, watch: Watch) -> Recording:
        """Play and hear for so long; stops at once when interrupted.

        Raises:
            CardError: the card cannot be opened so, went away, or does not play.
        """
        path = self._folder / "recording"
        path.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pedal.audio.probe", self.board_file, str(path), str(period_frames)]
        with self._card(period_frames, cabled=signal == "sequence") as environment:
            probe = subprocess.Popen(
                [*_DIE_WITH_US, *command, f"{seconds:g}", signal],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                env=os.environ | environment,
                text=True,
                start_new_session=True,  # Ctrl-C is for us, who tell it
            )
            try:
                self._follow(probe, path, seconds, watch, environment if signal == "sequence" else {})
            finally:
                _end(probe)
        recording = Recording(path)
        if recording.played < len(recording.woke_ns):
            raise CardError("stopped early", where=f"card '{self.board.audio.card}'", hint="Try again")
        return recording

    def _follow(
        self, probe: subprocess.Popen[str], path: Path, seconds: float, watch: Watch, cable: dict[str, str]
    ) -> None:
        """Until it is done: its words, and how far it is."""
        assert probe.stdout is not None
        deadline_s = time.monotonic() + START_S
        recording: Recording | None = None
        ended = False
        while not ended:
            if select.select([probe.stdout], [], [], _LOOK_S)[0]:
                line = probe.stdout.readline()
                ended = not line
                kind, _, said = line.strip().partition(" ")
                if kind == "playing":
                    recording, deadline_s = Recording(path), time.monotonic() + 2.0 * seconds + LATE_S
                    if server := cable.get("JACK_DEFAULT_SERVER"):
                        from pedal.virtual.cable import plug_in

                        plug_in(server)
                elif kind == "note" and said not in self.notes:
                    self.notes.append(said)
                elif kind == "error":
                    raise CardError(said.rstrip("."))
            if time.monotonic() > deadline_s:
                raise CardError("does not play", where=f"card '{self.board.audio.card}'", hint="Is it plugged in?")
            watch(recording.played / len(recording.woke_ns) if recording else 0.0, recording)

    @contextmanager
    def _card(self, period_frames: int, *, cabled: bool) -> Iterator[dict[str, str]]:
        """The environment in which the probe finds the card."""
        from pedal.virtual.card import PCM_NAME

        if not self.board.virtual or self.board.audio.card != PCM_NAME:  # a virtual board may have a real card
            yield {}
            return
        from pedal.cli.run import virtual_card

        audio = msgspec.structs.replace(self.board.audio, period_frames=period_frames)
        board = msgspec.structs.replace(self.board, audio=audio)
        with virtual_card(board, self._folder, cabled=cabled) as card:
            yield card.environment()


def try_period(trial: CardTrial, audio: AudioSettings, frames: int, seconds: float, watch: Watch) -> Wakes:
    """How the card keeps a period of so many frames.

    Raises:
        CardError: as ``CardTrial.play``; many cards do not have all periods.
    """
    heard = trial.play(frames, seconds, "silence", watch)
    return wakes_of(heard.woke_ns, frames, audio.periods, audio.rate_hz, heard.xruns)


def try_cable(trial: CardTrial, audio: AudioSettings, watch: Watch) -> Loop:
    """Send a sequence out and look when it comes back.

    Raises:
        CardError: as ``CardTrial.play``, or the card ran dry meanwhile.
    """
    seconds = BEFORE_S + AFTER_S + 2**BITS / audio.rate_hz
    heard = trial.play(audio.period_frames, seconds, "sequence", watch)
    if heard.xruns:
        raise CardError("the card ran dry while it was measured", hint="Try again, or a longer period")
    index = 1 if audio.input == "right" and heard.heard.shape[1] > 1 else 0
    return judge_loop(heard.heard[:, index], audio.rate_hz)


def _end(probe: subprocess.Popen[str]) -> None:
    """Whatever it does, it ends now, and with it the card is free."""
    if probe.poll() is None:
        probe.terminate()
    try:
        probe.wait(_END_S)
    except subprocess.TimeoutExpired:
        probe.kill()
        probe.wait()
    if probe.stdout is not None:
        probe.stdout.close()
