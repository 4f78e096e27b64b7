"""Somebody else takes the core now and then, for minutes, at a load near the budget: the widths do not flap."""

from __future__ import annotations

from tests.lab.lab import Lab
from tests.lab.priced import amp, boot_as, cab, widths


def scenario(lab: Lab) -> None:
    weather = boot_as(lab, "zero-2-w", [amp("amp", on=True), cab("cab", on=True)])
    lab.wait(1.0)
    for rate, mean in ((0.05, 1.5e-4), (0.1, 3e-4), (0.2, 3e-4), (0.02, 6e-4), (0.0, 0.0)):
        weather.neighbour(rate, mean, 8e-4, seed=lab.random.randrange(1 << 30))
        before = len(lab.status()["width_changes"])
        lab.wait(60.0)
        s = lab.status()
        lab.event(
            "load",
            [
                rate,
                mean,
                s["load_mean"],
                s["load_worst"],
                widths(s),
                len(s["width_changes"]) - before,
                s["overruns"],
                s["xruns"],
                s["cold_changes"],
            ],
        )
    print(*s["width_changes"], sep="\n")
