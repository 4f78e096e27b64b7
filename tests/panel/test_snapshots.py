"""Snapshots by foot and by command: parameters only, never a new rig; taken and cleared on disk at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pedal.errors import PresetError
from pedal.panel.preset_requests import ClearSnapshot, RecallSnapshot, TakeSnapshot
from pedal.panel.snapshots import mark
from pedal.preset import Preset, Snapshot
from tests.panel.stand import Stand, amp, tone

VERSE = Snapshot(2, "Verse", {"amp": {"drive_db": -6.0}}, {"tone": False})
CHORUS = Snapshot(5, "Chorus", {"amp": {"drive_db": 6.0}, "tone": {"bass_db": 9.0}}, {"tone": True})
CRUNCH = Preset("Crunch", (amp(), tone(bass_db=3.0)), snapshots=(CHORUS, VERSE))


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    stand = Stand(tmp_path, {"01-crunch": CRUNCH, "02-clean": Preset("Clean", (tone(),))})
    stand.play("01-crunch")
    stand.set_load(0.1)
    return stand


def test_a_recall_stores_parameters_and_builds_nothing(stand: Stand) -> None:
    rig, jobs = stand.rigs.wanted, len(stand.bench.jobs)
    assert stand.snapshots.answer(RecallSnapshot(number=2), 0.0) == {"preset": "Crunch", "snapshot": "S2 Verse"}
    assert stand.targets("tone")[0] == 1.0
    expected = CRUNCH.with_value("amp", "drive_db", -6.0).block("amp").kernel_values()
    assert stand.targets("amp") == tuple(np.float32(value) for value in expected)
    stand.snapshots.recall(5, 0.0)
    assert stand.targets("tone")[0] == 0.0
    assert (stand.rigs.wanted, len(stand.bench.jobs)) == (rig, jobs)
    assert not stand.keeping.is_edited, "a snapshot is something saved"


def test_next_goes_around_by_number(stand: Stand) -> None:
    seen = []
    for _ in range(3):
        stand.snapshots.step(0.0)
        seen.append(stand.player.preset.snapshot)
    assert seen == [2, 5, 2]
    stand.play("02-clean")
    assert stand.player.preset.snapshot == 0
    with pytest.raises(PresetError, match="'Clean': has no snapshots"):
        stand.snapshots.step(0.0)


def test_a_block_of_a_snapshot_may_wait_for_room(stand: Stand) -> None:
    stand.snapshots.recall(2, 0.0)
    stand.set_load(0.65)
    stand.snapshots.recall(5, 0.0)
    assert (stand.targets("tone")[0], stand.wanted_width("amp")) == (1.0, 0)
    assert stand.targets("tone")[1:] == tuple(
        np.float32(value) for value in CRUNCH.with_value("tone", "bass_db", 9.0).block("tone").kernel_values()[1:]
    )
    stand.play_width("amp", 0)
    stand.player.work.tick(0.1)
    assert stand.targets("tone")[0] == 0.0


def test_while_a_preset_is_built_its_snapshot_is_built(stand: Stand) -> None:
    stand.player.select("02-clean")
    stand.player.select("01-crunch")
    jobs = len(stand.bench.jobs)
    stand.snapshots.recall(2, 0.0)
    assert len(stand.bench.jobs) == jobs + 1 and "snapshot" not in stand.bench.jobs[-1].preset_text
    stand.answer()
    assert stand.hand.preset.snapshot == 2 and stand.targets("tone")[0] == 1.0


def test_a_successor_has_the_snapshots(stand: Stand) -> None:
    stand.snapshots.recall(5, 0.0)
    stand.restart()
    stand.player.begin(0.0)
    assert mark(stand.player.preset) == "S5 Chorus" and stand.player.preset.snapshots == (CHORUS, VERSE)
    assert not stand.keeping.is_edited


def test_what_is_taken_is_saved_and_nothing_else(stand: Stand) -> None:
    stand.player.set_param("amp.drive_db", 12.0, 0.0)
    assert stand.snapshots.answer(TakeSnapshot(number=1, name="Solo"), 0.0)["snapshot"] == "S1 Solo"
    saved = stand.store.load("01-crunch").preset
    assert saved.blocks == CRUNCH.blocks and [kept.number for kept in saved.snapshots] == [1, 2, 5]
    assert saved.snapshots[0].values["amp"] == {"drive_db": 12.0, **_rest(stand, "amp", "drive_db")}
    assert not stand.keeping.is_edited
    stand.player.set_param("amp.drive_db", 3.0, 0.0)
    assert stand.keeping.is_edited
    stand.snapshots.take(1)
    assert mark(stand.player.preset) == "S1 Solo", "its name stays"
    stand.snapshots.recall(2, 0.0)
    stand.snapshots.recall(1, 0.0)
    assert stand.player.preset.block("amp").value("drive_db") == 3.0


def _rest(stand: Stand, block_id: str, but: str) -> dict[str, float]:
    values = stand.player.preset.block(block_id).filled.values
    return {name: value for name, value in values.items() if name != but}


def test_a_save_refreshes_the_snapshot_that_plays(stand: Stand) -> None:
    stand.snapshots.recall(2, 0.0)
    stand.player.set_param("amp.drive_db", -9.0, 0.0)
    stand.player.set_param("tone.mid_db", 4.0, 0.0)
    stand.keeping.save()
    saved = stand.store.load("01-crunch").preset
    assert saved.snapshots == (CHORUS, replace(VERSE, values={"amp": {"drive_db": -9.0}}))
    assert (saved.block("tone").value("mid_db"), saved.block("tone").on) == (4.0, False)
    assert not stand.keeping.is_edited


def test_clear(stand: Stand) -> None:
    stand.snapshots.recall(2, 0.0)
    held = stand.player.preset.blocks
    stand.snapshots.answer(ClearSnapshot(number=2), 0.0)
    assert stand.store.load("01-crunch").preset.snapshots == (CHORUS,)
    assert stand.player.preset.blocks == held and stand.player.preset.snapshot == 0 and stand.keeping.is_edited
    with pytest.raises(PresetError, match=r"no snapshot 2. It has 5\."):
        stand.snapshots.clear(2)


def test_another_chain_is_saved_first(stand: Stand) -> None:
    stand.player.work.hold_as("01-crunch", replace(stand.player.preset, blocks=(amp(),)))
    with pytest.raises(PresetError, match="Save the preset first"):
        stand.snapshots.take(1, "x")
    assert stand.store.load("01-crunch").preset == CRUNCH
    stand.keeping.save()
    assert stand.store.load("01-crunch").preset.snapshots == (
        Snapshot(5, "Chorus", {"amp": {"drive_db": 6.0}}),
        Snapshot(2, "Verse", {"amp": {"drive_db": -6.0}}),
    )
    stand.snapshots.take(1, "x")


@pytest.mark.parametrize("name", ["x" * 25, "a\nb"])
def test_a_name_that_no_screen_shows(stand: Stand, name: str) -> None:
    with pytest.raises(PresetError, match="no screen shows"):
        stand.snapshots.take(1, name)
    assert stand.player.preset.snapshots == (CHORUS, VERSE)
