"""Power cut: at every write of a move of old presets to today's schema, each is the old or the new; the old is kept."""

from __future__ import annotations

import shutil
from pathlib import Path

from pedal.library.presets import PresetStore
from tests.lab.guest.machine import Disk
from tests.lab.guest.project import ROOT
from tests.lab.lab import STATE, Lab
from tests.lab.power import Step, do_steps, judge_cuts, old_or_new, rehearsed
from tests.lab.scenario import Breakage
from tests.lab.scenarios.power_cut import NOWHERE, presets

DISK = Disk(mib=16, log_mib=96)
BREAKAGE = Breakage(
    "what was there before a save is not kept",
    "pedal/library/atomic.py",
    "            keep_as(path, previous_of(path))\n",
    "            pass\n",
)
#: Presets as the first version wrote them, and as players did by hand.
GOLDEN = sorted((ROOT / "tests" / "library" / "golden" / "v1").glob("*.toml"))


def begin(state: Path) -> None:
    """A player who comes from the first version."""
    (state / "presets").mkdir(exist_ok=True)
    for path in GOLDEN:
        shutil.copyfile(path, state / "presets" / path.name)


def steps(state: Path) -> list[Step]:
    """He saves each of them: that is what moves a preset to today's schema."""
    store = PresetStore(state / "presets", NOWHERE)

    def save(key: str) -> Step:
        return lambda: store.save(key, store.load(key).preset)

    return [save(path.stem) for path in GOLDEN]


def scenario(lab: Lab) -> None:
    begin(STATE)
    do_steps(lab, steps(STATE))


def judge(folder: Path) -> list[str]:
    """Each preset is the old or the new; what its player once wrote is there all the time, to the last byte."""
    expected = rehearsed(presets, begin, steps)
    assert all("schema" not in text for text in expected[0].values()), "these are no presets of the first version"
    assert all("schema" in text for text in expected[-1].values()), "saving does not move a preset to today's schema"
    is_old_or_new = old_or_new(presets, expected)

    def look(state: Path, done: int) -> None:
        is_old_or_new(state, done)
        there = {path.read_bytes() for path in (state / "presets").iterdir()}
        lost = [path.name for path in GOLDEN if path.read_bytes() not in there]
        assert not lost, f"what was once in {', '.join(lost)} is gone"

    return judge_cuts(folder, DISK, len(GOLDEN), look)
