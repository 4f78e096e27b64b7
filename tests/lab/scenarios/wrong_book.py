"""The stopwatch sees half, or one and a half, of what things cost on a Zero 2 W: a gap at most, and it learns."""

from __future__ import annotations

from tests.lab.governing import Stage
from tests.lab.lab import Lab
from tests.lab.misled import BREAKAGE as BREAKAGE
from tests.lab.misled import misled
from tests.lab.priced import amp, cab

LIMIT_S = 900.0
#: Two amps and four cabinets take more than a Zero 2 W has; half of that would fit.
STAGE = Stage(
    "zero-2-w",
    (*(amp(name, -9.0, on=True) for name in ("push", "amp")), *(cab(f"cab{k}", on=True) for k in range(1, 5))),
)


def scenario(lab: Lab) -> None:
    misled(lab, STAGE, most_cold=1)
