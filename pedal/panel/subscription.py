"""What one client of the control socket is still to be told, bounded whatever it does. Pure; time is an argument.

Used by ``control``'s thread. A client that reads slowly gets the newest: of ``status`` and ``meters`` only that, of the
others the last few; what it missed is counted, and it is told how many.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import msgspec

from pedal.panel.feed_requests import NEWEST_ONLY, Topic
from pedal.panel.request import VERSION

#: Of topics that are told line by line, so many wait for a slow reader.
KEPT = 64
#: The panel's ticks do not come on the dot: so much too early is in time.
SLACK_S = 0.02


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``feed_requests.News`` with its data encoded already, once for all clients."""

    v: int
    topic: str
    dropped: int = 0
    data: msgspec.Raw


class Subscription:
    """One client's.

    Args:
        topics: that it wants.
        rate_hz: how often, at most, of those of which only the newest counts.
    """

    def __init__(self, topics: Sequence[Topic], rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self._waiting: dict[Topic, deque[msgspec.Raw]] = {
            topic: deque(maxlen=1 if topic in NEWEST_ONLY else KEPT) for topic in dict.fromkeys(topics)
        }
        self._dropped: dict[Topic, int] = dict.fromkeys(self._waiting, 0)
        self._offered_s: dict[Topic, float] = {}

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Those that are wanted."""
        return tuple(self._waiting)

    def offer(self, topic: Topic, data: msgspec.Raw, now_s: float) -> None:
        """Something is new. It waits until ``take``, unless it is not wanted, or not yet."""
        waiting = self._waiting.get(topic)
        if waiting is None:
            return
        if topic in NEWEST_ONLY:
            since_s = now_s - self._offered_s.get(topic, float("-inf"))
            if since_s < 1.0 / self.rate_hz - SLACK_S:
                return
            self._offered_s[topic] = now_s
        self._dropped[topic] += len(waiting) == waiting.maxlen
        waiting.append(data)

    def take(self) -> bytes | None:
        """The next line, newline included, of each topic in turn; None: nothing waits."""
        for topic, waiting in self._waiting.items():
            if waiting:
                self._waiting[topic] = self._waiting.pop(topic)
                envelope = Envelope(v=VERSION, topic=topic, dropped=self._dropped[topic], data=waiting.popleft())
                return msgspec.json.encode(envelope) + b"\n"
        return None
