"""What the audio process stores of its board's price list before it plays, and what a successor leaves as it is."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pedal import layout
from pedal.audio.process import RigWords
from pedal.config import parse_board
from pedal.errors import BoardError
from pedal.link import Link
from pedal.prices import load_prices

CARD: Any = SimpleNamespace(
    rate_hz=48000, period_frames=64, periods=3, format_code=0, capture_channels=2, playback_channels=2
)


def announced(link: Link, prices: str) -> Link:
    board = parse_board(f'prices = "{prices}"\n[audio]\ncard = "Loopback"\n', "lab.toml")
    RigWords(link, board).announce(cast(Any, CARD))
    return link


def prices_of(link: Link) -> list[int]:
    return [link.get(w) for w in (layout.SLOWDOWN_MILLI, layout.STOPWATCH_MILLI, layout.PERIOD_PRICE_NS)]


def test_a_machine_that_stands_for_itself_has_no_prices(tmp_path: Path) -> None:
    link = announced(Link.create(tmp_path / "link"), "")
    assert prices_of(link) == [0, 0, 0]


def test_a_list_is_stored_and_its_start_with_it(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "board" / "prices" / "pi-4.toml").read_text(encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(text + "\n[start]\nslowdown = 1.25\nstopwatch = 0.5\n")
    link = announced(Link.create(tmp_path / "link"), str(tmp_path / "wrong.toml"))
    assert prices_of(link) == [1250, 500, round(load_prices("pi-4").period_ns)]


def test_a_hot_board_is_still_hot_when_the_process_comes_back_and_cold_on_another_board(tmp_path: Path) -> None:
    link = announced(Link.create(tmp_path / "link"), "pi-4")
    link.put(layout.SLOWDOWN_MILLI, 1700)
    assert prices_of(announced(link, "pi-4"))[0] == 1700
    assert prices_of(announced(link, "")) == [0, 1000, 0]


def test_a_list_that_is_not_there_is_said_before_anything_plays(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match="price list 'pi-44'"):
        announced(Link.create(tmp_path / "link"), "pi-44")
