"""A preset waits for the width that makes room for it, as a block does; the builder learns what it has missed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pedal import layout
from pedal.config import parse_board
from pedal.levels import Levels, ModelLevels
from pedal.library.connections import ConnectionStore
from pedal.library.cost_book import CostBookStore
from pedal.library.presets import PresetStore
from pedal.link import Link, Word
from pedal.notes import AmpNote, BlockNote, RigNotes, encode_notes
from pedal.panel.costs import Costs
from pedal.panel.hand import Hand
from pedal.panel.jobs import Done, Job
from pedal.panel.outlet import Outlet
from pedal.panel.player import Player
from pedal.panel.rigs import AmpState, Rigs
from pedal.panel.widths import Widths
from pedal.panel.work import ROOM_TICKS
from pedal.preset import Block, Preset

BOARD = parse_board('[audio]\ncard = "M2"\n', "plain.toml")
HEAP = layout.HEAP_AT_BYTE
RECORD, PARAMS = HEAP // 8, (HEAP + 8192) // 4
FULL, LITE = 1, 0


class Workshop:
    """Takes jobs; the test answers."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.is_ready = True

    def next_number(self) -> int:
        return len(self.jobs) + 1

    def submit(self, job: Job) -> None:
        self.jobs.append(job)


def rig(serial: int, start_idx: int, *, amp_serial: int = 7) -> RigNotes:
    note = AmpNote(RECORD, PARAMS + 16, "Model", ModelLevels(), ("Lite", "Full"), (1000.0, 5000.0), start_idx)
    amp = BlockNote("amp", "amp", f"amp:{amp_serial}", amp_serial, (HEAP, 4096), PARAMS, (0.0, 1.0, 1.0), amp=note)
    return RigNotes(f"rig {serial}", serial, (amp,))


@dataclass
class Stand:
    """A player beside a link in which the test plays the period thread."""

    link: Link
    player: Player
    widths: Widths
    workshop: Workshop

    def put(self, field: int, value: int) -> None:
        self.link.put(RECORD + field, value)

    def ask_for(self, key: str) -> int:
        self.player.select(key)
        return self.workshop.jobs[-1].number

    @property
    def wanted(self) -> tuple[int, int]:
        return self.link.get(Word.WANTED_SLOT), self.link.get(RECORD + layout.AMP_WANTED)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    link = Link.create(tmp_path / "link")
    link.write_notes(0, encode_notes(rig(1, FULL)))
    for word in (Word.PLAYING_SLOT, Word.WANTED_SLOT):
        link.put(word, 0)
    link.put(layout.RATE_HZ, 48_000)
    link.put(layout.PERIOD_FRAMES, 64)
    link.arena.i64[layout.SLOTS + layout.SLOT_ROWS] = 1
    store = PresetStore(tmp_path, tmp_path)
    (tmp_path / "02-next.toml").write_text('name = "Next"\n')
    hand = Hand(store, link)
    hand.take("01-first", Preset("First", (Block("tone", "tone"),)), {}, serial=1)
    rigs = Rigs(link)
    widths, workshop = Widths(rigs, hand, 0.7), Workshop()
    costs = Costs(BOARD, link, rigs, CostBookStore(tmp_path / "costs.json", "stand"))
    made: Any = Player(
        BOARD, link, hand, rigs, widths, workshop, Outlet(ConnectionStore(tmp_path / "output.toml"), rigs), costs
    )  # type: ignore[arg-type]
    stand = Stand(link, made, widths, workshop)
    for field, value in ((layout.AMP_PLAYING, FULL), (layout.AMP_WANTED, FULL), (layout.AMP_HELD, layout.NO_WIDTH)):
        stand.put(field, value)
    yield stand


def test_a_preset_that_fits_only_beside_a_narrower_amp_waits_until_it_is_narrower(stand: Stand) -> None:
    number = stand.ask_for("02-next")
    stand.player.built(Done(number, 1, rig(2, LITE)))
    assert stand.wanted == (0, LITE)  # asked to narrow, not yet published
    stand.player.work.tick(1.0)
    assert stand.wanted == (0, LITE)
    stand.put(layout.AMP_PLAYING, LITE)
    stand.player.work.tick(1.05)
    assert stand.wanted == (1, LITE)


@pytest.mark.parametrize("start_idx", [FULL, -1])
def test_a_preset_with_room_for_what_plays_is_published_at_once(stand: Stand, start_idx: int) -> None:
    stand.player.built(Done(stand.ask_for("02-next"), 1, rig(2, start_idx)))
    assert stand.wanted == (1, FULL)


def test_an_amp_that_does_not_go_on_makes_nobody_wait(stand: Stand) -> None:
    stand.player.built(Done(stand.ask_for("02-next"), 1, rig(2, LITE, amp_serial=8)))
    assert stand.wanted == (1, FULL)


def test_no_preset_waits_for_ever(stand: Stand) -> None:
    stand.player.built(Done(stand.ask_for("02-next"), 1, rig(2, LITE)))
    for tick in range(ROOM_TICKS):
        stand.player.work.tick(1.0 + 0.05 * tick)
        assert stand.wanted == (0, LITE)
    stand.player.work.tick(3.0)
    assert stand.wanted == (1, LITE)


def test_a_preset_chosen_meanwhile_takes_its_place(stand: Stand) -> None:
    stand.player.built(Done(stand.ask_for("02-next"), 1, rig(2, LITE)))
    number = stand.ask_for("02-next")
    stand.put(layout.AMP_PLAYING, LITE)
    stand.player.work.tick(1.0)
    assert stand.wanted == (0, LITE)
    stand.player.built(Done(number, 2, rig(3, LITE)))
    assert stand.wanted == (2, LITE)


def test_the_builder_is_told_how_much_slower_the_period_thread_is_than_the_book(stand: Stand) -> None:
    stand.widths.slowness = 1.5
    stand.ask_for("02-next")
    assert stand.workshop.jobs[-1].slowness == 1.5


def tone(link: Link, serial: int, *, on: bool) -> RigNotes:
    """A rig of the amp and a tone stack, which has the serial 8 in all of them."""
    block = BlockNote("tone", "tone", "tone", 8, (HEAP, 4096), PARAMS + 32, (0.0 if on else 1.0, 0.5))
    return RigNotes(f"rig {serial}", serial, (*rig(serial, FULL).blocks, block))


def test_what_the_player_says_meanwhile_counts(stand: Stand) -> None:
    link, f32 = stand.link, stand.link.arena.f32
    rigs = Rigs(link)
    rigs.publish(0, tone(link, 1, on=False), Levels())
    rigs.publish(1, tone(link, 2, on=True), Levels())
    rigs.set_target("tone", 0, 1.0)
    link.put(Word.PLAYING_SLOT, 1)
    rigs.look_after()
    assert f32[PARAMS + 32] == 1.0


def test_a_rig_that_is_adopted_within_a_tick_is_not_mistaken_for_the_one_before(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.player.built(Done(stand.ask_for("02-next"), 1, rig(2, LITE, amp_serial=8)))
    seen = stand.widths._rigs.amps

    def amps_just_before() -> tuple[AmpState, ...]:
        before = seen()
        stand.link.put(Word.PLAYING_SLOT, 1)
        return before

    stand.widths.tick(stand.link.status(), {}, 10.0)
    status = stand.link.status()
    monkeypatch.setattr(stand.widths._rigs, "amps", amps_just_before)
    stand.widths.tick(status, {}, 20.0)
    assert stand.link.get(Word.PLAYING_SLOT) == 1
