"""What setting up looks at while the pedal plays: a strum, and gaps.

Used by ``setting_up``. Reads and changes nothing, so nothing of it is heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pedal.link.status import Status
from pedal.setup.period import judge_gaps
from pedal.setup.strum import Level
from pedal.units import db_from_gain

LookedAt = Literal["strum", "gaps"]
#: How long each is looked at.
SECONDS: dict[LookedAt, float] = {"strum": 5.0, "gaps": 20.0}

_SILENCE = Level(db_from_gain(0.0))


@dataclass(frozen=True, slots=True)
class Look:
    """How far it is (1 is the end), and what was seen until now.

    Attributes:
        step, share: of what, and how much of its time.
        level: the highest of the input, and whether it was cut off; for a strum.
        sentence: at the end of a count of gaps, what it means.
        gaps: so far.
    """

    step: LookedAt
    share: float
    level: Level = _SILENCE
    gaps: int = 0
    sentence: str = ""


class Looks:
    """One thing at a time. ``periods`` are those of the card's buffer."""

    def __init__(self, periods: int) -> None:
        self._periods = periods
        self._step: LookedAt | None = None
        self._started_s = 0.0
        self._first: Status | None = None
        self._peak = 0.0
        self._clipped = False

    @property
    def step(self) -> LookedAt | None:
        """What is looked at now."""
        return self._step

    def start(self, step: LookedAt, now_s: float) -> None:
        """Look from now on; what was looked at is broken off."""
        self._step, self._started_s, self._first = step, now_s, None
        self._peak, self._clipped = 0.0, False

    def stop(self) -> None:
        """Break off."""
        self._step = None

    def tick(self, status: Status, now_s: float) -> Look | None:
        """One look, some twenty a second: between two of them a meter falls 3 dB. None: nothing is looked at."""
        step = self._step
        if step is None:
            return None
        first = self._first = self._first or status
        if status.frame < first.frame:  # another audio process counts from the start
            self.start(step, now_s)
            return Look(step, 0.0)
        share = min(1.0, (now_s - self._started_s) / SECONDS[step])
        look = self._strum(status, first, share) if step == "strum" else self._gaps(status, first, share)
        if share >= 1.0:
            self._step = None
        return look

    def _strum(self, status: Status, first: Status, share: float) -> Look:
        self._peak = max(self._peak, status.in_peak)
        ago = status.clipped_ago_frames
        self._clipped = self._clipped or (ago is not None and status.frame - ago > first.frame)
        return Look("strum", share, Level(db_from_gain(min(self._peak, 1.0)), int(self._clipped)))

    def _gaps(self, status: Status, first: Status, share: float) -> Look:
        xruns, late = status.xruns - first.xruns, status.woken_late - first.woken_late
        if share < 1.0:
            said = ""
        elif status.frame == first.frame:
            said = "Nothing plays: is the card there?"
        else:
            said = judge_gaps(status.period_frames, self._periods, xruns, late)
        return Look("gaps", share, gaps=xruns, sentence=said)
