"""A knob on its parameter: picked up, followed, said on the page; real parts from the knob to the preset in hand."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from pedal.config import parse_board
from pedal.library.connections import ConnectionStore
from pedal.library.cost_book import CostBookStore
from pedal.library.presets import PresetStore
from pedal.link import Link
from pedal.panel.controls.knobs import Turn
from pedal.panel.costs import Costs
from pedal.panel.hand import Hand
from pedal.panel.outlet import Outlet
from pedal.panel.player import Player
from pedal.panel.rigs import Rigs
from pedal.panel.turns import Turns
from pedal.panel.widths import Widths
from pedal.panel.workshop import Workshop
from pedal.preset import Block, Preset

BOARD = parse_board(
    '[audio]\ncard = "M2"\n'
    '[knobs.bass]\nchannel = 0\nparameter = "tone.bass_db"\n'
    '[knobs.drive]\nchannel = 1\nparameter = "amp.drive_db"\n'
    '[knobs.cut]\nchannel = 2\nparameter = "cab.low_cut_hz"\n',
    "knobs.toml",
)


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    link = Link.create(tmp_path / "link")
    hand = Hand(PresetStore(tmp_path, tmp_path), link)
    hand.take("01-first", Preset("First", (Block("tone", "tone"), Block("cab", "cab"))), {}, serial=1)
    rigs = Rigs(link)
    workshop = Workshop(link.path, queue.SimpleQueue())
    outlet = Outlet(ConnectionStore(tmp_path / "output.toml"), rigs)
    costs = Costs(BOARD, link, rigs, CostBookStore(tmp_path / "costs.json", "stand"))
    yield Player(BOARD, link, hand, rigs, Widths(rigs, hand, BOARD.budget_share), workshop, outlet, costs)
    workshop.close()


def bass_db(player: Player) -> float:
    return player.preset.block("tone").value("bass_db")


def low_cut_hz(player: Player) -> float:
    return player.preset.block("cab").value("low_cut_hz")


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


def test_a_knob_of_hertz_multiplies_and_keeps_hold(player: Player) -> None:
    """Half-way between 20 and 500 Hz is 100 Hz; the rounding that presets get does not make the knob let go."""
    turns = Turns(BOARD, player)
    for to in (0.0, 0.0001):  # the low cut stands at 20 Hz: picked up at once
        turns.turned(Turn("cut", to), 1.0)
    for hundredths in range(1, 101):
        turns.turned(Turn("cut", hundredths / 100.0), 1.0)
        if hundredths == 50:
            assert (low_cut_hz(player), player.message) == (100.0, "Cab Low cut 100 Hz")
    assert low_cut_hz(player) == 500.0
