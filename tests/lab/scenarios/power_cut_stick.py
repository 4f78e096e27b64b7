"""Power cut: at every write of a backup onto a FAT or exFAT stick, what bears a backup's name is whole."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pedal.errors import LibraryError
from pedal.library.container import SUFFIX, Backup
from pedal.library.scan import BACKUP_HERE
from tests.lab.lab import STATE, Lab
from tests.lab.scenario import Breakage
from tests.lab.scenarios.power_cut_restore import begin
from tests.lab.stick import FileSystem, format_image, mounted
from tests.lab.write_log import load_writes, play

BREAKAGE = Breakage(
    "a backup that was renamed is not flushed once more",
    "pedal/library/backup.py",
    "            os.replace(temporary, target)\n            os.fsync(descriptor)",
    "            os.replace(temporary, target)",
)
STICK, LOG, CUT = (Path("/run") / f"{name}.img" for name in ("stick", "log", "cut"))
KINDS: tuple[FileSystem, ...] = ("vfat", "exfat")


def scenario(lab: Lab) -> None:
    begin(STATE)
    for kind in KINDS:
        export(kind)
        cuts = look_at_cuts(kind)
        lab.note(f"{kind}: {cuts} power cuts")


def export(kind: FileSystem) -> None:
    """A backup onto a stick that asks for one, by the program of the service; every write to the stick is logged.

    Not by way of USB: both ends of that cable are in this guest, and the far one keeps writes in a memory of its own.
    """
    format_image(STICK, 16, kind)
    with mounted(STICK, kind) as top:
        (top / BACKUP_HERE).touch()
    before = STICK.read_bytes()
    with open(LOG, "wb") as log:
        log.truncate(32 << 20)
    with logged() as device, mounted(device, kind) as top:
        mark("begin")
        program = [sys.executable, "-m", "pedal.system.stick", "export", top]
        subprocess.run(program, check=True, env={"PEDAL_HOME": str(STATE), "PEDAL_RUNTIME_DIR": "/run/pedal"})
        mark("end")
    STICK.write_bytes(before)


@contextmanager
def logged() -> Iterator[Path]:
    """The stick as a block device whose writes go into the log too."""
    devices = [done("losetup", "--find", "--show", image) for image in (STICK, LOG)]
    sectors = STICK.stat().st_size // 512
    done("dmsetup", "create", "--noudevsync", "stick", "--table", f"0 {sectors} log-writes {' '.join(devices)}")
    yield Path("/dev") / done("dmsetup", "info", "--columns", "--noheadings", "-o", "blkdevname", "stick")
    done("dmsetup", "remove", "--noudevsync", "stick")
    for device in devices:
        done("losetup", "--detach", device)


def mark(name: str) -> None:
    """A name for this moment in the log."""
    done("dmsetup", "message", "stick", "0", "mark", name)


def done(*command: str | Path) -> str:
    """What a command says."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def look_at_cuts(kind: FileSystem) -> int:
    """How many cuts there were. After each: a backup that is whole, or one that is still asked for; at the end, it."""
    image, cuts, begun, ended = bytearray(STICK.read_bytes()), 0, False, False
    for write in load_writes(LOG):
        play(image, write)
        begun, ended = begun or write.mark == "begin", ended or write.mark == "end"
        if not begun:
            continue
        CUT.write_bytes(image)
        where = f"{kind}, cut {cuts}, after {write.mark or f'a write of {len(write.data)} bytes at {write.offset}'}"
        with mounted(CUT, kind) as top:
            names = sorted(path.name for path in top.iterdir())
            found = [name for name in names if name.endswith(SUFFIX) and not name.startswith(".")]
            for name in found:
                try:
                    for _ in Backup(io.BytesIO((top / name).read_bytes()), name).verify():
                        pass
                except (LibraryError, OSError) as broken:
                    raise AssertionError(f"{where}: {broken}") from broken
        assert len(found) == 1 or (not ended and BACKUP_HERE in names), f"{where}: {names}"
        cuts += 1
    assert ended and cuts > 10, f"the log holds {cuts} writes"
    return cuts
