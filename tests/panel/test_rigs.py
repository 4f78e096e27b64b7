"""Which rig plays, which is wanted, and that no build ever gets memory that somebody still reads."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pedal import layout
from pedal.link import Link, Word
from pedal.panel.rigs import Rigs
from pedal.preset import Preset
from tests.panel.stand import Stand, amp, tone

ONE = Preset("One", (amp("a"), tone("t")))
TWO = Preset("Two", (amp("b"), tone("t", on=False)))


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    return Stand(tmp_path, {"01-one": ONE, "02-two": TWO})


def test_an_empty_link_plays_nothing(tmp_path: Path) -> None:
    rigs = Rigs(Link.create(tmp_path / "link"))
    assert (rigs.playing, rigs.wanted, rigs.is_adopted, rigs.amps()) == (None, None, True, ())
    assert rigs.next_place() == (0, 1, ())


def test_targets_are_there_before_the_slot_is_wanted(stand: Stand) -> None:
    notes = stand.play("01-one")
    for block in notes.blocks:
        assert stand.targets(block.id) == pytest.approx(block.targets, rel=1e-6)
    assert stand.rigs.is_on("t") and not stand.rigs.is_on("b")
    assert [state.block.id for state in stand.rigs.amps()] == ["a"]


def test_what_sounds_on_is_not_given_away(stand: Stand) -> None:
    first = stand.play("01-one")
    stand.player.select("02-two")
    second = stand.answer()
    slot, serial, in_use = stand.rigs.next_place()
    assert slot not in (stand.link.get(Word.PLAYING_SLOT), stand.link.get(Word.WANTED_SLOT))
    assert serial > second.serial > first.serial
    assert set(first.regions) | set(second.regions) == set(in_use)


def test_an_old_rig_is_free_when_the_understudy_has_let_go(stand: Stand) -> None:
    first = stand.play("01-one")
    stand.player.select("02-two")
    second = stand.answer()
    stand.link.put(Word.PLAYING_SLOT, stand.link.get(Word.WANTED_SLOT))
    only_first = set(first.regions) - set(second.regions)
    rounds = stand.link.get(Word.UNDERSTUDY_ROUND)
    for passed, still_read in ((0, True), (1, True), (2, False)):
        stand.link.put(Word.UNDERSTUDY_ROUND, rounds + passed)
        assert bool(only_first & set(stand.rigs.next_place()[2])) == still_read


def test_a_successor_finds_both(stand: Stand) -> None:
    stand.play("01-one")
    stand.player.select("02-two")
    stand.answer()
    found = Rigs(stand.link)
    assert (found.playing, found.wanted) == (stand.rigs.playing, stand.rigs.wanted)
    assert found.next_place() == stand.rigs.next_place()


def test_notes_that_nobody_can_read_are_no_rig(stand: Stand) -> None:
    stand.play("01-one")
    stand.link.write_notes(stand.link.get(Word.PLAYING_SLOT), b'{"preset_name": 3')
    found = Rigs(stand.link)
    assert (found.playing, found.wanted, found.amps()) == (None, None, ())


def test_a_parameter_reaches_the_rig_that_plays_and_the_one_that_is_wanted(stand: Stand) -> None:
    playing = stand.play("01-one")
    stand.player.select("02-two")
    wanted = stand.answer()
    stand.rigs.set_target("a", 1, 0.25)
    stand.rigs.set_target("b", 1, 0.5)
    stand.rigs.set_target("b", 99, 1.0)  # no such cell: nobody's memory
    at = {block.id: block.params_idx for notes in (playing, wanted) for block in notes.blocks}
    f32 = stand.link.arena.f32
    assert (f32[at["a"] + 1], f32[at["b"] + 1]) == (0.25, 0.5)


def test_what_goes_on_keeps_its_knobs_until_the_new_rig_plays(stand: Stand) -> None:
    playing = stand.play("01-one")
    stand.player.select("02-two")
    stand.answer()
    at = next(block.params_idx for block in playing.blocks if block.id == "t")
    f32 = stand.link.arena.f32
    assert f32[at] == 0.0, "the old sound lost its tone stack before the new one came"
    assert not stand.rigs.is_on("t")
    assert stand.targets("t")[0] == 1.0
    before = f32[at + 1]
    stand.rigs.set_target("t", 1, 0.25, from_adoption=True)
    assert (f32[at + 1], stand.targets("t")[1]) == (before, 0.25)
    stand.rigs.set_target("t", 1, 0.5)  # a knob turned meanwhile counts in both
    assert (f32[at + 1], stand.targets("t")[1]) == (0.5, 0.5)
    stand.adopt()
    assert (f32[at], f32[at + 1]) == (1.0, 0.5)


def test_a_hold_is_lifted_only_by_a_width_that_answers_it(stand: Stand) -> None:
    stand.play("01-one")
    record = stand.record("a")
    stand.link.put(record + layout.AMP_HELD, 0)
    (state,) = stand.rigs.amps()
    stand.rigs.ask_width(state, 1)
    assert stand.link.get(record + layout.AMP_HELD) == 0
    stand.rigs.ask_width(state, 0)
    assert stand.link.get(record + layout.AMP_HELD) == layout.NO_WIDTH


def test_in_safe_mode_presets_can_be_changed_for_ever(stand: Stand) -> None:
    """Nothing plays and nobody adopts, so nothing is freed either: what is held must not grow."""
    stand.play("01-one")
    stand.link.put(Word.PLAYING_SLOT, -1)
    held = []
    for turn in range(12):
        stand.player.select(("02-two", "01-one")[turn % 2])
        stand.answer()
        slot, _, in_use = stand.rigs.next_place()
        assert slot != stand.link.get(Word.WANTED_SLOT)
        held.append(len(in_use))
    assert max(held) <= 2 * (len(ONE.chain) + 1)
    assert stand.rigs.playing is None and stand.rigs.wanted is not None


@pytest.mark.parametrize("seed", range(20))
def test_no_build_is_given_what_is_read(stand: Stand, seed: int) -> None:
    """Selections, adoptions and rounds of the understudy in any order."""
    chance = random.Random(seed)
    for _ in range(60):
        match chance.randrange(4):
            case 0:
                stand.player.select(chance.choice(["01-one", "02-two"]))
                job = stand.bench.jobs[-1]
                assert job.slot not in (stand.link.get(Word.PLAYING_SLOT), stand.link.get(Word.WANTED_SLOT))
                for rig in (stand.rigs.playing, stand.rigs.wanted):
                    assert rig is None or set(rig.regions) <= set(job.in_use)
            case 1 if stand.bench.jobs:
                stand.answer()
            case 2:
                stand.adopt()
            case _:
                stand.link.put(Word.UNDERSTUDY_ROUND, stand.link.get(Word.UNDERSTUDY_ROUND) + 1)
                stand.rigs.look_after()
