"""What a client of the control socket may be told without asking again; part of ``protocol``. Pure."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

import msgspec

from pedal.panel.request import Request

#: ``status``: all that the pedal says of itself. ``meters``: the few numbers that move. ``changes``: what of the
#: preset, its knobs and the pedal's state is another now. ``log``: what the panel writes into its log. ``midi``: what
#: it hears there.
Topic = Literal["status", "meters", "changes", "log", "midi"]
TOPICS: tuple[Topic, ...] = get_args(Topic)
#: Only the newest is of use: a client that is slow, or wants them seldom, misses the others.
NEWEST_ONLY: frozenset[Topic] = frozenset({"status", "meters"})

#: The panel's loop makes no more in a second.
RATE_MAX_HZ = 20.0


class Subscribe(Request, tag="subscribe", frozen=True):
    """From now on tell me about these topics (and no other); with none of them: no longer.

    ``rate_hz`` is how often, at most, for ``status`` and ``meters``; the others are told when they happen.
    """

    topics: Annotated[list[Topic], msgspec.Meta(max_length=len(TOPICS))]
    rate_hz: Annotated[float, msgspec.Meta(ge=0.1, le=RATE_MAX_HZ)] = 5.0


class ReadLog(Request, tag="log", frozen=True):
    """The last lines of the panel's log."""

    lines: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


FeedRequest = Subscribe | ReadLog


class News(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line that answers no request: something that was subscribed to.

    Attributes:
        v: version of the protocol.
        topic: which.
        dropped: how many of this topic the client has missed since it subscribed, because it read too slowly.
        data: what is so now (``status``, ``meters``), what has changed (``changes``), a line (``log``).
    """

    v: int
    topic: Topic
    dropped: int = 0
    data: dict[str, Any] = {}
