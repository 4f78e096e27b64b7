"""A chain grows and shrinks on a virtual Zero 2 W: the amp's widths change exactly, and no period overruns."""

from __future__ import annotations

from tests.lab.lab import Lab
from tests.lab.priced import Tap, amp, boot_as, cab, grow, is_exact, tone, widths
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "a block does not wait for the width that makes room for it",
    "pedal/panel/widths.py",
    "        self._carry_out(admission.orders, scene, status, now_s)\n        gives_way = any(",
    "        gives_way = False and any(",
)


def scenario(lab: Lab) -> None:
    cabs = [f"cab{k}" for k in range(1, 6)]
    boot_as(lab, "zero-2-w", [amp("amp", on=True), tone("tone"), *map(cab, cabs)])
    tap = Tap(lab, "amp")
    lab.wait(0.5)
    grow(lab, ["tone", *cabs[:3]], True, 0.5)
    status = lab.status()
    assert (widths(status), status["load_worst"] <= status["budget"]) == ("L", True), status
    grow(lab, cabs[3:], True, 0.5)
    grow(lab, ["tone", *cabs], False, 1.8)
    grow(lab, cabs, True, 0.2)
    grow(lab, cabs, False, 1.8)
    # A foot that toggles need not toggle the amp: the second time it stays narrow for a while.
    lab.until(lambda: widths(lab.status()) == "F", "the amp is wide again")
    is_exact(lab, tap.stop(), 4)
    status = lab.status()
    lab.note(f"{len(status['width_changes'])} changes, load at most {status['load_worst']:.0%}")
    assert (status["overruns"], status["xruns"]) == (0, 0), status
