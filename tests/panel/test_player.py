"""The verbs of the pedal: each does its thing or says why not, and what plays goes on in either case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pedal.errors import ControlError, PresetError
from pedal.link import Word
from pedal.panel.jobs import Done
from pedal.panel.player import PLAIN
from pedal.panel.work import ROOM_TIMEOUT_S, STARTING
from pedal.preset import Block, Preset, parse_preset
from tests.panel.stand import Stand, amp, notes_of, tone

CRUNCH = Preset("Crunch", (amp(), tone(bass_db=3.0)))
CLEAN = Preset("Clean", (amp(drive_db=-12.0), tone(on=False)))


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    return Stand(tmp_path, {"01-crunch": CRUNCH, "02-clean": CLEAN})


def test_a_preset_is_published_when_it_is_built_and_not_before(stand: Stand) -> None:
    stand.player.select("01-crunch")
    assert (stand.player.key, stand.hand.key, stand.rigs.wanted) == ("01-crunch", "", None)
    assert stand.player.work.progress() == "Loading Crunch"
    stand.bench.is_ready = False
    assert stand.player.work.progress() == STARTING
    notes = stand.answer()
    assert stand.rigs.wanted == notes and notes.origin == "01-crunch"
    assert (stand.hand.key, stand.hand.serial) == ("01-crunch", notes.serial)
    assert stand.targets("tone")[1] == np.float32(CRUNCH.block("tone").kernel_values()[1])
    stand.adopt()
    assert stand.player.work.progress() == "" and stand.rigs.playing == notes


def test_only_the_newest_answer_counts(stand: Stand) -> None:
    stand.player.select("01-crunch")
    stand.player.select("02-clean")
    stand.answer(number=1)
    assert stand.rigs.wanted is None
    assert stand.answer(number=2).preset_name == "Clean"
    stand.player.built(Done(2, error="twice"))
    assert stand.player.message == ""


def test_a_preset_that_cannot_be_built_changes_nothing(stand: Stand) -> None:
    before = stand.play("01-crunch")
    stand.player.select("02-clean")
    stand.player.built(Done(2, error="model 'x.nam': is not there."))
    assert stand.player.message == "model 'x.nam': is not there."
    assert (stand.player.key, stand.rigs.wanted) == ("01-crunch", before)


def test_the_files_that_play_are_known_by_their_content_from_then_on(stand: Stand) -> None:
    stand.player.select("01-crunch")
    job, known = stand.bench.jobs[-1], {"amp": {"model": "0" * 64}}
    said = "amp: plays 'x.nam', which has changed since this preset was saved."
    stand.player.built(Done(job.number, job.slot, notes_of(job), warning=said, hashes=known))
    assert stand.player.message == said
    assert stand.player.preset.block("amp").hashes == {"model": "0" * 64} and not stand.keeping.is_edited
    stand.keeping.save()
    assert stand.store.load("01-crunch").preset.block("amp").hashes == {"model": "0" * 64}
    stand.player.set_param("amp.model", "other.nam", 0.0)
    assert "model_hash" not in stand.bench.jobs[-1].preset_text


def test_while_a_preset_is_built_the_verbs_are_about_that_one(stand: Stand) -> None:
    stand.play("01-crunch")
    before = stand.targets("tone")
    stand.player.select("02-clean")
    stand.player.set_param("tone.bass_db", -6.0, 0.0)
    assert stand.player.preset.block("tone").value("bass_db") == -6.0
    assert stand.targets("tone") == before, "what plays is another preset's"
    stand.answer()
    changed = CLEAN.with_value("tone", "bass_db", -6.0)
    assert stand.hand.preset == changed
    assert stand.targets("tone")[1:] == tuple(np.float32(changed.block("tone").kernel_values()[1:]))


def test_a_block_switched_while_its_preset_is_built_is_built_anew(stand: Stand) -> None:
    stand.player.select("02-clean")
    assert stand.player.switch_block("tone", True, 0.0)
    assert len(stand.bench.jobs) == 2
    assert parse_preset(stand.bench.jobs[-1].preset_text, "job").block("tone").on
    stand.player.set_quality("lite", None)
    assert stand.bench.jobs[-1].quality == {"amp": "lite"}
    stand.answer()
    assert stand.hand.quality == {"amp": "lite"} and stand.hand.preset.block("tone").on


def test_a_parameter_is_stored_and_kept(stand: Stand) -> None:
    stand.play("01-crunch")
    before = stand.targets("amp")
    stand.player.set_param("amp.drive_db", 6.0, 0.0)
    assert stand.targets("amp")[1] != before[1] and stand.targets("amp")[0] == before[0]
    stand.restart()
    stand.player.begin(0.0)
    assert stand.player.preset.block("amp").value("drive_db") == 6.0


def test_a_parameter_is_set_as_it_is_said(stand: Stand) -> None:
    stand.play("01-crunch")
    assert stand.player.set_param("amp.drive_db", "-6 dB", 0.0) == "-6.0 dB"
    assert stand.player.preset.block("amp").value("drive_db") == -6.0
    assert stand.player.set_param("tone.bypass", "on", 0.0) == "on"
    assert not stand.player.preset.block("tone").on
    with pytest.raises(PresetError, match="block 'amp': drive_db is not in 'hz'"):
        stand.player.set_param("amp.drive_db", "6 Hz", 0.0)


def test_an_option_builds_the_preset_anew_with_all_changes(stand: Stand) -> None:
    before = stand.play("01-crunch")
    stand.player.set_param("amp.drive_db", 6.0, 0.0)
    assert stand.player.set_param("amp.stereo", "twice", 0.0) == "twice"
    assert stand.rigs.wanted == before, "what plays goes on"
    built = stand.answer()
    assert built.preset_name == "Crunch" and stand.hand.key == "01-crunch"
    block = stand.hand.preset.block("amp")
    assert (block.option("stereo"), block.value("drive_db")) == ("twice", 6.0)
    stand.player.set_param("amp.model", "friends/loud.nam", 0.0)
    stand.answer()
    assert stand.hand.preset.block("amp").asset == "friends/loud.nam"


def test_a_word_that_costs_otherwise_builds_anew_and_the_same_word_does_not(stand: Stand) -> None:
    """So the builder knows what it costs, and finds widths beside it, before it is heard."""
    stand.store.save("05-room", Preset("Room", (amp(), Block("room", "reverb"))))
    stand.play("05-room")
    jobs = len(stand.bench.jobs)
    stand.player.set_param("room.flavour", "room", 0.0)
    assert len(stand.bench.jobs) == jobs
    stand.player.set_param("room.decay_s", 3.0, 0.0)
    assert stand.player.set_param("room.flavour", "spring", 0.0) == "spring"
    assert len(stand.bench.jobs) == jobs + 1
    stand.answer()
    block = stand.hand.preset.block("room")
    assert (block.value("flavour"), block.value("decay_s")) == (3.0, 3.0)


@pytest.mark.parametrize(
    ("target", "typed", "sentence"),
    [
        ("amp.stereo", "twise", "Did you mean 'twice'"),
        ("amp.model", "../loud.nam", "points outside the library"),
        ("tone.stereo", "twice", "no parameter 'stereo'"),
    ],
)
def test_an_option_that_cannot_be_is_refused(stand: Stand, target: str, typed: str, sentence: str) -> None:
    stand.play("01-crunch")
    jobs = len(stand.bench.jobs)
    with pytest.raises(PresetError, match=sentence):
        stand.player.set_param(target, typed, 0.0)
    assert len(stand.bench.jobs) == jobs and stand.hand.preset == CRUNCH


@pytest.mark.parametrize("target", ["amp.drive_db", "amp.no_such", "no_such.drive_db", "amp"])
def test_what_cannot_be_set_is_refused(stand: Stand, target: str) -> None:
    stand.play("01-crunch")
    before = stand.targets("amp")
    with pytest.raises(PresetError):
        stand.player.set_param(target, 1000.0, 0.0)
    assert stand.targets("amp") == before and stand.hand.preset == CRUNCH


def test_a_block_that_fits_is_switched_at_once(stand: Stand) -> None:
    stand.play("02-clean")
    stand.set_load(0.4)
    assert stand.player.switch_block("tone", True, 0.0)
    assert stand.targets("tone")[0] == 0.0
    assert stand.player.switch_block("tone", False, 0.0)
    assert stand.targets("tone")[0] == 1.0


def test_a_block_that_does_not_fit_waits_for_room(stand: Stand) -> None:
    stand.play("02-clean")
    stand.set_load(0.65)  # of 0.7: the tone stack takes a tenth
    assert not stand.player.switch_block("tone", True, 0.0)
    assert (stand.targets("tone")[0], stand.wanted_width("amp")) == (1.0, 0)
    stand.player.work.tick(0.1)
    assert stand.targets("tone")[0] == 1.0
    stand.play_width("amp", 0)
    stand.player.work.tick(0.2)
    assert stand.targets("tone")[0] == 0.0


def test_a_block_does_not_wait_for_ever(stand: Stand) -> None:
    stand.play("02-clean")
    stand.set_load(0.65)
    stand.player.switch_block("tone", True, 0.0)
    stand.player.work.tick(ROOM_TIMEOUT_S - 0.01)
    assert stand.targets("tone")[0] == 1.0
    stand.player.work.tick(ROOM_TIMEOUT_S)
    assert stand.targets("tone")[0] == 0.0


def test_switched_off_again_while_it_waits(stand: Stand) -> None:
    stand.play("02-clean")
    stand.set_load(0.65)
    stand.player.switch_block("tone", True, 0.0)
    stand.player.switch_block("tone", False, 0.1)
    stand.player.work.tick(ROOM_TIMEOUT_S)
    assert stand.targets("tone")[0] == 1.0 and not stand.hand.preset.block("tone").on


def test_quality(stand: Stand) -> None:
    stand.play("01-crunch")
    assert stand.player.set_quality("lite", 1) == ["amp"]
    assert stand.wanted_width("amp") == 0 and stand.hand.quality == {"amp": "lite"}
    for quality, number in (("huge", None), ("full", 2), ("full", 0)):
        with pytest.raises(ControlError):
            stand.player.set_quality(quality, number)
    assert stand.hand.quality == {"amp": "lite"}


def test_bypass(stand: Stand) -> None:
    assert [stand.player.bypass(on) for on in (None, None, True, True, False)] == [True, False, True, True, False]
    assert stand.link.get(Word.BYPASSED) == 0


def test_steps_pass_over_what_cannot_be_read(stand: Stand) -> None:
    stand.play("01-crunch")
    broken = stand.store.entry("02-clean").path
    broken.write_text("name = ")
    stand.store.save("03-third", replace(CLEAN, name="Third"))
    stand.player.step(1)
    assert stand.player.key == "03-third" and "02-clean" in stand.player.message
    stand.answer()
    stand.adopt()
    stand.player.step(1)
    assert stand.player.key == "01-crunch", "around the end"


def test_no_presets_at_all(tmp_path: Path) -> None:
    stand = Stand(tmp_path, {})
    stand.player.begin(0.0)
    assert "there are no presets" in stand.player.message and not stand.bench.jobs


# --- a successor


def test_a_successor_goes_on_with_what_plays(stand: Stand) -> None:
    stand.play("01-crunch")
    stand.player.set_param("tone.bass_db", 9.0, 0.0)
    expected = stand.targets("tone")
    stand.link.arena.f32[:] = np.where(stand.link.arena.f32 == expected[1], 0.0, stand.link.arena.f32)
    stand.restart()
    stand.player.begin(0.0)
    assert stand.bench.jobs == [] and stand.player.key == "01-crunch"
    assert stand.targets("tone") == expected, "killed between the hand and the store"


def test_a_successor_builds_what_was_never_published(stand: Stand) -> None:
    stand.play("01-crunch")
    stand.hand.take("02-clean", CLEAN, {"amp": "lite"}, serial=99)  # and killed here
    stand.restart()
    stand.player.begin(0.0)
    (job,) = stand.bench.jobs
    assert (job.origin, job.quality) == ("02-clean", {"amp": "lite"})
    assert job.live is not None and job.live.preset_name == "Crunch"


def test_a_first_panel_plays_the_first_preset(stand: Stand) -> None:
    stand.player.begin(0.0)
    assert [job.origin for job in stand.bench.jobs] == ["01-crunch"]


def test_a_plain_start_keeps_what_was_in_hand(stand: Stand) -> None:
    stand.play("01-crunch")
    stand.player.set_param("tone.bass_db", 9.0, 0.0)
    stand.restart()
    stand.player.begin_plain("The panel failed.")
    assert stand.player.notice == "Plain sound. The panel failed. What you had is kept as preset '01-crunch-rescued'."
    assert stand.store.load("01-crunch-rescued").preset == CRUNCH.with_value("tone", "bass_db", 9.0)
    assert stand.store.load("01-crunch").preset == CRUNCH
    notes = stand.answer()
    assert [block.id for block in notes.blocks] == [block.id for block in PLAIN.chain]
    stand.restart()
    stand.player.begin(0.0)
    assert stand.player.preset == PLAIN, "the next start is a usual one, with the plain preset in hand"
    stand.player.select("01-crunch")
    assert stand.player.notice == ""


def test_a_plain_start_saves_nothing_twice(stand: Stand) -> None:
    def held(preset: Preset) -> str:
        """Set aside by a panel whose predecessor held this."""
        stand.hand.recall()
        stand.hand.take("01-crunch", preset, {}, serial=1)
        stand.restart()
        return stand.hand.set_aside()

    assert held(CRUNCH) == "01-crunch", "its own file has it all"
    changed = CRUNCH.with_value("tone", "mid_db", 1.0)
    assert [held(changed) for _ in range(2)] == ["01-crunch-rescued"] * 2
    assert held(changed.with_value("tone", "mid_db", 2.0)) == "01-crunch-rescued-2"
    stand.player.begin_plain("The panel failed.")
    stand.restart()
    stand.player.begin_plain("The panel failed.")
    assert stand.player.notice == "Plain sound. The panel failed.", "a plain preset is not worth keeping"
    assert len(stand.store.entries()) == 4


def test_a_plain_start_with_nothing_in_hand(stand: Stand) -> None:
    stand.player.begin_plain("The panel failed.")
    assert stand.player.notice == "Plain sound. The panel failed."


def test_a_plain_start_says_so_when_the_disk_refuses(
    stand: Stand, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stand.play("01-crunch")
    stand.player.set_param("tone.bass_db", 9.0, 0.0)
    stand.restart()
    mine = tmp_path / "mine"
    for path in mine.iterdir():
        path.unlink()
    mine.rmdir()
    mine.write_text("in the way")
    stand.player.begin_plain("The panel failed.")
    assert "What you had could not be kept" in stand.player.notice
    assert "bass_db = 9.0" in caplog.text, "it stands in the journal at least"
