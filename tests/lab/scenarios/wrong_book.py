"""The governor's book is wrong by half, down or up: what overruns is counted, no gap is heard, and it recovers."""

from __future__ import annotations

from pedal.panel import protocol
from tests.lab.lab import Lab
from tests.lab.priced import amp, boot_as, cab, call, grow, tone, widths


def scenario(lab: Lab) -> None:
    cabs = ["cab", "room", "hall"]
    weather = boot_as(lab, "zero-2-w", [amp("amp", on=True), tone("tone"), *map(cab, cabs)], seen=0.5)
    for seen in (0.5, 1.5):
        weather.stopwatch(seen)
        for name in ("Two amps", "Grow"):
            call(lab, protocol.SelectPreset(name=name))
            for _ in range(3):
                lab.wait(0.3)
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
        grow(lab, ["tone", *cabs], True, 0.5)
        grow(lab, ["tone", *reversed(cabs)], False, 0.1)
        lab.wait(2.0)
        s = lab.status()
        print(s["overrun_log"], s["width_changes"])
        lab.kill("builder")
