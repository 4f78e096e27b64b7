"""From taps of a foot to a tempo. Pure: time is an argument. Called by the panel for a switch of the action ``tap``."""

from __future__ import annotations

from collections import deque

from pedal.params.tempo import FASTEST_BPM, SLOWEST_BPM

#: So many taps count, the newest.
TAPS = 5
#: A gap that is this much longer than the gaps before it begins anew.
TOO_LONG = 1.7


class Taps:
    """Remembers the last taps of one tempo."""

    def __init__(self) -> None:
        self._at_s: deque[float] = deque(maxlen=TAPS)

    def tap(self, at_s: float) -> float | None:
        """A tap at ``at_s`` (seconds of a monotonic clock); beats per minute from the second on, else None."""
        if self._at_s:
            gap_s = at_s - self._at_s[-1]
            usual_s = (self._at_s[-1] - self._at_s[0]) / max(1, len(self._at_s) - 1)
            is_usual = len(self._at_s) < 2 or usual_s / TOO_LONG < gap_s < usual_s * TOO_LONG
            if gap_s > 60.0 / SLOWEST_BPM or not is_usual:
                self._at_s.clear()
        self._at_s.append(at_s)
        if len(self._at_s) < 2:
            return None
        beats = len(self._at_s) - 1
        return min(FASTEST_BPM, 60.0 * beats / max(1e-3, self._at_s[-1] - self._at_s[0]))
