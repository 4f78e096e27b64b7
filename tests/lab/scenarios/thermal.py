"""A board grows hot while the guitar plays, and cools again: amps give way in time, and come back without flapping."""

from __future__ import annotations

from tests.lab.lab import Lab
from tests.lab.priced import Tap, amp, boot_as, cab, is_exact, widths
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "the governor does not look at the load",
    "pedal/governor/decide.py",
    "    if load.mean > load.budget:\n",
    "    if load.mean > 2.0:\n",
)
LIMIT_S = 500.0
#: Slowdowns, and the most changes each may bring about: one per amp.
HEATS, MOST_CHANGES = (1.25, 1.5, 2.0, 1.25, 1.0), 4


def scenario(lab: Lab) -> None:
    amps = [amp(f"amp{k}", drive_db=-9.0, on=True) for k in range(1, 5)]
    weather = boot_as(lab, "pi-4", [*amps, *(cab(f"cab{k}", on=True) for k in range(1, 5))])
    lab.wait(0.5)
    tap = Tap(lab, "amp4")
    changes = 0
    for heat in HEATS:
        weather.heat(heat)
        lab.wait(5.0)
        status = lab.status()
        new, changes = len(status["width_changes"]) - changes, len(status["width_changes"])
        lab.event("heat", [heat, widths(status), status["load_mean"], status["load_worst"], new, status["overruns"]])
        assert status["load_mean"] <= status["budget"], status
        assert new <= MOST_CHANGES, status["width_changes"]
    is_exact(lab, tap.stop(), 1)
    lab.note(f"{changes} changes, load at most {status['load_worst']:.0%}, {status['overruns']} overruns")
    assert status["cold_changes"] == 0, status
    assert (status["overruns"], status["xruns"]) == (0, 0), status
