"""Which board a pedal plays with, and another one while it runs: chosen at the pedal, tried, kept or put back.

Called by ``cli/run`` in the parents of the pedal's halves. A board named on the command line is that board. Where a
set-up may choose (``follows``), the player's own board comes first; the panel proposes one, each parent starts its
half with it, the one of pedal-audio says whether it plays, and the one of the panel, who may write there, settles it.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pedal.config import load_board
from pedal.errors import BoardError
from pedal.health import load_health
from pedal.layout import CARD_LOST, CARD_RUNNING
from pedal.library.atomic import previous_of
from pedal.paths import own_board_path
from pedal.setup.choice import Trial, Verdict, digest_of, load_trial, load_verdict, save_verdict, settle
from pedal.setup.probation import Probation, Seen
from pedal.system.heartbeat import Beat
from pedal.system.leftovers import load_pid

_log = logging.getLogger("pedal.board")
_LOOK_S = 0.25
_SILENT_S = 0.5
#: A panel that failed so often since it was started with a board does not get on with it.
_PANEL_FAILURES = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """A board to play with.

    Attributes:
        name: shipped, or a file.
        follows: whether a set-up may choose another one while it runs.
        digest: of the player's own board as it lay there; empty if there was none, or it is not followed.
        refusal: why the player's own board is not the one; empty as a rule.
    """

    name: str
    follows: bool
    digest: str = ""
    refusal: str = ""


def choose_board(named: str | None, *, by_hand: bool) -> Choice:
    """The board to start with.

    Args:
        named: on the command line or in the environment, or None.
        by_hand: on the command line: then it is that one, whatever lies on the disk.

    Raises:
        BoardError: the player's own board is not right, and there is no other.
    """
    if by_hand and named is not None:
        return Choice(named, follows=False)
    installed = "PEDAL_BOARD_DIR" in os.environ
    if named is not None and not installed:
        return Choice(named, follows=False)
    own = own_board_path()
    otherwise = named or "virtual"
    if not own.is_file():
        return Choice(otherwise, follows=True)
    try:
        load_board(str(own))
    except BoardError as error:
        return _without(own, error, named)
    return Choice(str(own), follows=True, digest=digest_of(own))


def chosen_board() -> str:
    """The board that `pedal run` would take, for commands that name none.

    Raises:
        BoardError: as ``choose_board``.
    """
    return choose_board(os.environ.get("PEDAL_BOARD"), by_hand=False).name


def _without(own: Path, error: BoardError, named: str | None) -> Choice:
    """The one before, else the one that is named: a pedal must start."""
    previous = previous_of(own)
    try:
        load_board(str(previous))
    except BoardError:
        if named is None:
            raise error from None
        return Choice(named, follows=True, digest=digest_of(own), refusal=str(error))
    return Choice(str(previous), follows=True, digest=digest_of(own), refusal=str(error))


class BoardWatch:
    """Looks whether the pedal must start again with another board; ``ended`` is a supervisor's.

    Args:
        choice: what plays.
        runtime: where the halves meet.
        only: "audio" or "panel", the half that this is the parent of; None: of both.
        load_beat: the heartbeats.
    """

    def __init__(self, choice: Choice, runtime: Path, only: str | None, load_beat: Callable[[], Beat | None]) -> None:
        self._choice, self._runtime, self._only, self._load_beat = choice, runtime, only, load_beat
        self._probation = Probation()
        self._looked_s = float("-inf")
        self._was_on_trial = False
        self.is_over = False
        if choice.refusal:
            self._say(only or "panel", Verdict("", kept=False, reason=choice.refusal[:400]))

    def ended(self) -> bool:
        """Whether another board is to be played with."""
        now_s = time.monotonic()
        if self._choice.follows and now_s - self._looked_s >= _LOOK_S:
            self._looked_s = now_s
            self.is_over = self.is_over or self._look(now_s)
        return self.is_over

    def _look(self, now_s: float) -> bool:
        trial, mine = load_trial(), self._choice.digest
        if trial is None:
            put_back = self._was_on_trial and digest_of(own_board_path()) != mine
            self._was_on_trial = False
            return put_back
        if trial.digest != mine:
            _log.info("another board was chosen: starting with it")
            return True
        self._was_on_trial = True
        if self._only != "panel":
            self._judge(trial, now_s)
        return self._only != "audio" and self._settle(trial)

    def _judge(self, trial: Trial, now_s: float) -> None:
        """Of the sound, by whoever is its parent."""
        beat, failed = self._load_beat(), load_health(self._runtime, "audio").safe_mode
        # what a dead predecessor left in the link says nothing about the one that starts now
        if beat is not None and beat.audio_pid != load_pid(self._runtime / "audio.pid"):
            beat = None
        flows = beat is not None and beat.card_state == CARD_RUNNING and beat.audio_age_s < _SILENT_S
        lost = beat is not None and beat.card_state == CARD_LOST
        plays = self._probation.look(Seen(flows, lost, failed), now_s)
        known = load_verdict(self._runtime, "audio")
        if plays is not None and (known is None or known.token != trial.token):
            card = load_board(self._choice.name).audio.card
            reason = "" if plays else failed or f"The card '{card}' did not open."
            self._say("audio", Verdict(trial.token, plays, reason))

    def _settle(self, trial: Trial) -> bool:
        """By whoever may write there; True: the one before is back."""
        panel, verdict = load_health(self._runtime, "panel"), load_verdict(self._runtime, "audio")
        if panel.safe_mode or len(panel.failures) >= _PANEL_FAILURES:
            verdict = Verdict(trial.token, kept=False, reason=panel.safe_mode or "The panel did not start.")
        if verdict is None or verdict.token != trial.token:
            return False
        try:
            settle(kept=verdict.kept)
        except OSError as error:
            _log.error("the trial of a board cannot be ended (%s)", error.strerror)
            return False
        _log.info("the board is kept%s", "" if verdict.kept else f" as it was before: {verdict.reason}")
        self._say("panel", verdict)
        return not verdict.kept

    def _say(self, half: str, verdict: Verdict) -> None:
        try:
            save_verdict(self._runtime, half, verdict)
        except OSError as error:
            _log.warning("what came of a board cannot be told (%s)", error.strerror)
