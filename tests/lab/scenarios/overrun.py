"""Work that takes just less or just more than a period: gaps with more, none with less, and all of it counted."""

from __future__ import annotations

from tests.lab.lab import Lab
from tests.lab.priced import boot_as, cab
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "a price list is read and not asked for",
    "pedal/panel/work.py",
    "prices=self._board.prices,",
    'prices="",',
)


def scenario(lab: Lab) -> None:
    # Nothing here can give way: so few taps are not shortened.
    weather = boot_as(lab, "zero-2-w", [cab(f"cab{k}", on=True, taps=256) for k in range(12)])
    lab.wait(2.0)
    usual = lab.status()["load_mean"]
    assert usual > 0.1, f"the work takes no time: a load of {usual:.0%}"
    for share in (0.9, 0.99, 1.01, 1.2, 0.6):
        weather.heat(share / usual)
        lab.wait(0.2)
        before = lab.status()
        lab.wait(2.0)
        after = lab.status()
        overruns, xruns, periods = (after[key] - before[key] for key in ("overruns", "xruns", "periods_played"))
        lab.event("share", [share, after["load_mean"], overruns, xruns, periods])
        assert abs(after["load_mean"] - share) < 0.009, after  # some microseconds of a period know no heat
        assert (overruns == periods, xruns > 0) == (share > 1.0, share > 1.0), (share, overruns, xruns, periods)
    before = lab.status()
    weather.stall(0.002)  # with what the period takes, more than a period, and less than the buffer holds
    lab.wait(0.5)
    after = lab.status()
    assert (after["overruns"] - before["overruns"], after["xruns"] - before["xruns"]) == (1, 0), after
