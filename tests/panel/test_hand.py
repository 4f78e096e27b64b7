"""The preset in hand survives a panel killed at any instruction of writing it down."""

from __future__ import annotations

from pathlib import Path

import pytest

from pedal import layout
from pedal.errors import PresetError
from pedal.library.presets import PresetStore
from pedal.link import Link
from pedal.panel.hand import Hand, cell_of
from pedal.preset import Block, Preset

FIRST = Preset("First", (Block("tone", "tone"),))
SECOND = FIRST.with_value("tone", "bass_db", 6.0)


@pytest.fixture
def link(tmp_path: Path) -> Link:
    return Link.create(tmp_path / "link")


def hand(link: Link) -> Hand:
    return Hand(PresetStore(Path("no-such"), Path("no-such")), link)


def test_nothing_to_recall(link: Link) -> None:
    assert not hand(link).recall()


def test_a_successor_has_it_all(link: Link) -> None:
    first = hand(link)
    first.take("01-first", FIRST, {"amp": "lite"}, serial=7)
    first.change(SECOND)
    second = hand(link)
    assert second.recall()
    assert (second.key, second.preset, second.quality, second.serial) == ("01-first", SECOND, {"amp": "lite"}, 7)
    second.change(FIRST)  # counts on from there
    third = hand(link)
    assert third.recall() and third.preset == FIRST


@pytest.mark.parametrize("broken_at", [0, 3, 8, 40, 120])
def test_a_torn_write_leaves_the_one_before(link: Link, broken_at: int) -> None:
    first = hand(link)
    first.take("01-first", FIRST, {}, serial=1)
    first.change(SECOND)
    newest = layout.HAND_NOTES[2 % len(layout.HAND_NOTES)]
    torn = bytearray(link.read_notes(newest))
    torn[broken_at] ^= 0x20
    link.write_notes(newest, bytes(torn))
    second = hand(link)
    assert second.recall() and second.preset == FIRST


def test_position_in_the_list(link: Link, tmp_path: Path) -> None:
    store = PresetStore(tmp_path / "mine", tmp_path / "factory")
    held = Hand(store, link)
    assert held.position() == (0, 0)
    for key in ("01-a", "02-b"):
        store.save(key, FIRST)
    held.key = "02-b"
    assert held.position() == (2, 2)


def test_cell_of() -> None:
    assert cell_of("amp.drive_db") == ("amp", "drive_db")
    with pytest.raises(PresetError, match="names no parameter"):
        cell_of("amp")
