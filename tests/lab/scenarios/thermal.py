"""A board grows hot while a chord rings, and cools again: the amps give way and come back, and nothing is heard but that."""

from __future__ import annotations

from tests.lab.lab import Lab
from tests.lab.priced import Tap, amp, boot_as, cab, is_exact, widths


def scenario(lab: Lab) -> None:
    weather = boot_as(
        lab,
        "pi-4",
        [
            *(amp(f"amp{k}", drive_db=-9.0, on=True) for k in range(1, 5)),
            *(cab(f"cab{k}", on=True) for k in range(1, 3)),
        ],
    )
    lab.wait(1.0)
    tap = Tap(lab, "amp1")
    for heat in (1.0, 1.25, 1.5, 1.8, 2.2, 1.8, 1.0, 2.0, 1.0):
        weather.heat(heat)
        lab.event("heat", heat)
        lab.wait(6.0)
        s = lab.status()
        lab.event(
            "load",
            [
                heat,
                s["load_mean"],
                s["load_worst"],
                widths(s),
                len(s["width_changes"]),
                s["overruns"],
                s["xruns"],
                s["cold_changes"],
            ],
        )
    is_exact(lab, tap.stop(), 2)
    print(s["overrun_log"], *s["width_changes"], sep="\n")
