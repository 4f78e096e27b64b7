"""One client of the control socket, and a request of his on its way through the panel.

Used by ``control``'s thread; an ``Ask`` is answered by the panel's loop.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pedal.panel import protocol
from pedal.panel.subscription import Subscription

#: Requests of one client that wait for the panel; further ones stay in its socket. So few that whoever asks one thing
#: waits for a fraction of a tick, even if everybody else asks without an end.
ASKS_MAX = 2


@dataclass(frozen=True, slots=True)
class Ask:
    """A request and the way back to whoever made it; answer it exactly once, from any thread."""

    request: protocol.AnyRequest
    _send: Callable[[bytes], None]

    def answer(self, result: dict[str, Any]) -> None:
        """Say yes. A result that is longer than a reply may be becomes a refusal."""
        line = protocol.format_result(self.request.id, result)
        if len(line) > protocol.REPLY_CAP_BYTES:
            line = protocol.format_refusal(self.request.id, "the answer is too long.")
        self._send(line)

    def refuse(self, sentence: str) -> None:
        """Say no, in a sentence for the player."""
        self._send(protocol.format_refusal(self.request.id, sentence))


@dataclass(eq=False, slots=True)
class Client:
    """Whoever is connected.

    Attributes:
        active_s: when it last said something, or took something that it was sent.
        line_since_s: when the line was begun that is in ``incoming``.
        incoming, outgoing: bytes not yet taken apart, and not yet sent.
        asks: how many of its requests wait for the panel.
        ended: it says nothing more, and waits for answers at most.
        subscription: what it is told without asking; None: nothing.
    """

    sock: socket.socket
    active_s: float
    line_since_s: float = 0.0
    incoming: bytearray = field(default_factory=bytearray)
    outgoing: bytearray = field(default_factory=bytearray)
    asks: int = 0
    ended: bool = False
    subscription: Subscription | None = None

    @property
    def interest(self) -> int:
        """What its socket is waited for."""
        reads = not self.ended and self.asks < ASKS_MAX
        return (selectors.EVENT_READ if reads else 0) | (selectors.EVENT_WRITE if self.outgoing else 0)

    @property
    def finished(self) -> bool:
        """It says nothing more, and was answered everything; nobody can tell whether it still listens."""
        return self.ended and not self.asks and not self.outgoing

    def add_news(self) -> bool:
        """Something that it has subscribed to becomes the next thing to send; only while nothing else is."""
        line = self.subscription.take() if self.subscription is not None else None
        if line is None:
            return False
        self.outgoing += line
        return True
