"""Power cut: at every write of two saves of a preset, the old or the new one is there, whole; what was said holds."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from pedal.errors import PresetError
from pedal.library.presets import PresetStore
from pedal.preset import Preset
from tests.lab.guest.cache import do
from tests.lab.guest.machine import Disk, make_disk
from tests.lab.lab import STATE, Lab
from tests.lab.scenario import Breakage
from tests.lab.write_log import load_writes, play

DISK = Disk(mib=16, log_mib=48)
BREAKAGE = Breakage(
    "a rename is not made durable",
    "pedal/library/atomic.py",
    "        raise\n    sync_folder(path.parent)\n",
    "        raise\n",
)
KEY = "mine"


def scenario(lab: Lab) -> None:
    store = PresetStore(STATE / "presets", Path("/nonexistent"))
    factory = PresetStore(Path("/nonexistent"), Path("/opt/pedal/models/presets"))
    mark(lab, "begin")
    for number, key in enumerate(("01-crunch", "02-clean-edge")):
        store.save(KEY, factory.load(key).preset)
        mark(lab, f"saved-{number}")
    lab.wait(10.0)  # whatever the kernel still has, it writes by itself
    mark(lab, "end")
    subprocess.run(["sync"], check=True)


def mark(lab: Lab, name: str) -> None:
    """A name for this moment, in the trace and in the log of writes."""
    lab.event("mark", name)
    subprocess.run(["dmsetup", "message", "data", "0", "mark", name], check=True)


def judge(folder: Path) -> list[str]:
    """Every prefix of the log is a disk that lost its power there: repaired as at a boot, then read by the pedal."""
    names = ["Crunch", "Clean edge"]
    saved, cuts, begun = -1, 0, False
    with tempfile.TemporaryDirectory(dir=folder) as work:
        make_disk(Path(work), DISK)
        image = bytearray((Path(work) / "data.img").read_bytes())
        for write in load_writes(folder / "writes.img"):
            play(image, write)
            if write.mark.startswith("saved-"):
                saved = int(write.mark.removeprefix("saved-"))
            begun = begun or write.mark == "begin"
            if begun:
                found = after_cut(bytes(image), Path(work))
                allowed = ([names[saved]] if saved >= 0 else [""]) + names[saved + 1 : saved + 2]
                where = f"cut {cuts}, after {write.mark or f'a write of {len(write.data)} bytes at {write.offset}'}"
                assert found in allowed, f"{where}: {found or 'nothing'!r} instead of {' or '.join(allowed)!r}"
                cuts += 1
    assert saved == len(names) - 1 and cuts > 10, f"the log holds {cuts} writes of {saved + 1} saves"
    return [f"{cuts} power cuts"]


def after_cut(image: bytes, work: Path) -> str:
    """The name of the preset that a pedal finds on this disk; "" for none. Fails where it finds a broken one."""
    disk, presets = work / "cut.img", work / "presets"
    disk.write_bytes(image)
    checked = subprocess.run(["e2fsck", "-fy", disk], capture_output=True, text=True)
    assert checked.returncode in (0, 1), f"the file system cannot be repaired: {checked.stdout}"
    do("rm", "-rf", presets)
    do("debugfs", "-R", f"rdump /presets {work}", disk)
    store = PresetStore(presets, Path("/nonexistent"))
    return _name(store) if (presets / f"{KEY}.toml").exists() else ""


def _name(store: PresetStore) -> str:
    try:
        loaded = store.load(KEY)
    except PresetError as broken:
        raise AssertionError(f"a broken preset: {broken}") from broken
    assert not loaded.warning, f"only the one before can be read: {loaded.warning}"
    preset: Preset = loaded.preset
    return preset.name
