"""What subscribers are told: made at ticks, if anybody wants to know; and what several logins must agree on."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pedal.errors import PresetError
from pedal.panel.chain_view import changed_values, describe_target, stepped
from pedal.panel.feed_requests import TOPICS, Topic
from pedal.panel.feeds import LOG_LINES, Feeds, LogFeed
from pedal.panel.state import State
from pedal.preset import Block, Preset
from tests.panel.stand import Stand, amp, tone


class Heard:
    """Who listens to everything, or to what it is told to."""

    def __init__(self, *topics: Topic, rate_hz: float = 20.0) -> None:
        self.wanted: Mapping[Topic, float] = dict.fromkeys(topics or TOPICS, rate_hz)
        self.news: list[tuple[Topic, dict[str, Any]]] = []

    def publish(self, topic: Topic, data: dict[str, Any]) -> None:
        if topic in self.wanted:
            self.news.append((topic, data))

    def take(self) -> list[tuple[Topic, dict[str, Any]]]:
        news, self.news = self.news, []
        return news


PRESET = Preset("Crunch", (amp(), tone()))


def feeds_of(stand: Stand, heard: Heard) -> Feeds:
    state = State(stand.hand, stand.player, stand.keeping)
    return Feeds(heard, lambda: {"s": 1}, lambda: {"m": 1}, state.flat, lambda: stand.player.preset)


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    made = Stand(tmp_path, {"01-crunch": PRESET, "02-other": replace(PRESET, name="Other")})
    made.play("01-crunch")
    made.player.message = ""
    return made


def test_nothing_is_made_that_nobody_wants(stand: Stand) -> None:
    heard = Heard("log")
    feeds = feeds_of(stand, heard)
    stand.player.set_param("amp.drive_db", 3.0, 0.0)
    feeds.tick(1.0)
    assert heard.take() == []


def test_meters_are_made_as_often_as_the_quickest_wants(stand: Stand) -> None:
    heard = Heard("meters", rate_hz=5.0)
    feeds = feeds_of(stand, heard)
    for tick in range(40):
        feeds.tick(0.05 * tick)
    assert heard.take() == [("meters", {"m": 1})] * 10


def test_a_knob_is_told_alone(stand: Stand) -> None:
    heard = Heard("changes")
    feeds = feeds_of(stand, heard)
    stand.player.set_param("amp.drive_db", "3 dB", 0.0)
    stand.player.set_param("tone.bass_db", -2.0, 0.0)
    feeds.tick(1.0)
    [(topic, data)] = heard.take()
    assert topic == "changes"
    assert data["values"] == {"amp.drive_db": 3.0, "tone.bass_db": -2.0}
    assert data["edited"] is True and "blocks" not in data and "preset" not in data
    feeds.tick(2.0)
    assert heard.take() == []


def test_other_blocks_are_told_whole(stand: Stand) -> None:
    heard = Heard("changes")
    feeds = feeds_of(stand, heard)
    stand.player.switch_block("tone", False, 0.0)
    feeds.tick(1.0)
    [(_, data)] = heard.take()
    assert [(block["id"], block["on"]) for block in data["blocks"]] == [
        ("input", True), ("amp", True), ("tone", False), ("dc", True), ("output", True),
    ]  # fmt: skip


def test_what_is_built_and_what_is_bypassed_is_told(stand: Stand) -> None:
    heard = Heard("changes")
    feeds = feeds_of(stand, heard)
    stand.player.select("02-other")
    stand.player.bypass(True)
    stand.player.set_quality("lite", None)
    feeds.tick(1.0)
    [(_, data)] = heard.take()
    assert data["preset"] == "Other" and data["preset_key"] == "02-other" and data["building"] is True
    assert data["bypassed"] is True and data["quality"] == {"amp": "lite"}


def test_who_subscribes_later_is_not_told_of_before(stand: Stand) -> None:
    heard = Heard("log")
    feeds = feeds_of(stand, heard)
    stand.player.set_param("amp.drive_db", 3.0, 0.0)
    feeds.tick(1.0)
    heard.wanted = {"changes": 1.0}
    feeds.tick(2.0)
    assert heard.take() == []
    stand.player.set_param("amp.drive_db", 4.0, 0.0)
    feeds.tick(3.0)
    assert heard.take() == [("changes", {"values": {"amp.drive_db": 4.0}})]


def test_the_log_is_told_and_the_last_lines_are_kept() -> None:
    heard = Heard()
    feed, logger = LogFeed(heard), logging.getLogger("pedal.test_feeds")
    logger.addHandler(feed)
    try:
        for number in range(LOG_LINES + 5):
            logger.warning("line %d", number)
    finally:
        logger.removeHandler(feed)
    assert len(heard.news) == LOG_LINES + 5
    assert [line["text"] for line in feed.last(2)] == [f"line {LOG_LINES + 3}", f"line {LOG_LINES + 4}"]
    assert len(feed.last(1000)) == LOG_LINES and feed.last(1)[0]["level"] == "warning"


def test_a_knob_back_at_its_default_is_a_change_too() -> None:
    turned = PRESET.with_value("amp", "drive_db", 6.0)
    assert changed_values(turned, PRESET) == {"amp.drive_db": 0.0}
    assert changed_values(PRESET, replace(PRESET, name="Other")) == {}
    assert changed_values(PRESET, replace(PRESET, blocks=(tone(), amp()))) is None


def test_a_target_is_told_with_its_range_and_near_misses() -> None:
    assert describe_target(PRESET, "amp.drive_db") | {"label": ""} == {
        "target": "amp.drive_db", "value": 0.0, "words": "+0.0 dB", "unit": "dB", "default": 0.0, "low": -24.0,
        "high": 24.0, "label": "",
    }  # fmt: skip
    assert describe_target(PRESET, "amp.bypass")["words"] == "off"
    assert describe_target(PRESET, "amp.model")["value"] == "starter-crunch.nam"
    assert describe_target(PRESET, "tone")["values"]["bass_db"] == 0.0
    with pytest.raises(PresetError, match="Did you mean 'drive_db'"):
        describe_target(PRESET, "amp.drvie_db")
    with pytest.raises(PresetError, match="Did you mean 'tone'"):
        describe_target(PRESET, "tune")


@pytest.mark.parametrize(
    ("target", "by", "comes_to"),
    [
        ("amp.drive_db", 1.5, 1.5),
        ("amp.drive_db", "-2 dB", -2.0),
        ("amp.drive_db", "500", 24.0),
        ("delay1.time_s", "50 ms", 0.4),
        ("delay1.mix", "-10 %", 0.2),
    ],
)
def test_a_step_goes_as_far_as_the_range(target: str, by: float | str, comes_to: float) -> None:
    preset = Preset("P", (amp(), Block("delay1", "delay", values={"time_s": 0.35, "mix": 0.3})))
    assert stepped(preset, target, by) == pytest.approx(comes_to)


def test_what_is_switched_is_not_stepped() -> None:
    with pytest.raises(PresetError, match="pedal block amp on"):
        stepped(PRESET, "amp.bypass", 1.0)
