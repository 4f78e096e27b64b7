"""Somebody takes the core now and then, for a while each, at a load near the budget: the width does not flap."""

from __future__ import annotations

from tests.lab.lab import Lab
from tests.lab.priced import amp, boot_as, cab, tone, widths
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "the governor widens whether there is room or not",
    "pedal/governor/decide.py",
    "MARGIN = 0.05",
    "MARGIN = -0.5",
)
LIMIT_S = 500.0
#: Share of the periods, mean and most seconds; and what makes the chain take nearly the budget without it.
NEIGHBOURS = ((0.1, 4e-4, 8e-4), (0.3, 4e-4, 8e-4))
HEAT = 1.05
STAY_S, MOST_CHANGES = 20.0, 2


def scenario(lab: Lab) -> None:
    weather = boot_as(
        lab, "zero-2-w", [amp("amp", on=True), tone("tone", on=True), cab("cab1", on=True), cab("cab2", on=True)]
    )
    lab.wait(0.5)
    weather.heat(HEAT)
    for rate, mean_s, most_s in NEIGHBOURS:
        before = len(lab.status()["width_changes"])
        weather.neighbour(rate, mean_s, most_s, seed=lab.random.randrange(1 << 30))
        lab.wait(STAY_S)
        status = lab.status()
        new = status["width_changes"][before:]
        lab.event("neighbour", [rate, widths(status), status["load_mean"], status["load_worst"], new])
        lab.note(f"{rate:.0%} of periods: {len(new)} changes")
        assert len(new) <= MOST_CHANGES, new
        assert (status["overruns"], status["xruns"]) == (0, 0), status
