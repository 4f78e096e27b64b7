"""Stick yanked: pulled out at seeded moments of an import; the library is whole every time, and the sound goes on.

Twenty moments; ``--minutes 10`` makes them two hundred. Only the stick takes any time here: what is being read when it
is pulled is chance, but what is written is written at once. ``power_cut_import`` looks into the middle of that.
"""

from __future__ import annotations

import time
from pathlib import Path

from pedal.library.importer import PULLED_OUT
from pedal.library.telling import heard
from pedal.panel.imports import has_ended
from tests.lab.bringing import brought, empty_library, last_word, library_check
from tests.lab.ear import unrest
from tests.lab.guitar import tone
from tests.lab.lab import RUNTIME, STATE, Lab
from tests.lab.scenario import Breakage
from tests.lab.stick import UsbStick

BREAKAGE = Breakage(
    "an import that is ended with its stick does not say so",
    "pedal/system/stick.py",
    "    signal.signal(signal.SIGTERM, _on_end)\n",
    "",
)
LIMIT_S = 3600.0
MODELS, MOMENTS_A_MINUTE = 6, 20
#: An import is over in some milliseconds of virtual time: only the stick takes any.
_LOOK_S = 5e-5


def scenario(lab: Lab) -> None:
    stick = UsbStick(Path("/run/stick.img"))
    stick.fill(brought(MODELS))
    lab.boot()
    lab.guitar(tone())
    lab.wait(2.0)

    cut_short = 0
    moments = round(MOMENTS_A_MINUTE * lab.minutes)
    for number in range(moments):
        lab.wait(1.0)
        empty_library()
        start, since_s = lab.cable.frame, time.monotonic()
        stick.plug()
        if number % 5 == 0:  # mostly before there is a stick: most of the time from the port to the end is the kernel's
            lab.wait(lab.random.uniform(0.0, 1.5))
        else:
            _wait_for_files(lab, lab.random.randint(0, 2 * MODELS))
            lab.wait(lab.random.uniform(0.0, 0.002))
        stick.pull()
        lab.until(lambda: not _imports(lab), "the import's end", 30.0)
        found = library_check(lab)
        states = {finding["state"] for finding in found["findings"]}
        assert states <= {"unknown"}, found
        is_whole = found["whole"] == MODELS + 1
        cut_short += not is_whole
        told = heard(RUNTIME)
        if told is not None and told.at_s > since_s:  # it had begun
            assert has_ended(told) and (is_whole or told.progress.text == PULLED_OUT), told
        lab.event("yanked", [number, found["whole"], sorted(states)])
        assert not any(Path("/run/pedal-sticks").glob("*/*")), "the dead stick is still mounted"
        lab.wait(0.1)
        assert unrest(lab.heard(start)) < 1e-3, "the sound was touched"
    lab.note(f"{cut_short} of {moments} imports were cut short, none left anything damaged")

    since_s = time.monotonic()
    stick.plug()
    progress = last_word(lab, since_s)
    assert progress.phase == "done", progress
    assert library_check(lab) == {"whole": MODELS + 1, "findings": []}
    stick.pull()


def _wait_for_files(lab: Lab, files: int) -> None:
    """Until so many files lie in the library: contents, cards, and those that are being written."""
    folder, deadline_s = STATE / "library" / "models", time.monotonic() + 5.0
    while sum(1 for _ in folder.iterdir()) < files and time.monotonic() < deadline_s:
        lab.wait(_LOOK_S)


def _imports(lab: Lab) -> str:
    """Import services that run, or are about to."""
    states = "--state=active,activating,deactivating"
    return lab.systemctl("list-units", "--no-legend", states, "pedal-import@*", "pedal-stick@*")
