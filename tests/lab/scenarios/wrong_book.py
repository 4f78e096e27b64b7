"""The builder's stopwatch sees half, or one and a half, of what things cost: no gap, and the pedal learns from it."""

from __future__ import annotations

from pedal.panel import protocol
from tests.lab.lab import Lab
from tests.lab.priced import amp, boot_as, cab, call, widths
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "the builder never hears what the period thread measures",
    "pedal/panel/player.py",
    "slowness=self._widths.slowness",
    "slowness=1.0",
)
LIMIT_S = 500.0
#: Two amps and four cabinets take more than a Zero 2 W has; half of that would fit.
HEAVY = [*(amp(name, -9.0, on=True) for name in ("push", "amp")), *(cab(f"cab{k}", on=True) for k in range(1, 5))]
#: The most periods that may overrun before the first rig has become narrow enough.
MOST_OVERRUNS = 12


def scenario(lab: Lab) -> None:
    weather = boot_as(lab, "zero-2-w", HEAVY, seen=0.5)
    lab.wait(2.5)
    first = lab.status()
    lab.event("first rig", [widths(first), first["load_mean"], first["load_worst"], first["overruns"]])
    assert (widths(first), first["overruns"] <= MOST_OVERRUNS) == ("LL", True), first
    for seen in (0.5, 1.5):
        weather.stopwatch(seen)
        lab.systemctl("restart", "pedal-panel")  # another builder, which has measured nothing yet
        lab.until(lambda: lab.status().get("preset"), "the panel is back")
        lab.wait(1.0)
        for name, width in (("Crunch", "F"), ("Grow", "LL")):
            call(lab, protocol.SelectPreset(name=name))
            lab.wait(4.0)
            then = lab.status()
            lab.event("then", [seen, name, widths(then), then["load_mean"], then["load_worst"], then["overruns"]])
            assert (then["preset"], widths(then)) == (name, width), then
            assert then["load_mean"] <= then["budget"], then
        assert then["overruns"] == first["overruns"], then
        assert (then["xruns"], then["cold_changes"]) == (0, 0), then
    lab.note(f"{first['overruns']} overruns, then none")
