"""Boot: the real units start the real processes, and the guitar is heard."""

from __future__ import annotations

import numpy as np

from tests.lab.cable import RATE_HZ
from tests.lab.lab import Lab
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "the first rig is built, but nobody is told",
    "pedal/panel/rigs.py",
    "        self.link.put(Word.WANTED_SLOT, slot)\n",
    "",
)


def scenario(lab: Lab) -> None:
    lab.boot()
    sound = lab.listen(2.0)
    assert np.all(np.isfinite(sound))
    assert np.max(np.abs(sound)) > 0.01, "the pedal plays, but next to nothing is heard"
    status = lab.status()
    assert status["xruns"] == 0 and status["overruns"] == 0, status
    lab.note(f"sound after {lab.first_sound(0) / RATE_HZ:.2f} virtual s")
