"""Clean boost: one ramped gain. It clips nothing; what it drives does."""

from __future__ import annotations

from typing import Any

from pedal.dsp.block import State, plays, resets
from pedal.dsp.ramp import ramped_row_kernel
from pedal.params.boost import BOOST

GAIN = BOOST.index("gain_db")


def state(rate_hz: int, data_cells: int) -> State:
    """Nothing of its own."""
    return State()


@plays
def boost_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Multiply the bus by the gain."""
    ramped_row_kernel(f32, i64, row, GAIN, bus, n)


@resets
def reset_boost_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """It remembers nothing."""
