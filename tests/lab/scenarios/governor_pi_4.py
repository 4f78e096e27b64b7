"""The governor of a virtual Pi 4: seven amps on both sides, twice the budget in steps, busy feet, heat."""

from __future__ import annotations

from tests.lab.governing import Board, Stage, busy_feet, grow_to_twice, thermal_steps
from tests.lab.lab import Lab
from tests.lab.priced import amp, block, cab
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "the governor plans with the narrowest widths that fit",
    "pedal/governor/fit.py",
    "    steps = max((steps for steps, cost",
    "    steps = min((steps for steps, cost",
)
LIMIT_S = 3600.0
AMPS = tuple(amp(f"amp{k}", -9.0, stereo="twice") for k in range(1, 8))
BLOCKS = (amp("amp0", -9.0, on=True), *map(block, ("comp", "chorus")), *AMPS, cab("cab1"), cab("cab2"))
STAGE = Stage("pi-4", (*BLOCKS, *map(block, ("drive", "delay", "reverb", "phaser"))))


def scenario(lab: Lab) -> None:
    board = Board(lab, STAGE)
    grow_to_twice(board, lab)
    busy_feet(board, lab, lab.minutes)
    for name in STAGE.names:
        board.step(name, name in ("amp0", "chorus", "amp1", "amp2", "amp3", "cab1", "comp"))
    thermal_steps(board, lab, (1.2, 1.4, 1.2, 1.0))
