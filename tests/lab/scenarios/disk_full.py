"""Disk full: a preset that does not fit is refused in one sentence; the old one, and the sound, stay."""

from __future__ import annotations

import subprocess
import sys

from tests.lab.ear import unrest
from tests.lab.guest.machine import Disk
from tests.lab.guitar import tone
from tests.lab.lab import STATE, Lab
from tests.lab.scenario import Breakage

DISK = Disk(mib=16)
BREAKAGE = Breakage(
    "a half-written file is left behind",
    "pedal/library/atomic.py",
    """    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder""",
    """    except BaseException:
        raise
    sync_folder""",
)
#: As the panel would do it; prints what came of it.
_SAVE = """
import sys
from pedal.errors import PresetError
from pedal.library.presets import PresetStore
store = PresetStore.default()
try:
    store.save("mine", store.load(sys.argv[1]).preset)
    print("saved")
except PresetError as refusal:
    print(refusal)
print(store.load("mine").preset.name)
"""
_FILL = """
import itertools
with open("/var/lib/pedal/filler", "wb", 0) as file:
    try:
        for _ in itertools.count():
            file.write(bytes(1024))
    except OSError as full:
        print(full.strerror)
"""


def scenario(lab: Lab) -> None:
    lab.boot()
    lab.guitar(tone())
    lab.wait(1.0)
    start = lab.cable.frame
    assert as_panel(_SAVE, "01-crunch") == ["saved", "Crunch"]
    assert as_panel(_FILL) == ["No space left on device"]
    before = sorted(path.name for path in (STATE / "presets").iterdir())
    refusal, name = as_panel(_SAVE, "02-clean-edge")
    lab.event("refused", refusal)
    assert "Is the disk full?" in refusal and name == "Crunch", (refusal, name)
    assert sorted(path.name for path in (STATE / "presets").iterdir()) == before, "something was left behind"
    (STATE / "filler").unlink()
    assert as_panel(_SAVE, "02-clean-edge") == ["saved", "Clean edge"]
    lab.wait(0.2)
    assert unrest(lab.heard(start)) < 1e-3, "the sound was touched"


def as_panel(program: str, *arguments: str) -> list[str]:
    """Lines that a Python program says, run by the panel's user."""
    command = ["setpriv", "--reuid=pedal-panel", "--regid=pedal", "--init-groups", sys.executable, "-c", program]
    ran = subprocess.run([*command, *arguments], capture_output=True, text=True, cwd="/opt/pedal")
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()
