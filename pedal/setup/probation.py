"""Whether a board that was just put in use plays. Pure: time is an argument.

Used by ``cli/choosing`` in the parents of the pedal's halves, which look some times a second. A pedal that still
compiles or looks for its first period is given time; one whose card does not open, or that fails, is not.
"""

from __future__ import annotations

from dataclasses import dataclass

#: So long the sound must have flowed.
KEPT_S = 3.0
#: So long the card may be missing: a USB card that was just opened otherwise comes and goes.
LOST_S = 8.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the sound.

    Attributes:
        flows: periods are played.
        lost: the card is not there, or does not open so.
        failed: why the sound, or the panel, is given up; empty if it is not.
    """

    flows: bool
    lost: bool
    failed: str = ""


class Probation:
    """The rule. ``look`` again and again, until it says something."""

    def __init__(self) -> None:
        self._flows_since_s: float | None = None
        self._lost_since_s: float | None = None

    def look(self, seen: Seen, now_s: float) -> bool | None:
        """True: it plays; False: it does not; None: not known yet."""
        self._flows_since_s = _since(self._flows_since_s, seen.flows, now_s)
        self._lost_since_s = _since(self._lost_since_s, seen.lost, now_s)
        if seen.failed or (self._lost_since_s is not None and now_s - self._lost_since_s >= LOST_S):
            return False
        if self._flows_since_s is not None and now_s - self._flows_since_s >= KEPT_S:
            return True
        return None


def _since(since_s: float | None, holds: bool, now_s: float) -> float | None:
    """Since when it has held, without a break."""
    return (now_s if since_s is None else since_s) if holds else None
