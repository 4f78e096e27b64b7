"""Clock: the date jumps by hours, back and forth, and nothing happens to the sound."""

from __future__ import annotations

import time

from tests.lab.ear import unrest
from tests.lab.guitar import tone
from tests.lab.lab import Lab
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "systemd is answered by the date",
    "pedal/system/supervise.py",
    """time.monotonic() - heard_s >= min(interval_s, 1.0):
                        heard_s = time.monotonic()""",
    """time.time() - heard_s >= min(interval_s, 1.0):
                        heard_s = time.time()""",
)
#: Longer than the watchdog of the units.
WAIT_S = 12.0


def scenario(lab: Lab) -> None:
    lab.boot()
    lab.guitar(tone())
    lab.wait(1.0)
    start = lab.cable.frame
    for hours in (-7.0, +19.5):
        lab.event("the date jumps", hours)
        time.clock_settime(time.CLOCK_REALTIME, time.time() + 3600.0 * hours)
        lab.wait(WAIT_S)
    assert unrest(lab.heard(start)) < 1e-3, "the sound was touched"
    lab.pedal("bypass", "on")
    assert lab.status()["bypassed"], "the pedal does not listen any more"
    status = lab.status()
    assert status["xruns"] == 0 and status["overruns"] == 0, status
