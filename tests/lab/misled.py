"""A governor whose book is wrong by half: how much is heard of it, and that it learns. Called by scenarios."""

from __future__ import annotations

from typing import Any

from pedal.library.cost_book import NAME
from pedal.panel import protocol
from tests.lab.governing import Board, Stage
from tests.lab.lab import STATE, Lab
from tests.lab.priced import call, widths
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "the builder never hears what the period thread measures",
    "pedal/panel/work.py",
    "slowness=self._widths.slowness",
    "slowness=1.0",
)
#: The first rig begins far over a period with nothing known but a wrong book. So many periods may overrun, and so many
#: gaps be heard, until the understudy has narrower widths warm; or amps change cold, which is the last resort.
MOST_OVERRUNS, MOST_GAPS = 12, 1


def misled(lab: Lab, stage: Stage, most_cold: int) -> None:
    """Boot with all of a heavy stage on and half of the truth known; then with one and a half times the truth.

    Args:
        lab: the laboratory.
        stage: heavy; played as preset "Grow".
        most_cold: so many amps may change cold at the start.
    """
    board = Board(lab, stage, seen=0.5)
    lab.wait(2.5)
    first = board.settle()
    _tell(lab, 0.5, first)
    assert first["overruns"] <= MOST_OVERRUNS and first["xruns"] <= MOST_GAPS, first
    assert first["cold_changes"] <= most_cold, first
    for seen, forgets in ((0.5, False), (0.5, True), (1.5, True)):
        lab.systemctl("stop", "pedal-panel")
        board.weather.stopwatch(seen)
        if forgets:  # a book that knows nothing, and a builder that has measured nothing
            (STATE / NAME).unlink()
        lab.systemctl("start", "pedal-panel")
        lab.until(lambda: lab.status().get("preset"), "the panel is back")
        lab.wait(1.0)
        for name in ("Crunch", "Grow"):
            call(lab, protocol.SelectPreset(name=name))
            lab.wait(4.0)
            assert lab.status()["preset"] == name, lab.status()
        then = board.settle()
        _tell(lab, seen, then)
        counts = [[said["overruns"], said["xruns"], said["cold_changes"]] for said in (first, then)]
        assert counts[0] == counts[1], f"it has not learnt: {counts}"
    lab.note(
        f"{first['overruns']} overruns, {first['xruns']} gaps, {first['cold_changes']} cold at the start, then none"
    )


def _tell(lab: Lab, seen: float, status: dict[str, Any]) -> None:
    counts = [status["overruns"], status["xruns"], status["cold_changes"]]
    lab.event("book", [seen, widths(status), status["load_mean"], status["load_worst"], counts])
