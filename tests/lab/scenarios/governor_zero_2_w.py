"""The governor of a virtual Zero 2 W: twice the budget in steps, busy feet (--minutes), heat: the widest that fit."""

from __future__ import annotations

from tests.lab.governing import Board, Stage, busy_feet, grow_to_twice, thermal_steps
from tests.lab.lab import Lab
from tests.lab.priced import amp, block, cab
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "a cabinet that is shortened stays so",
    "pedal/governor/fit.py",
    "    found = widest([impulse.costs for impulse in impulses], room + fewest) or (0,) * len(impulses)\n",
    "    found = (0,) * len(impulses)\n",
)
LIMIT_S = 3600.0
STAGE = Stage(
    "zero-2-w",
    (
        amp("amp1", -9.0, on=True),
        *(block(kind) for kind in ("comp", "boost", "eq", "tremolo")),
        amp("amp2", -9.0),
        cab("cab1"),
        *(block(kind) for kind in ("chorus", "delay", "reverb", "drive")),
        amp("amp3", -9.0),
        *(cab(f"cab{k}") for k in range(2, 4)),
    ),
)


def scenario(lab: Lab) -> None:
    board = Board(lab, STAGE)
    grow_to_twice(board, lab)
    busy_feet(board, lab, lab.minutes)
    for name in STAGE.names:
        board.step(name, name in ("amp1", "cab1", "comp"))
    thermal_steps(board, lab, (1.2, 1.4, 1.2, 1.0))
