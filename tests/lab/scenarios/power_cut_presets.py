"""Power cut: at every write of what is done to presets, snapshots and banks, all is the old or the new."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pedal.library.banks import Bank, BankStore, format_banks
from pedal.library.presets import PresetStore
from pedal.preset import Block, Preset
from pedal.preset.snapshots import taken
from tests.lab.guest.machine import Disk
from tests.lab.lab import STATE, Lab
from tests.lab.power import Step, do_steps, judge_cuts, old_or_new, rehearsed
from tests.lab.scenario import Breakage
from tests.lab.scenarios.power_cut import NOWHERE, presets

DISK = Disk(mib=16, log_mib=48)
BREAKAGE = Breakage(
    "a deletion is not made durable",
    "pedal/library/atomic.py",
    "    os.replace(path, previous_of(path))\n    sync_folder(path.parent)\n",
    "    os.replace(path, previous_of(path))\n",
)
MINE = Preset("Mine", (Block("tone", "tone", values={"bass_db": 3.0}),))
LOUD = replace(MINE, snapshots=(taken(MINE.with_value("tone", "bass_db", 9.0), 2, "Loud"),))


def steps(state: Path) -> list[Step]:
    """What the player does, one after the other."""
    store, banks = PresetStore(state / "presets", NOWHERE), BankStore(state / "banks.toml")
    return [
        lambda: store.save("01-mine", MINE),
        lambda: store.save("01-mine", LOUD),
        lambda: store.save("01-mine", replace(LOUD, name="Louder")),
        lambda: store.save("02-second", MINE),
        lambda: banks.save((Bank("Friday", ("01-mine", "02-second")),)),
        lambda: banks.save((Bank("Friday", ("02-second",)), Bank("Quiet"))),
        lambda: store.delete("01-mine"),
    ]


def library(state: Path) -> dict[str, str]:
    """All that a pedal finds there. Fails where something is broken."""
    banks, trouble = BankStore(state / "banks.toml").load()
    assert not trouble, trouble
    return presets(state) | {"banks": format_banks(banks)}


def scenario(lab: Lab) -> None:
    do_steps(lab, steps(STATE))


def judge(folder: Path) -> list[str]:
    """Everything is as it was before the step that was being done, or after it."""
    expected = rehearsed(library, lambda state: None, steps)
    return judge_cuts(folder, DISK, len(expected) - 1, old_or_new(library, expected))
