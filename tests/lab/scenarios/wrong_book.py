"""The governor's book says half or one and a half of what things cost: no gap, overruns counted, and it finds the width that fits."""

from __future__ import annotations

from pedal.panel import protocol
from tests.lab.lab import Lab
from tests.lab.priced import amp, boot_as, cab, call, widths

LIMIT_S = 500.0


def scenario(lab: Lab) -> None:
    heavy = [amp("push", -9.0, on=True), amp("amp", -9.0, on=True), cab("cab", on=True), cab("room", on=True)]
    for seen in (0.5, 1.5):
        weather = boot_as(lab, "zero-2-w", heavy, seen=seen)
        for _ in range(6):
            lab.wait(0.4)
            s = lab.status()
            lab.event(
                "heavy", [widths(s), s["load_mean"], s["load_worst"], s["overruns"], s["xruns"], s["cold_changes"]]
            )
        for name in ("Crunch", "Grow", "Stack", "Grow"):
            call(lab, protocol.SelectPreset(name=name))
            for _ in range(3):
                lab.wait(0.4)
                s = lab.status()
                lab.event(
                    "preset",
                    [
                        name,
                        s["preset"],
                        s["load_mean"],
                        s["load_worst"],
                        widths(s),
                        s["overruns"],
                        s["xruns"],
                        s["cold_changes"],
                    ],
                )
        lab.event("changes", s["width_changes"])
        lab.systemctl("stop", "pedal-panel", "pedal-audio")
