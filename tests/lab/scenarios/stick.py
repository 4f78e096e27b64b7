"""Stick: models come in from a USB stick while the pedal plays, a backup goes onto it; not a sample changes."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

from pedal.library.container import Backup
from tests.lab.bringing import brought, last_word, library_check
from tests.lab.ear import unrest
from tests.lab.guitar import tone
from tests.lab.lab import Lab
from tests.lab.scenario import Breakage
from tests.lab.stick import UsbStick

BREAKAGE = Breakage(
    "an import that says nothing",
    "pedal/library/telling.py",
    "        os.replace(temporary, path)\n",
    "",
)
MODELS = 12


def scenario(lab: Lab) -> None:
    stick = UsbStick(Path("/run/stick.img"))
    stick.fill(brought(MODELS) | {"pedal-backup-here": b""})
    lab.boot()
    lab.guitar(tone())
    lab.wait(2.0)
    before = unrest(lab.listen(1.0))
    overruns = lab.status()["overruns"]

    start, since_s = lab.cable.frame, time.monotonic()
    lab.event("stick plugged")
    stick.plug()
    progress = last_word(lab, since_s)
    lab.event("last word", [progress.phase, progress.text])
    assert (progress.phase, progress.text.partition(" as ")[0]) == ("done", "Saved"), progress
    lab.until(lambda: not any(Path("/run/pedal-sticks").glob("*/*")), "the stick is unmounted", 10.0)
    lab.until_page_is_shown()
    lab.note(f"{time.monotonic() - since_s:.1f} s from the port to the last word")
    lab.wait(0.5)
    sound = lab.heard(start)
    assert unrest(sound) <= max(before, 1e-6), f"the sound was touched: {unrest(sound)} after {before}"
    assert lab.status()["overruns"] == overruns
    stick.pull()

    names = [entry["preset_name"] for entry in json.loads(lab.pedal("models", "list", "--json"))]
    assert sum(name.startswith("Pack/Amp ") for name in names) == MODELS, names
    assert library_check(lab) == {"whole": MODELS + 1, "findings": []}
    on_it = stick.files()
    [data] = [data for name, data in on_it.items() if name.endswith(".pedal")]
    backup = Backup(io.BytesIO(data), "the stick's")
    list(backup.verify())
    paths = [file.path for file in backup.manifest.files]
    assert sum(path.endswith(".nam") for path in paths) == MODELS, paths
    assert "pedal-backup-here" not in on_it
    lab.wait(0.5)

    lab.event("stick plugged again")
    since_s = time.monotonic()
    stick.plug()
    progress = last_word(lab, since_s)
    assert (progress.models, progress.known) == (0, MODELS + 2), progress
    stick.pull()
