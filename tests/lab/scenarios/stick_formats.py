"""Sticks: exFAT and ext4 come in as FAT does; exFAT gets its backup, ext4 is told why not and not changed by a byte."""

from __future__ import annotations

import hashlib
import io
import subprocess
import time
from pathlib import Path

from pedal.library.container import Backup
from pedal.library.report import Progress
from tests.lab.bringing import brought, empty_library, last_word, library_check
from tests.lab.lab import Lab
from tests.lab.scenario import Breakage
from tests.lab.stick import UsbStick, mounted

BREAKAGE = Breakage(
    "a stick that cannot be written to is not looked at",
    "pedal/system/stick.py",
    "    if os.statvfs(folder).f_flag & os.ST_RDONLY:\n",
    "    if False:\n",
)
IMAGE = Path("/run/stick.img")
MODELS = 3
FILES = brought(MODELS) | {"pedal-backup-here": b""}


def scenario(lab: Lab) -> None:
    stick = UsbStick(IMAGE)
    stick.fill(FILES, "exfat")
    with_backup(lab, stick)

    stick.fill(FILES, "ext4")
    with mounted(IMAGE, "ext4") as top:
        top.chmod(0o777)
        (top / "Pack" / "Amp 0.nam").chmod(0o600)
    without_backup(lab, stick, MODELS - 1)  # what its owner keeps to himself stays his

    # It was pulled out of a computer: what the computer did last stands in the journal only.
    stick.fill(FILES, "ext4")
    subprocess.run(["debugfs", "-w", "-R", "feature needs_recovery", IMAGE], check=True, capture_output=True)
    without_backup(lab, stick, MODELS)


def with_backup(lab: Lab, stick: UsbStick) -> None:
    """It comes in, and gets a backup that is whole."""
    progress = bring(lab, stick, MODELS)
    assert (progress.phase, progress.text.partition(" as ")[0]) == ("done", "Saved"), progress
    there = stick.files()
    [data] = [data for name, data in there.items() if name.endswith(".pedal")]
    for _ in (backup := Backup(io.BytesIO(data), "the stick's")).verify():
        pass
    assert sum(file.path.endswith(".nam") for file in backup.manifest.files) == MODELS
    assert "pedal-backup-here" not in there


def without_backup(lab: Lab, stick: UsbStick, models: int) -> None:
    """It comes in, the page says why it gets no backup, and it is as it was to the last byte."""
    before = hashlib.sha256(IMAGE.read_bytes()).hexdigest()
    progress = bring(lab, stick, models)
    assert (progress.phase, "only read" in progress.text) == ("failed", True), progress
    assert hashlib.sha256(IMAGE.read_bytes()).hexdigest() == before, "it was written to"


def bring(lab: Lab, stick: UsbStick, models: int) -> Progress:
    """Plug it in, and pull it out after its last word; so many models came in."""
    empty_library()
    since_s = time.monotonic()
    stick.plug()
    progress = last_word(lab, since_s)
    lab.event("last word", [progress.phase, progress.text])
    lab.until(lambda: not any(Path("/run/pedal-sticks").glob("*/*")), "the stick is unmounted", 10.0)
    stick.pull()
    assert library_check(lab) == {"whole": models + 1, "findings": []}
    lab.wait(1.0)
    return progress
