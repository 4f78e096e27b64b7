"""The builder's stopwatch sees half, or one and a half, of what things cost: one gap at most, and it is learnt from."""

from __future__ import annotations

from pedal.panel import protocol
from tests.lab.lab import Lab
from tests.lab.priced import amp, boot_as, cab, call, widths
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "the builder never hears what the period thread measures",
    "pedal/panel/work.py",
    "slowness=self._widths.slowness",
    "slowness=1.0",
)
LIMIT_S = 500.0
#: Two amps and four cabinets take more than a Zero 2 W has; half of that would fit.
HEAVY = [*(amp(name, -9.0, on=True) for name in ("push", "amp")), *(cab(f"cab{k}", on=True) for k in range(1, 5))]
#: The first rig begins at 112 % with nothing known but a wrong book. So many periods may overrun, and so many gaps be
#: heard, until the understudy has a narrower width warm; or the amp changes cold, which is the last resort.
MOST_OVERRUNS, MOST_GAPS, MOST_COLD = 12, 1, 1


def scenario(lab: Lab) -> None:
    weather = boot_as(lab, "zero-2-w", HEAVY, seen=0.5)
    lab.wait(2.5)
    first = lab.status()
    lab.event("first rig", [widths(first), first["load_mean"], first["load_worst"], first["overruns"]])
    assert widths(first) == "LL", first
    assert first["overruns"] <= MOST_OVERRUNS and first["xruns"] <= MOST_GAPS, first
    assert first["cold_changes"] <= MOST_COLD, first
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
        assert (then["overruns"], then["xruns"]) == (first["overruns"], first["xruns"]), then
        assert then["cold_changes"] == first["cold_changes"], then
    lab.note(f"{first['overruns']} overruns and {first['xruns']} gaps at the start, then none")
