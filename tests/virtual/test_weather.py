"""Weather: every call is a word that the period thread looks at, checked before it is stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pedal import layout
from pedal.errors import LinkError
from pedal.link import Link
from pedal.virtual.weather import Weather


@pytest.fixture
def link(tmp_path: Path) -> Link:
    made = Link.create(tmp_path / "link")
    made.put(layout.SLOWDOWN_MILLI, 1000)
    return made


def test_a_machine_that_stands_for_itself_has_no_weather(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match="stands for itself"):
        Weather(Link.create(tmp_path / "link"))


def test_what_is_asked_for_is_stored(link: Link) -> None:
    weather = Weather(link)
    weather.heat(1.6)
    weather.stopwatch(0.5)
    weather.stall(0.003)
    weather.neighbour(0.02, 2e-4, 8e-4, seed=7)
    assert [link.get(word) for word in (layout.SLOWDOWN_MILLI, layout.STOPWATCH_MILLI, layout.STALL_NS)] == [
        1600,
        500,
        3_000_000,
    ]
    first = layout.NEIGHBOUR_PPM
    assert [link.get(first + k) for k in range(4)] == [20_000, 200_000, 800_000, 7]
    weather.neighbour(0.0)
    assert link.get(first) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda weather: weather.heat(0.0),  # would switch prices off
        lambda weather: weather.stopwatch(11.0),
        lambda weather: weather.stall(-1e-3),
        lambda weather: weather.stall(11.0),
        lambda weather: weather.neighbour(1.1),
        lambda weather: weather.neighbour(0.1, float("nan")),
    ],
)
def test_what_cannot_be_is_refused(link: Link, wrong: Callable[[Weather], None]) -> None:
    before = link.arena.i64[: layout.WORDS].copy()
    with pytest.raises(ValueError, match="not within"):
        wrong(Weather(link))
    assert link.get(layout.SLOWDOWN_MILLI) == before[layout.SLOWDOWN_MILLI]
    assert link.get(layout.NEIGHBOUR_PPM) == 0
