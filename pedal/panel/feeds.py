"""What subscribers of the control socket are told: made by the panel's loop at its ticks, if anybody wants to know.

Used by the panel's loop. Nothing here waits: ``News`` is the control socket's server, which takes what it is told and
sends it from its own thread, or drops it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from pedal.panel.chain_view import changed_values, describe_block, told_blocks
from pedal.panel.feed_requests import Topic
from pedal.panel.subscription import SLACK_S
from pedal.preset import Preset

#: Lines of the log that are remembered for who comes later.
LOG_LINES = 200


class News(Protocol):
    """Where news goes."""

    @property
    def wanted(self) -> Mapping[Topic, float]:
        """Topics that somebody wants to know, and how often in a second."""
        ...

    def publish(self, topic: Topic, data: dict[str, Any]) -> None:
        """Tell them, at once."""
        ...


class _Nobody:
    """Nobody listens."""

    wanted: Mapping[Topic, float] = MappingProxyType({})

    def publish(self, topic: Topic, data: dict[str, Any]) -> None:
        """Nobody is told."""


NOBODY: News = _Nobody()


class Feeds:
    """One for each life of the panel's loop.

    Args:
        news: where it goes.
        status, meters: make all that the pedal says of itself, and the few numbers that move.
        state: makes what ``changes`` tells of besides the preset; flat, of plain values.
        preset: the one in work.
    """

    def __init__(
        self,
        news: News,
        status: Callable[[], dict[str, Any]],
        meters: Callable[[], dict[str, Any]],
        state: Callable[[], dict[str, Any]],
        preset: Callable[[], Preset],
    ) -> None:
        self._news = news
        self._makers: dict[Topic, Callable[[], dict[str, Any]]] = {"status": status, "meters": meters}
        self._state = state
        self._preset = preset
        self._made_s: dict[Topic, float] = {}
        self._told: tuple[Preset, dict[str, Any]] = preset(), state()

    def tick(self, now_s: float) -> None:
        """Tell what is due."""
        wanted = self._news.wanted
        for topic, make in self._makers.items():
            rate_hz = wanted.get(topic)
            if rate_hz and now_s - self._made_s.get(topic, float("-inf")) >= 1.0 / rate_hz - SLACK_S:
                self._made_s[topic] = now_s
                self._news.publish(topic, make())
        changes = self._changes()  # looked at also while nobody wants to know: who subscribes misses none from then on
        if changes:
            self._news.publish("changes", changes)

    def _changes(self) -> dict[str, Any]:
        """What is another now than at the last tick; empty: nothing."""
        (before, was), (preset, state) = self._told, (self._preset(), self._state())
        self._told = preset, state
        changed: dict[str, Any] = {name: value for name, value in state.items() if was.get(name) != value}
        if preset is not before:
            values = changed_values(before, preset)
            if values is None:
                changed["blocks"] = [describe_block(block) for block in told_blocks(preset)]
            elif values:
                changed["values"] = values
        return changed


class LogFeed(logging.Handler):
    """Hears what the process writes into its log: keeps the last lines, and tells subscribers.

    Attributes:
        news: who is told; nobody at first.
    """

    def __init__(self, news: News = NOBODY) -> None:
        super().__init__(logging.INFO)
        self.news = news
        self._lines: deque[dict[str, Any]] = deque(maxlen=LOG_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """One line; in the thread of whoever writes it."""
        line = {"at_s": round(record.created, 3), "level": record.levelname.lower(), "text": record.getMessage()[:500]}
        self._lines.append(line)
        self.news.publish("log", line)

    def last(self, lines: int) -> list[dict[str, Any]]:
        """The newest, the oldest first."""
        return list(self._lines)[-lines:]
