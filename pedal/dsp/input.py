"""Input trim, and the key that the gate listens to. First row of every chain."""

from __future__ import annotations

from typing import Any

from pedal.dsp.block import State, plays, resets
from pedal.dsp.ramp import ramped_row_kernel
from pedal.layout import BUS_STRIDE, KEY
from pedal.params.input import INPUT

TRIM = INPUT.index("trim_db")


def state(rate_hz: int, data_cells: int) -> State:
    """Nothing of its own."""
    return State()


@plays
def input_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Trim the bus in place and copy its left row to the key row."""
    ramped_row_kernel(f32, i64, row, TRIM, bus, n)
    key = bus + KEY * BUS_STRIDE
    for t in range(n):
        f32[key + t] = f32[bus + t]


@resets
def reset_input_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """It remembers nothing."""
