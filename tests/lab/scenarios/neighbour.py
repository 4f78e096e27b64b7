"""Somebody takes the core now and then, for half a minute each, at a load near the budget: the width does not flap."""

from __future__ import annotations

from tests.lab.lab import Lab
from tests.lab.priced import amp, boot_as, cab, tone, widths

LIMIT_S = 900.0
#: Share of the periods, mean and most seconds.
NEIGHBOURS = ((0.1, 4e-4, 8e-4), (0.3, 4e-4, 8e-4))
STAY_S, MOST_CHANGES = 30.0, 2


def scenario(lab: Lab) -> None:
    weather = boot_as(lab, "zero-2-w", [amp("amp", on=True), tone("tone", on=True), cab("cab", on=True)])
    lab.wait(0.5)
    for rate, mean_s, most_s in NEIGHBOURS:
        before = len(lab.status()["width_changes"])
        weather.neighbour(rate, mean_s, most_s, seed=lab.random.randrange(1 << 30))
        weather.heat(1.14)
        lab.wait(STAY_S)
        status = lab.status()
        new = status["width_changes"][before:]
        lab.event("neighbour", [rate, widths(status), status["load_mean"], status["load_worst"], new])
        lab.note(f"{rate:g}: {len(new)}")
        assert status["xruns"] == 0, status
