"""From the edges of a bouncing contact to the presses that count. Pure: time is an argument.

Called by ``inputs`` in pedal-panel, once for every edge of every footswitch.
"""

from __future__ import annotations

#: Footswitches bounce for a few milliseconds, worn ones for ten or more; nobody taps twice this fast.
LOCKOUT_S = 0.025


class Lockout:
    """Acts on the first edge of a press and then not before the contact was still for ``lockout_s``.

    Waiting for the contact to settle first, as debouncing often does, would delay every press by that time. Edges
    of both kinds count as unrest, or the bounces of letting go would press again.
    """

    def __init__(self, lockout_s: float = LOCKOUT_S) -> None:
        self.lockout_s = lockout_s
        self._unrest_until_s = float("-inf")

    def edge(self, pressed: bool, at_s: float) -> bool:
        """Whether the edge at ``at_s`` (seconds of a monotonic clock) is a press that counts."""
        still = at_s >= self._unrest_until_s
        self._unrest_until_s = at_s + self.lockout_s
        return pressed and still
