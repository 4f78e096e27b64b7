"""What gives way besides widths: taps, tails, blocks that wait; what is refused; and that a player loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pedal import layout
from pedal.errors import NoRoomError
from pedal.governor.scene import DropTails, Hold, Release, Scene, Taps
from pedal.link import Word
from pedal.panel.chain import Chain
from pedal.panel.chain_requests import AddBlock
from pedal.panel.jobs import Done
from pedal.params import KINDS
from pedal.preset import Block, Preset
from tests.panel.stand import CAB_NS, LITE_NS, OTHER_NS, RATE_HZ, Stand, amp, tone

LITE, OTHER, CAB = (ns * RATE_HZ * 1e-9 for ns in (LITE_NS, OTHER_NS, CAB_NS[0]))
DRIVE, ROOM = Block("drive", "drive"), Block("room", "reverb", on=False)
#: Of the amp, the drive and the tone stack; the room is off.
ROCK = Preset("Rock", (DRIVE, amp(), Block("cab", "cab", "1x12.wav"), tone(), ROOM))
CLEAN = Preset("Clean", (amp(), tone("first"), tone("second")))
PLAYS, RINGS_OUT, FADES_OUT = layout.PLAYS, layout.RINGS_OUT, layout.FADES_OUT
#: Just enough for the rock preset at its least, without and with the room.
ROCK_LEAST = LITE + CAB + 2 * OTHER
ROOM_LEAST = ROCK_LEAST + OTHER


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    stand = Stand(tmp_path, {"01-rock": ROCK, "02-clean": CLEAN})
    stand.play("01-rock")
    size(stand, 2)
    return stand


def sizes_word(stand: Stand, word: int) -> int:
    assert stand.rigs.playing is not None
    note = next(block.impulse for block in stand.rigs.playing.blocks if block.impulse)
    return note.sizes_idx + word


def size(stand: Stand, index: int) -> None:
    """The period thread plays this size, as it was wanted to."""
    for word in (layout.SIZE_WANTED, layout.SIZE_PLAYING):
        stand.link.put(sizes_word(stand, word), index)


def bypass(stand: Stand, block_id: str) -> float:
    return stand.targets(block_id)[0]


def seen(stand: Stand) -> Scene:
    return stand.widths.scene(stand.link.status(), stand.hand.quality, 1.0)


def carry_out(stand: Stand, order: Taps | DropTails | Hold | Release) -> None:
    stand.widths.yielding.carry_out(order)


def hold(stand: Stand, block_id: str = "tone") -> None:
    carry_out(stand, Hold(block_id, "Tone waits: not enough CPU"))


def test_the_governor_sees_all_that_can_give_way(stand: Stand) -> None:
    stand.set_load(0.9)
    scene = seen(stand)
    assert [one.id for one in scene.amps] == ["amp"]
    (impulse,) = scene.impulses
    assert (impulse.id, impulse.playing, impulse.costs) == ("cab", 2, tuple(ns * RATE_HZ * 1e-9 for ns in CAB_NS))
    assert [(extra.id, extra.name, extra.held) for extra in scene.extras] == [
        ("drive", "Drive", False), ("tone", "Tone", False),
    ]  # fmt: skip
    assert [extra.cost for extra in scene.extras] == [pytest.approx(OTHER)] * 2
    assert scene.others == pytest.approx(0.9 - scene.known)


def test_the_newest_is_the_one_that_was_switched_on_last(stand: Stand) -> None:
    stand.widths.budget = 5.0
    assert stand.hand.order == ("drive", "amp", "cab", "tone")
    stand.player.switch_block("room", True, 0.0)
    stand.player.switch_block("drive", False, 0.0)
    stand.player.switch_block("drive", True, 0.0)
    assert stand.hand.order == ("amp", "cab", "tone", "room", "drive")
    assert [extra.id for extra in seen(stand).extras] == ["tone", "room", "drive"]
    stand.play("02-clean")
    assert stand.hand.order == ("amp", "first", "second")


def test_fewer_taps_are_asked_for_and_waited_for(stand: Stand) -> None:
    carry_out(stand, Taps("cab", 0, "Cab is shortened"))
    assert stand.link.get(sizes_word(stand, layout.SIZE_WANTED)) == 0
    assert seen(stand).impulses[0].playing == 0
    assert not stand.widths.is_settled()
    size(stand, 0)
    assert stand.widths.is_settled()
    assert not stand.widths.yielding.said, "hardly heard, and not told"


def test_without_cabinets_there_is_none_to_shorten(stand: Stand) -> None:
    stand.link.put(Word.CABS_OFF, 1)
    assert seen(stand).impulses[0].playing == -1


def test_tails_are_told_and_dropped(stand: Stand) -> None:
    stand.widths.budget = 5.0
    stand.player.switch_block("room", True, 0.0)
    stand.player.switch_block("room", False, 0.0)
    notes, words = stand.rigs.playing, stand.link.arena.i64
    assert notes is not None
    index = next(index for index, block in enumerate(notes.blocks) if block.id == "room")
    row, quiet = stand._row(stand.link.get(Word.PLAYING_SLOT), index), notes.blocks[index].region[0] // 8 + 256
    words[row + layout.QUIET], words[row + layout.QUIET_FRAMES], words[quiet] = quiet, 100, 0
    assert seen(stand).tails == pytest.approx(OTHER)
    carry_out(stand, DropTails("Echoes are cut short: not enough CPU"))
    assert bypass(stand, "room") == FADES_OUT
    assert seen(stand).tails == 0.0
    words[quiet] = 100
    assert seen(stand).tails == 0.0
    assert stand.widths.yielding.take_said() == "Echoes are cut short: not enough CPU"
    stand.player.switch_block("room", True, 0.0)
    assert bypass(stand, "room") == PLAYS


def test_a_block_that_is_held_is_on_for_the_player(stand: Stand) -> None:
    hold(stand)
    assert bypass(stand, "tone") == FADES_OUT
    assert stand.hand.preset.block("tone").on and stand.hand.held == {"tone"}
    assert [extra.held for extra in seen(stand).extras] == [False, True]
    stand.keeping.save_as("As I want it")
    saved = stand.store.load(stand.hand.key).preset
    assert saved.block("tone").on
    assert stand.hand.held == {"tone"}, "and saving it changes nothing"
    carry_out(stand, Release("tone", "Tone is back: there is room"))
    assert bypass(stand, "tone") == PLAYS and not stand.hand.held
    assert stand.widths.yielding.take_said() == "Tone is back: there is room"


def test_a_killed_panel_finds_the_same(stand: Stand) -> None:
    stand.widths.budget = 5.0
    stand.player.switch_block("room", True, 0.0)
    hold(stand)
    stand.restart()
    stand.player.begin(0.0)
    assert (stand.hand.order, stand.hand.held) == (("drive", "amp", "cab", "tone", "room"), {"tone"})
    assert bypass(stand, "tone") == FADES_OUT and bypass(stand, "room") == PLAYS
    assert not stand.bench.jobs


def test_killed_between_word_and_deed_it_is_held_all_the_same(stand: Stand) -> None:
    stand.hand.hold_back("tone")
    stand.restart()
    stand.player.begin(0.0)
    assert bypass(stand, "tone") == FADES_OUT


def test_killed_between_letting_go_and_switching_on_it_is_on(stand: Stand) -> None:
    hold(stand)
    stand.hand.let_go("tone")
    stand.widths.budget = 5.0
    stand.restart()
    stand.player.begin(0.0)
    assert bypass(stand, "tone") == PLAYS


def test_a_foot_switches_it_off_and_that_is_that(stand: Stand) -> None:
    hold(stand)
    assert stand.player.switch_block("tone", False, 0.0)
    assert not stand.hand.held and not stand.hand.preset.block("tone").on
    assert "tone" not in [extra.id for extra in seen(stand).extras]
    stand.widths.budget = 5.0
    assert stand.player.switch_block("tone", True, 0.0)
    assert bypass(stand, "tone") == PLAYS and not stand.hand.held


def test_asked_for_again_it_comes_if_it_fits_and_is_refused_if_not(stand: Stand) -> None:
    hold(stand)
    stand.set_load(ROCK_LEAST)
    stand.widths.budget = ROCK_LEAST - OTHER / 2
    with pytest.raises(NoRoomError, match="Tone does not fit beside an amp on this board"):
        stand.player.switch_block("tone", True, 0.0)
    assert stand.hand.held == {"tone"} and bypass(stand, "tone") == FADES_OUT
    stand.widths.budget = 5.0
    assert stand.player.switch_block("tone", True, 0.0)
    assert not stand.hand.held and bypass(stand, "tone") == PLAYS


def test_what_cannot_fit_is_refused_before_it_starts(stand: Stand) -> None:
    stand.set_load(ROCK_LEAST)
    stand.widths.budget = ROCK_LEAST + OTHER / 3
    before = stand.hand.preset, stand.hand.order, stand.wanted_width("amp")
    with pytest.raises(NoRoomError) as refused:
        stand.player.switch_block("room", True, 0.0)
    sentence = "Reverb does not fit beside an amp on this board: it needs 10 %, 3 % are free."
    assert str(refused.value) == f"{sentence} Switch something off first."
    assert (stand.hand.preset, stand.hand.order, stand.wanted_width("amp")) == before
    assert bypass(stand, "room") == RINGS_OUT
    assert stand.link.get(sizes_word(stand, layout.SIZE_WANTED)) == 2


def test_what_fits_if_all_gives_way_waits_for_that(stand: Stand) -> None:
    stand.set_load(0.7)
    stand.widths.budget = ROOM_LEAST + 0.001
    stand.set_load(0.384 + 0.096 + 2 * OTHER)
    assert not stand.player.switch_block("room", True, 0.0)
    assert stand.wanted_width("amp") == 0 and stand.link.get(sizes_word(stand, layout.SIZE_WANTED)) == 0
    assert bypass(stand, "room") == RINGS_OUT
    stand.play_width("amp", 0)
    stand.player.work.tick(0.05)
    assert bypass(stand, "room") == RINGS_OUT, "the cabinet is still on its way"
    size(stand, 0)
    stand.player.work.tick(0.1)
    assert bypass(stand, "room") == PLAYS


def test_a_setting_of_the_preset_is_never_refused_its_newest_waits(stand: Stand) -> None:
    stand.set_load(ROCK_LEAST)
    stand.widths.budget = ROCK_LEAST + OTHER / 3
    stand.player.change_to(stand.hand.preset.with_on("room", True), 0.0)
    assert stand.hand.preset.block("room").on and stand.hand.held == {"room"}
    assert bypass(stand, "room") == FADES_OUT
    assert stand.widths.yielding.take_said() == "Reverb waits: not enough CPU"


def test_a_preset_starts_with_its_newest_block_held(stand: Stand) -> None:
    hold(stand)
    stand.player.select("02-clean")
    job = stand.bench.jobs[-1]
    assert (job.order, job.held, job.joining) == (("amp", "first", "second"), (), "")
    stand.answer(held=frozenset({"second"}))
    stand.adopt()
    assert stand.hand.held == {"second"} and stand.hand.preset.block("second").on
    assert bypass(stand, "second") == FADES_OUT and bypass(stand, "first") == PLAYS
    stand.player.tick(0.0)
    assert stand.player.message == "second waits: not enough CPU"


def test_several_that_wait_are_told_in_one_sentence(stand: Stand) -> None:
    stand.player.select("02-clean")
    stand.answer(held=frozenset({"first", "second"}))
    stand.player.tick(0.0)
    assert stand.player.message == "first and second wait: not enough CPU"


def test_an_edit_of_the_preset_keeps_what_waits(stand: Stand) -> None:
    hold(stand)
    Chain(stand.player).answer(AddBlock(kind="boost"))
    job = stand.bench.jobs[-1]
    assert (job.order, job.held, job.joining) == (("drive", "amp", "cab", "tone", "boost1"), ("tone",), "boost1")
    stand.answer(held=frozenset({"tone"}))
    assert stand.hand.held == {"tone"} and stand.hand.order[-1] == "boost1"


def test_a_block_that_the_builder_refuses_is_not_there(stand: Stand) -> None:
    Chain(stand.player).answer(AddBlock(kind="boost"))
    job = stand.bench.jobs[-1]
    stand.player.built(Done(job.number, error="Boost does not fit."))
    assert stand.player.message == "Boost does not fit."
    assert [block.id for block in stand.player.preset.blocks] == [block.id for block in ROCK.blocks]


def test_what_is_known_not_to_fit_is_refused_at_once(stand: Stand) -> None:
    stand.set_load(ROCK_LEAST)
    stand.widths.budget = ROCK_LEAST + OTHER / 3
    key = f"{Block('delay1', 'delay').price}/2"
    stand.costs.book.note_measured(stand.costs.setting, {key: (OTHER_NS,)})
    jobs = len(stand.bench.jobs)
    with pytest.raises(NoRoomError, match="Delay does not fit"):
        Chain(stand.player).answer(AddBlock(kind="delay"))
    assert len(stand.bench.jobs) == jobs


def test_a_load_that_nothing_else_can_bring_down_holds_the_newest(stand: Stand) -> None:
    """And lets it go when the load has gone."""
    stand.widths.budget = ROCK_LEAST - OTHER / 2
    stand.play_width("amp", 0)
    size(stand, 0)
    now_s = 0.0
    for _ in range(60):
        now_s += 0.05
        stand.set_load(ROCK_LEAST - (OTHER if stand.hand.held else 0.0))
        stand.widths.tick(stand.link.status(), {}, now_s)
    assert stand.hand.held == {"tone"} and bypass(stand, "tone") == FADES_OUT
    stand.widths.budget = 5.0
    for _ in range(60 * 200):
        now_s += 0.05
        stand.set_load(ROCK_LEAST - (OTHER if stand.hand.held else 0.0))
        stand.widths.tick(stand.link.status(), {}, now_s)
        if not stand.hand.held:
            break
    assert not stand.hand.held and bypass(stand, "tone") == PLAYS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_amps_cabinets_and_what_every_chain_has_are_never_held(stand: Stand, kind: str) -> None:
    ids = {extra.id for extra in seen(stand).extras}
    there = {block.id for block in stand.hand.preset.blocks if block.kind == kind and block.on}
    if kind in ("amp", "cab") or KINDS[kind].implicit or KINDS[kind].outside:
        assert not ids & ({kind} | there)
    else:
        assert there <= ids
