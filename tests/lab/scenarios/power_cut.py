"""Power cut: at every write of two saves of a preset, the old or the new one is there, whole; what was said holds."""

from __future__ import annotations

from pathlib import Path

from pedal.library.presets import PresetStore
from pedal.paths import factory_dir
from tests.lab.guest.machine import Disk
from tests.lab.lab import STATE, Lab
from tests.lab.power import Step, do_steps, judge_cuts, old_or_new, rehearsed
from tests.lab.scenario import Breakage

DISK = Disk(mib=16, log_mib=48)
BREAKAGE = Breakage(
    "a rename is not made durable",
    "pedal/library/atomic.py",
    "        raise\n    sync_folder(path.parent)\n",
    "        raise\n",
)
NOWHERE = Path("/nonexistent")


def steps(state: Path) -> list[Step]:
    """Two presets of the factory, saved one over the other."""
    store = PresetStore(state / "presets", NOWHERE)
    factory = PresetStore(NOWHERE, factory_dir("models") / "presets")
    crunch, clean = (factory.load(key).preset for key in ("01-crunch", "02-clean-edge"))
    return [lambda: store.save("mine", crunch), lambda: store.save("mine", clean)]


def presets(state: Path) -> dict[str, str]:
    """All presets that a pedal finds there, as they are written. Fails where one is broken."""
    store, found = PresetStore(state / "presets", NOWHERE), {}
    for entry in store.entries():
        loaded = store.load(entry.key)
        assert not loaded.warning, f"only the one before can be read: {loaded.warning}"
        found[entry.key] = entry.path.read_text("utf-8")
    return found


def scenario(lab: Lab) -> None:
    do_steps(lab, steps(STATE))


def judge(folder: Path) -> list[str]:
    """Of the two presets there is none, the first, or the second."""
    expected = rehearsed(presets, lambda state: None, steps)
    return judge_cuts(folder, DISK, len(expected) - 1, old_or_new(presets, expected))
