"""What one client is still to be told: bounded, the newest first to count, and counted what it missed."""

from __future__ import annotations

import json

import msgspec
import pytest

from pedal.panel import protocol
from pedal.panel.feed_requests import Topic
from pedal.panel.subscription import KEPT, Subscription


def raw(number: int) -> msgspec.Raw:
    return msgspec.Raw(json.dumps({"number": number}).encode())


def told(subscription: Subscription) -> list[tuple[str, int, int]]:
    lines = []
    while (line := subscription.take()) is not None:
        news = protocol.parse_line(line)
        assert isinstance(news, protocol.News)
        lines.append((news.topic, news.dropped, news.data["number"]))
    return lines


def test_what_was_offered_is_told_once() -> None:
    subscription = Subscription(["log"], 5.0)
    for number in range(3):
        subscription.offer("log", raw(number), 0.0)
    assert told(subscription) == [("log", 0, 0), ("log", 0, 1), ("log", 0, 2)]
    assert told(subscription) == []


def test_other_topics_are_not_told() -> None:
    subscription = Subscription(["log"], 5.0)
    subscription.offer("status", raw(1), 0.0)
    assert told(subscription) == []


@pytest.mark.parametrize("topic", ["status", "meters"])
def test_a_slow_reader_gets_the_newest_and_is_told_what_it_missed(topic: Topic) -> None:
    subscription = Subscription([topic], 10.0)
    for number in range(1000):
        subscription.offer(topic, raw(number), 0.1 * number)
    assert told(subscription) == [(topic, 999, 999)]


@pytest.mark.parametrize("topic", ["changes", "log"])
def test_of_lines_the_last_are_kept(topic: Topic) -> None:
    subscription = Subscription([topic], 10.0)
    for number in range(KEPT + 7):
        subscription.offer(topic, raw(number), 0.0)
    assert told(subscription) == [(topic, 7, number) for number in range(7, KEPT + 7)]


def test_meters_come_as_often_as_was_asked_and_changes_at_once() -> None:
    subscription = Subscription(["meters", "changes"], 5.0)
    times = {"meters": 0, "changes": 0}
    for tick in range(200):  # ten seconds of the panel's ticks
        for topic in times:
            subscription.offer(topic, raw(tick), 0.05 * tick)  # type: ignore[arg-type]
        for name, dropped, _ in told(subscription):
            times[name] += 1
            assert dropped == 0  # what comes too often was not missed
    assert times == {"meters": 50, "changes": 200}


def test_every_topic_has_its_turn() -> None:
    subscription = Subscription(["status", "log", "changes"], 20.0)
    for number in range(3):
        for topic in subscription.topics:
            subscription.offer(topic, raw(number), float(number))
    assert [name for name, _, _ in told(subscription)] == [
        "status",
        "log",
        "changes",
        "log",
        "changes",
        "log",
        "changes",
    ]
