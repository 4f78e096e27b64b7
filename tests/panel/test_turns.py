"""A knob on its parameter: picked up, followed, said on the page; real parts from the knob to the preset in hand."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from pedal.config import parse_board
from pedal.library.connections import ConnectionStore
from pedal.library.presets import PresetStore
from pedal.link import Link
from pedal.panel.controls.knobs import Turn
from pedal.panel.hand import Hand
from pedal.panel.outlet import Outlet
from pedal.panel.player import Player
from pedal.panel.rigs import Rigs
from pedal.panel.turns import Turns, shown
from pedal.panel.widths import Widths
from pedal.panel.workshop import Workshop
from pedal.params import KINDS
from pedal.preset import Block, Preset

BOARD = parse_board(
    '[audio]\ncard = "M2"\n'
    '[knobs.bass]\nchannel = 0\nparameter = "tone.bass_db"\n'
    '[knobs.drive]\nchannel = 1\nparameter = "amp.drive_db"\n',
    "knobs.toml",
)


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    link = Link.create(tmp_path / "link")
    hand = Hand(PresetStore(tmp_path, tmp_path), link)
    hand.take("01-first", Preset("First", (Block("tone", "tone"),)), {}, serial=1)
    rigs = Rigs(link)
    workshop = Workshop(link.path, queue.SimpleQueue())
    outlet = Outlet(ConnectionStore(tmp_path / "output.toml"), rigs)
    yield Player(BOARD, link, hand, rigs, Widths(rigs, BOARD.budget_share), workshop, outlet)
    workshop.close()


def bass_db(player: Player) -> float:
    return player.preset.block("tone").value("bass_db")


def test_the_parameter_follows_once_the_knob_has_it(player: Player) -> None:
    turns = Turns(BOARD, player)
    for to in (0.1, 0.3):  # bass stands in the middle
        turns.turned(Turn("bass", to), 1.0)
        assert (bass_db(player), player.message) == (0.0, "")
    for to, expected_db, said in ((0.6, 3.0, "Tone Bass +3.0 dB"), (0.0, -15.0, "Tone Bass -15.0 dB")):
        turns.turned(Turn("bass", to), 1.0)
        assert (bass_db(player), player.message) == (pytest.approx(expected_db), said)
    player.set_param("tone.bass_db", 6.0, 1.0)  # a command: the knob lets go
    turns.turned(Turn("bass", 0.2), 1.0)
    assert bass_db(player) == 6.0


def test_a_preset_without_the_block_has_a_knob_that_says_so(player: Player) -> None:
    turns = Turns(BOARD, player)
    turns.turned(Turn("drive", 0.5), 1.0)
    assert player.message == ""  # nobody has touched it
    turns.turned(Turn("drive", 0.6), 1.0)
    assert "there is no block 'amp'" in player.message
    assert bass_db(player) == 0.0


@pytest.mark.parametrize(
    ("kind", "name", "value", "said"),
    [
        ("amp", "drive_db", 3.04, "+3.0 dB"),
        ("amp", "drive_db", -12.0, "-12.0 dB"),
        ("amp", "drive_db", -0.02, "+0.0 dB"),
        ("gate", "hold_s", 0.12345, "0.123 s"),
        ("output", "mute", 1.0, "on"),
        ("output", "mute", 0.0, "off"),
    ],
)
def test_values_as_the_page_says_them(kind: str, name: str, value: float, said: str) -> None:
    block = KINDS[kind]
    assert shown(block.params[block.index(name)], value) == said
