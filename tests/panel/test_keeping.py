"""Presets in hand and on disk: saved, renamed, copied, deleted; and the mark that says that something is not saved."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pedal.errors import PedalError, PresetError
from pedal.panel.preset_requests import CopyPreset, DeletePreset, RenamePreset, RevertPreset, SavePreset, WritePreset
from pedal.preset import Preset
from tests.panel.stand import Stand, amp, tone

CRUNCH = Preset("Crunch", (amp(), tone(bass_db=3.0)))
CLEAN = Preset("Clean", (amp(drive_db=-12.0), tone(on=False)))


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    stand = Stand(tmp_path, {"01-crunch": CRUNCH, "02-clean": CLEAN})
    (tmp_path / "factory").mkdir()
    (tmp_path / "factory" / "03-factory.toml").write_text('name = "Factory"\n[[block]]\nkind = "tone"\nid = "tone"\n')
    stand.play("01-crunch")
    return stand


def saved(stand: Stand, key: str) -> Preset:
    return stand.store.load(key).preset


def test_the_mark_says_what_differs_from_the_file(stand: Stand) -> None:
    keeping, player = stand.keeping, stand.player
    assert not keeping.is_edited
    player.set_param("tone.bass_db", 6.0, 0.0)
    assert keeping.is_edited
    player.set_param("tone.bass_db", 3.0, 0.0)
    assert not keeping.is_edited
    player.set_param("tone.mid_db", 0.0, 0.0)
    assert not keeping.is_edited, "the default, said or not, is the same"
    player.switch_block("tone", False, 0.0)
    assert keeping.is_edited
    player.select("02-clean")
    assert not keeping.is_edited, "what is being built is as it was saved"


def test_the_mark_follows_the_file_too(stand: Stand) -> None:
    stand.player.set_param("tone.bass_db", 6.0, 0.0)
    stand.store.save("01-crunch", CRUNCH.with_value("tone", "bass_db", 6.0))
    assert not stand.keeping.is_edited
    os.remove(stand.store.entry("01-crunch").path)
    assert stand.keeping.is_edited


def test_a_successor_knows_what_is_not_saved(stand: Stand) -> None:
    stand.player.set_param("tone.bass_db", 6.0, 0.0)
    stand.restart()
    stand.player.begin(0.0)
    assert stand.keeping.is_edited


def test_a_plain_preset_has_nothing_to_save(stand: Stand) -> None:
    stand.player.begin_plain("It failed.")
    assert not stand.keeping.is_edited
    with pytest.raises(PresetError, match="save-as NAME"):
        stand.keeping.save()
    assert stand.keeping.answer(SavePreset(name="Rescue"))["preset_key"] == "04-rescue"


def test_save(stand: Stand) -> None:
    jobs = len(stand.bench.jobs)
    stand.player.set_param("tone.bass_db", 6.0, 0.0)
    answer = stand.keeping.answer(SavePreset())
    assert answer == {"preset": "Crunch", "preset_key": "01-crunch"}
    assert saved(stand, "01-crunch") == stand.player.preset and not stand.keeping.is_edited
    assert len(stand.bench.jobs) == jobs, "nothing is built for it"


def test_a_factory_preset_is_saved_as_the_players_own(stand: Stand) -> None:
    stand.play("03-factory")
    factory = stand.store.entry("03-factory").path
    before = factory.read_bytes()
    stand.player.set_param("tone.bass_db", 6.0, 0.0)
    stand.keeping.save()
    assert not stand.store.entry("03-factory").is_factory
    assert saved(stand, "03-factory").block("tone").value("bass_db") == 6.0
    assert factory.read_bytes() == before
    stand.keeping.delete("03-factory", sure=True)
    assert stand.store.entry("03-factory").is_factory and stand.keeping.is_edited


def test_save_as_holds_the_new_one(stand: Stand) -> None:
    notes = stand.rigs.wanted
    stand.player.set_param("tone.bass_db", 6.0, 0.0)
    assert stand.keeping.answer(SavePreset(name="Big Crunch")) == {
        "preset": "Big Crunch",
        "preset_key": "04-big-crunch",
    }
    assert (stand.player.key, stand.player.preset.name, stand.rigs.wanted) == ("04-big-crunch", "Big Crunch", notes)
    assert saved(stand, "01-crunch") == CRUNCH and not stand.keeping.is_edited
    stand.restart()
    stand.player.begin(0.0)
    assert stand.player.key == "04-big-crunch" and not stand.bench.jobs


def test_while_a_preset_is_built_it_is_the_one_that_is_saved(stand: Stand) -> None:
    stand.player.select("02-clean")
    stand.player.set_param("tone.bass_db", -6.0, 0.0)
    assert stand.keeping.save_as("Cleaner") == "04-cleaner"
    stand.answer()
    assert stand.hand.key == "04-cleaner" and saved(stand, "04-cleaner").block("tone").value("bass_db") == -6.0
    assert saved(stand, "02-clean") == CLEAN


def test_revert(stand: Stand) -> None:
    stand.player.set_param("tone.bass_db", 6.0, 0.0)
    stand.keeping.answer(RevertPreset())
    stand.answer()
    assert stand.player.preset == CRUNCH and not stand.keeping.is_edited


def test_rename_keeps_the_key_and_what_is_in_hand(stand: Stand) -> None:
    stand.player.set_param("tone.bass_db", 6.0, 0.0)
    stand.keeping.answer(RenamePreset(preset="crunch", name="Dirt"))
    assert saved(stand, "01-crunch") == Preset("Dirt", CRUNCH.blocks), "what was not saved is not saved by that"
    assert stand.player.preset.name == "Dirt" and stand.keeping.is_edited
    stand.keeping.answer(RenamePreset(preset="02-clean", name="CLEAN"))
    assert saved(stand, "02-clean").name == "CLEAN"
    assert stand.player.preset.name == "Dirt"


def test_copy(stand: Stand) -> None:
    assert stand.keeping.answer(CopyPreset(preset="Clean", name="Cleaner"))["preset_key"] == "04-cleaner"
    assert saved(stand, "04-cleaner") == Preset("Cleaner", CLEAN.blocks)
    assert stand.player.key == "01-crunch"


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (SavePreset(name="clean"), "already"),
        (SavePreset(name="a\nb"), "no screen shows"),
        (SavePreset(name="x" * 65), "no screen shows"),
        (SavePreset(name="  "), "has no name"),
        (CopyPreset(preset="Clean", name="crunch"), "already"),
        (CopyPreset(preset="Cleam", name="x"), "no preset 'Cleam'.*clean"),
        (RenamePreset(preset="Clean", name="Crunch"), "already"),
        (DeletePreset(preset="Crunch"), "is playing.*--yes"),
        (DeletePreset(preset="03-factory"), "stays"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    stand: Stand, request_: SavePreset | CopyPreset | RenamePreset | DeletePreset, says: str
) -> None:
    before = sorted((path.name, path.read_bytes()) for path in (stand.folder / "mine").iterdir())
    held = stand.player.key, stand.player.preset
    with pytest.raises(PedalError, match=says):
        stand.keeping.answer(request_)
    assert sorted((path.name, path.read_bytes()) for path in (stand.folder / "mine").iterdir()) == before
    assert (stand.player.key, stand.player.preset) == held


def test_delete_what_plays(stand: Stand) -> None:
    answer = stand.keeping.answer(DeletePreset(preset="Crunch", sure=True))
    assert answer == {"deleted": "01-crunch", "kept_as": "01-crunch.toml.previous"}
    assert stand.player.preset == CRUNCH and stand.keeping.is_edited, "it plays on, and can be saved again"
    stand.keeping.save()
    assert saved(stand, "01-crunch") == CRUNCH
    assert stand.keeping.answer(DeletePreset(preset="02-clean"))["deleted"] == "02-clean"


def test_a_disk_that_refuses_is_said_and_nothing_is_lost(stand: Stand) -> None:
    mine = stand.folder / "mine"
    kept = mine.rename(stand.folder / "kept")
    mine.write_text("in the way")
    stand.player.set_param("tone.bass_db", 6.0, 0.0)
    with pytest.raises(PresetError, match="cannot be saved"):
        stand.keeping.save()
    mine.unlink()
    kept.rename(mine)
    assert stand.keeping.is_edited and saved(stand, "01-crunch") == CRUNCH


def test_a_file_from_an_editor_is_kept_and_played(stand: Stand) -> None:
    was = stand.store.entry("01-crunch").path.read_text()
    text = was.replace('"Crunch"', '"Loud" # mine')
    answer = stand.keeping.answer(WritePreset(preset="crunch", text=text, instead_of=was))
    assert answer == {"preset": "Loud", "preset_key": "01-crunch"}
    assert stand.store.entry("01-crunch").path.read_text() == text
    assert stand.player.work.is_building and stand.player.preset.name == "Loud"
    stand.keeping.write("02-clean", stand.store.entry("02-clean").path.read_text() + "# later\n", None)
    assert stand.player.key == "01-crunch", "what does not play is only kept"


def test_a_file_from_an_editor_takes_nothing_away(stand: Stand) -> None:
    was = stand.store.entry("01-crunch").path.read_text()
    with pytest.raises(PresetError, match="changed meanwhile"):
        stand.keeping.write("01-crunch", was, was + "# older\n")
    with pytest.raises(PresetError):
        stand.keeping.write("01-crunch", "name = 3", was)
    stand.player.set_param("tone.bass_db", 6.0, 0.0)
    with pytest.raises(PresetError, match="was changed and not saved"):
        stand.keeping.write("01-crunch", was, was)
    assert stand.store.entry("01-crunch").path.read_text() == was
    assert stand.player.preset.block("tone").value("bass_db") == 6.0
