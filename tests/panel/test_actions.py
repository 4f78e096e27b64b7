"""Every action that a board file may give a switch does its thing, or says in a sentence why not."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from pedal.config import Action
from pedal.errors import PedalError
from pedal.library.banks import Bank
from pedal.panel.actions import Actions
from pedal.panel.tuner import Tuner
from pedal.preset import Preset, Snapshot
from tests.panel.stand import BOARD, Stand, tone

SNAPSHOTS = (Snapshot(1, "Dark", {"tone": {"bass_db": 9.0}}), Snapshot(4, "", {}, {"tone": False}))
#: What each changes: the preset, the snapshot, or the bank; or what it says.
DOES: dict[str, object] = {
    "next_preset": "02-two",
    "previous_preset": "03-three",
    "next_snapshot": 1,
    "snapshot_1": 1,
    "snapshot_4": 4,
    "snapshot_2": "there is no snapshot 2",
    "next_bank": "B",
    "previous_bank": "C",
    "preset_1": "03-three",
    "preset_2": "02-two",
    "preset_3": "bank 'A' has no preset 3",
}


@pytest.mark.parametrize("action", get_args(Action))
def test_every_action(tmp_path: Path, action: Action) -> None:
    one = Preset("One", (tone(),), snapshots=SNAPSHOTS)
    stand = Stand(tmp_path, {"01-one": one, "02-two": Preset("Two"), "03-three": Preset("Three")})
    stand.bank_store.save((Bank("A", ("03-three", "02-two")), Bank("B"), Bank("C")))
    stand.play("01-one")
    tuner = Tuner(stand.link, BOARD.tuner)
    actions = Actions(stand.player, tuner, stand.snapshots, stand.banks)
    before = stand.player.key, stand.player.preset, stand.hand.bank, stand.player.is_bypassed, tuner.is_on
    try:
        actions.do(action, 1.0)
    except PedalError as error:
        said = str(error)
    else:
        said = stand.player.message
    after = stand.player.key, stand.player.preset, stand.hand.bank, stand.player.is_bypassed, tuner.is_on
    assert after != before or said or action == "tap", "one tap is no tempo yet"
    does = DOES.get(action)
    assert does is None or does in (after[0], after[1].snapshot, after[2]) or str(does) in said
