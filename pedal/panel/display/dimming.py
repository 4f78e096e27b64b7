"""When the glass may be dim: nobody has touched anything, nothing has changed and nobody plays. Pure.

Used by the panel's loop. An OLED ages by its light; dim, it lasts longer and can still be read. It is never dark.
"""

from __future__ import annotations

#: After so long; a guitar below this level is one that hangs on its stand.
IDLE_S, SILENCE_DB = 120.0, -50.0


class Dimming:
    """Remembers when something happened last."""

    def __init__(self, now_s: float) -> None:
        self._awake_s = now_s
        self._seen: object = None

    def touched(self, now_s: float) -> None:
        """A hand or a foot did something."""
        self._awake_s = now_s

    def is_dim(self, now_s: float, in_peak_db: float, seen: object) -> bool:
        """Whether the page is to be dim now.

        Args:
            now_s: seconds of a monotonic clock.
            in_peak_db: of the guitar, dBFS.
            seen: what a player would want to see change; another than the last one is news.
        """
        if in_peak_db > SILENCE_DB or seen != self._seen:
            self._awake_s, self._seen = now_s, seen
        return now_s - self._awake_s > IDLE_S
