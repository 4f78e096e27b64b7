"""When the pedal may stand between guitar and amp, and when it must not. Pure: time is an argument.

Used by ``wire``, in the parent of pedal-audio. The pedal is dry until the sound has flowed for a while without a gap,
and dry again as soon as anything is wrong. Nothing pops: the pedal is silent whenever the contacts move.

    OPEN ── clean ──► CLOSING ── contacts rest ──► CLOSED ── asked to end ──► LEAVING ── silent ──► OPEN, for good
      ▲  silent, dry            silent                │ heard                         silent
      └───────────────────── fault ──────────────────┘
"""

from __future__ import annotations

import enum
from collections import deque
from dataclasses import dataclass

#: The sound must have flowed without a gap for so long; twice as long after each fault that came soon, up to the most.
CLEAN_S = 0.5
MOST_CLEAN_S = 8.0
#: A fault so long after the last one is the first again.
FORGIVEN_S = 60.0
#: From "be silent" to silence: a fade of 20 ms and the card's buffer, with room.
MUTE_S = 0.1
#: From the first change of the pin to contacts that rest: the pump fills, the armature moves, the contacts bounce.
CLOSE_S = 0.4
#: From the last change of the pin to contacts that have fallen back: the pump of ``docs/wiring`` runs dry by then.
RELEASE_S = 1.2
#: The sound owes a period for so long: it has stopped. Long before its parent calls that a death.
STILL_S = 0.3
#: So many gaps within a second are worse than the guitar alone.
GAPS_IN_A_SECOND = 10


class Phase(enum.Enum):
    """Where the contacts are, or are going."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    LEAVING = "leaving"


@dataclass(frozen=True)
class Seen:
    """One look at the sound.

    Attributes:
        fault: why the pedal must not be heard, in words; empty if nothing is wrong.
        xruns: gaps so far.
    """

    fault: str
    xruns: int


class FailSafe:
    """The rule. ``look`` at least ten times a second; then ask ``is_driven`` and ``is_muted``."""

    def __init__(self, now_s: float) -> None:
        self.phase = Phase.OPEN
        self.fault = ""
        self._since_s = now_s  # of the phase
        self._clean_since_s = now_s
        self._clean_s = CLEAN_S
        self._fault_s = float("-inf")
        self._left = False
        self._gaps: deque[tuple[float, int]] = deque()

    @property
    def is_driven(self) -> bool:
        """Whether the relay is held."""
        return self.phase is not Phase.OPEN

    @property
    def is_muted(self) -> bool:
        """Whether the pedal must be silent."""
        return self.phase is not Phase.CLOSED

    def look(self, seen: Seen, now_s: float) -> None:
        """What was seen, and what follows from it."""
        gaps = self._gaps_of_the_last_second(seen.xruns, now_s)
        fault = seen.fault or ("the sound has too many gaps" if gaps >= GAPS_IN_A_SECOND else "")
        if fault or (gaps and not self.is_driven):
            self._clean_since_s = now_s
        if fault and self.is_driven:
            self._fall(fault, now_s)
        elif self.phase is Phase.OPEN and not self._left:
            if now_s - self._clean_since_s >= self._clean_s:
                self._go(Phase.CLOSING, now_s)
        elif self.phase is Phase.CLOSING and now_s - self._since_s >= CLOSE_S:
            self.fault = ""
            self._go(Phase.CLOSED, now_s)
        elif self.phase is Phase.LEAVING and now_s - self._since_s >= MUTE_S:
            self._go(Phase.OPEN, now_s)

    def leave(self, now_s: float) -> None:
        """Somebody asked the pedal to end: silent first, then dry, and dry for good."""
        self._left = True
        if self.is_driven and self.phase is not Phase.LEAVING:
            self._go(Phase.LEAVING, now_s)

    def is_over(self, now_s: float) -> bool:
        """Whether, after ``leave``, the contacts have fallen back."""
        return self._left and self.phase is Phase.OPEN and now_s - self._since_s >= RELEASE_S

    def _fall(self, fault: str, now_s: float) -> None:
        again = now_s - self._fault_s < FORGIVEN_S
        self._clean_s = min(2.0 * self._clean_s, MOST_CLEAN_S) if again else CLEAN_S
        self.fault, self._fault_s = fault, now_s
        self._go(Phase.OPEN, now_s)

    def _go(self, phase: Phase, now_s: float) -> None:
        self.phase, self._since_s = phase, now_s

    def _gaps_of_the_last_second(self, xruns: int, now_s: float) -> int:
        if self._gaps and xruns < self._gaps[-1][1]:  # another process counts from the beginning
            self._gaps.clear()
        self._gaps.append((now_s, xruns))
        while now_s - self._gaps[0][0] > 1.0:
            self._gaps.popleft()
        return xruns - self._gaps[0][1]
