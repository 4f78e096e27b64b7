"""The stopwatch sees half, or one and a half, of what things cost on a hot Pi 5: a gap at most, and it learns."""

from __future__ import annotations

from tests.lab.governing import Stage
from tests.lab.lab import Lab
from tests.lab.misled import BREAKAGE as BREAKAGE
from tests.lab.misled import misled
from tests.lab.priced import amp, block, cab

LIMIT_S = 900.0
#: Five amps on both sides take more than the board has; half of that would fit.
AMPS = tuple(amp(f"amp{k}", -9.0, on=True, stereo="twice") for k in range(1, 6))
STAGE = Stage("pi-5", (block("chorus", on=True), *AMPS, cab("cab1", on=True), block("reverb", on=True)), heat=2.0)


def scenario(lab: Lab) -> None:
    misled(lab, STAGE, most_cold=5)
