"""Power cut: at every write of what is done to presets, snapshots and banks, all is the old or the new."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pedal.errors import PedalError
from pedal.library.banks import Bank, BankStore, format_banks
from pedal.library.presets import PresetStore
from pedal.preset import Block, Preset
from pedal.preset.snapshots import taken
from tests.lab.guest.cache import do
from tests.lab.guest.machine import Disk, make_disk
from tests.lab.lab import STATE, Lab
from tests.lab.scenario import Breakage
from tests.lab.scenarios.power_cut import mark
from tests.lab.write_log import load_writes, play

DISK = Disk(mib=16, log_mib=48)
BREAKAGE = Breakage(
    "a deletion is not made durable",
    "pedal/library/atomic.py",
    "    os.replace(path, previous_of(path))\n    sync_folder(path.parent)\n",
    "    os.replace(path, previous_of(path))\n",
)
MINE = Preset("Mine", (Block("tone", "tone", values={"bass_db": 3.0}),))
LOUD = replace(MINE, snapshots=(taken(MINE.with_value("tone", "bass_db", 9.0), 2, "Loud"),))
#: Of the first version, as its player wrote it.
OLD_KEY, OLD = "09-old", '# from before\nname = "Old"\n[[block]]\nkind = "tone"\nbass_db = 3\n'
NOWHERE = Path("/nonexistent")


def steps(state: Path) -> list[Callable[[], object]]:
    """What the player does, one after the other, in this state folder."""
    presets, banks = PresetStore(state / "presets", NOWHERE), BankStore(state / "banks.toml")
    return [
        lambda: presets.save("01-mine", MINE),
        lambda: presets.save("01-mine", LOUD),
        lambda: presets.save("01-mine", replace(LOUD, name="Louder")),
        lambda: presets.save(OLD_KEY, presets.load(OLD_KEY).preset),
        lambda: banks.save((Bank("Friday", ("01-mine", OLD_KEY)),)),
        lambda: banks.save((Bank("Friday", (OLD_KEY,)), Bank("Quiet"))),
        lambda: presets.delete("01-mine"),
    ]


def begin(state: Path) -> None:
    """The state folder before the first step."""
    (state / "presets").mkdir(exist_ok=True)
    (state / "presets" / f"{OLD_KEY}.toml").write_text(OLD)


def library(state: Path) -> dict[str, str]:
    """All that a pedal finds there. Fails where something is broken."""
    store = PresetStore(state / "presets", NOWHERE)
    found = {}
    for entry in store.entries():
        loaded = store.load(entry.key)
        assert not loaded.warning, f"only the one before can be read: {loaded.warning}"
        found[entry.key] = entry.path.read_text("utf-8")
    banks, trouble = BankStore(state / "banks.toml").load()
    assert not trouble, trouble
    return found | {"banks": format_banks(banks)}


def scenario(lab: Lab) -> None:
    begin(STATE)
    subprocess.run(["sync"], check=True)
    mark(lab, "begin")
    for number, step in enumerate(steps(STATE), 1):
        step()
        mark(lab, f"step-{number}")
    lab.wait(10.0)  # whatever the kernel still has, it writes by itself
    mark(lab, "end")
    subprocess.run(["sync"], check=True)


def judge(folder: Path) -> list[str]:
    """Every prefix of the log is a disk that lost its power there: repaired as at a boot, then read by the pedal."""
    expected, done, cuts, begun = rehearsed(), 0, 0, False
    with tempfile.TemporaryDirectory(dir=folder) as work:
        make_disk(Path(work), DISK)
        image = bytearray((Path(work) / "data.img").read_bytes())
        for write in load_writes(folder / "writes.img"):
            play(image, write)
            if write.mark.startswith("step-"):
                done = int(write.mark.removeprefix("step-"))
            begun = begun or write.mark == "begin"
            if begun:
                where = f"cut {cuts}, after {write.mark or f'a write of {len(write.data)} bytes at {write.offset}'}"
                try:
                    found = library(after_cut(bytes(image), Path(work)))
                except PedalError as broken:
                    raise AssertionError(f"{where}: {broken}") from broken
                assert found in expected[done : done + 2], f"{where}: neither before nor after step {done + 1}: {found}"
                cuts += 1
    assert done == len(expected) - 1 and cuts > 3 * done, f"the log holds {cuts} writes of {done} steps"
    return [f"{cuts} power cuts in {done} steps"]


def rehearsed() -> list[dict[str, str]]:
    """What is to be found before the first step, and after each."""
    with tempfile.TemporaryDirectory() as state:
        begin(Path(state))
        found = [library(Path(state))]
        for step in steps(Path(state)):
            step()
            found.append(library(Path(state)))
    return found


def after_cut(image: bytes, work: Path) -> Path:
    """The state folder that a pedal finds on this disk."""
    disk, state = work / "cut.img", work / "state"
    disk.write_bytes(image)
    checked = subprocess.run(["e2fsck", "-fy", disk], capture_output=True, text=True)
    assert checked.returncode in (0, 1), f"the file system cannot be repaired: {checked.stdout}"
    do("rm", "-rf", state)
    state.mkdir()
    do("debugfs", "-R", f"rdump / {state}", disk)
    return state
