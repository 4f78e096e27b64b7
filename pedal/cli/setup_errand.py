"""What needs the card alone, in place of pedal-audio: ``python -m pedal.cli.setup_errand BOARD RUNTIME TOKEN``.

Started by the parent of pedal-audio (``system/post``) while that is away, because the panel asked (``setup/errand``).
It ends by itself, or when it is told to, and pedal-audio plays again. Ordinary priority: what plays is the probe, a
process of its own that has the rights of pedal-audio.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from pedal.cli.setup_probe import CardTrial, Watch, try_cable, try_period
from pedal.config import Board, load_board
from pedal.errors import CardError, PedalError
from pedal.setup.errand import load_errand
from pedal.setup.period import CANDIDATES, PERIOD_S
from pedal.setup.told import Told, tell
from pedal.setup.wakes import Wakes

_log = logging.getLogger("pedal.setup")
#: In the runtime directory: recordings, and a virtual card.
_FOLDER = "errand-"
#: How often it is told how far it is.
_TELL_S = 0.2


class Teller:
    """Tells the panel, now and then; what was told before stays told.

    Args:
        runtime: where.
        token: of the errand.
    """

    def __init__(self, runtime: Path, token: str) -> None:
        self._runtime = runtime
        self._told = Told(token, os.getpid())
        self._at_s = float("-inf")

    def tell(self, **news: Any) -> None:
        """By the names of ``Told``; at once."""
        self._told = msgspec.structs.replace(self._told, **news)
        self._at_s = time.monotonic()
        try:
            tell(self._runtime, self._told)
        except OSError as error:
            _log.warning("how far it is cannot be told (%s)", error.strerror)

    def watch(self, words: str, done: float, whole: float) -> Watch:
        """Of a part of the errand, which begins at the share ``done`` and is ``whole`` of it."""

        def watched(share: float, _: object) -> None:
            if time.monotonic() - self._at_s >= _TELL_S:
                self.tell(words=words, share=min(1.0, done + whole * share))

        return watched


def try_periods(board: Board, trial: CardTrial, teller: Teller) -> None:
    """All candidates, shortest first.

    Raises:
        CardError: the card has none of them.
    """
    tried, refused = list[Wakes](), ""
    for number, frames in enumerate(CANDIDATES):
        watch = teller.watch(f"{frames} frames", number / len(CANDIDATES), 1.0 / len(CANDIDATES))
        try:
            tried.append(try_period(trial, board.audio, frames, PERIOD_S, watch))
        except CardError as refusal:  # many cards do not have all of them
            refused = str(refusal)
            trial.notes.append(f"{frames} frames: {refused}")
    if not tried:
        raise CardError(refused.rstrip("."))
    teller.tell(wakes=tuple(tried))


def send_through(board: Board, trial: CardTrial, teller: Teller) -> None:
    """The cable.

    Raises:
        CardError: the card ran dry, or does not play.
    """
    loop = try_cable(trial, board.audio, teller.watch("Hiss", 0.0, 1.0))
    teller.tell(loop=loop, loop_frames=board.audio.period_frames * board.audio.periods)


DEEDS: dict[str, Callable[[Board, CardTrial, Teller], None]] = {"period": try_periods, "cable": send_through}


def main(board_name: str, runtime: Path, token: str) -> None:
    """Do what is asked for, if it still is."""
    errand = load_errand(runtime, time.monotonic())
    if errand is None or errand.token != token:
        return
    teller = Teller(runtime, token)
    teller.tell(words="Opening the card")
    for left in runtime.glob(f"{_FOLDER}*"):  # of one that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_FOLDER, dir=runtime) as folder:
        try:
            board = load_board(board_name)
            trial = CardTrial(board, board_name, Path(folder))
            DEEDS[errand.kind](board, trial, teller)
        except PedalError as error:
            teller.tell(error=str(error)[:400])
        else:
            teller.tell(notes=tuple(note[:400] for note in dict.fromkeys(trial.notes)), share=1.0)
    teller.tell(ended=True)


def _command_line() -> int:
    logging.basicConfig(level=logging.INFO, format="pedal-setup: %(message)s")
    if len(sys.argv) != 4:
        print("usage: python -m pedal.cli.setup_errand BOARD RUNTIME TOKEN", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))  # the card is given back on the way out
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
    return 0


if __name__ == "__main__":
    sys.exit(_command_line())
