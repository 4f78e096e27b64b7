"""What every block's file has, and how its memory begins. Known by all blocks and by ``rig``.

The file of a block ``NAME`` is ``dsp/NAME.py`` and holds

* ``NAME_kernel`` under ``plays``: one period, the bus changed in place, in every channel of its row;
* ``reset_NAME_kernel`` under ``resets``: signal memory and whatever is derived from parameters, as after
  silence, with the ramps where they stand; called when it is placed, has broken, or has rung out;
* ``state(rate_hz, data_cells)``: how much memory of its own it needs.

Both kernels are linked by symbol (``rig/dispatch.py``): who edits one compiles that file and no other.

Memory begins alike in all: one ramp for each parameter, in the order of the table (cell ``i`` of the ramps in
``f32``, its count in ``i64``; ramp 0 is the cross-fade of the bypass: 1 plays), then in ``i64`` the count of silent
frames. The block's own cells follow, at ``own_f32`` and ``own_i64`` behind the row's ``F32`` and ``I64``; those in
``f64`` begin at its ``F64``.
"""

from __future__ import annotations

from dataclasses import dataclass

from pedal.dsp.ramp import RAMP_CELLS
from pedal.jit.linked import linked_kernel
from pedal.params.param import BlockKind

#: Decorators of a block's two kernels: (f32, f64, i64, row, bus, n) and (f32, f64, i64, row).
PLAYS = "void(float32[::1], float64[::1], int64[::1], int64, int64, int64)"
RESETS = "void(float32[::1], float64[::1], int64[::1], int64)"
plays = linked_kernel(PLAYS)
resets = linked_kernel(RESETS)


@dataclass(frozen=True, slots=True)
class State:
    """Elements of a block's own memory, per view.

    Attributes:
        f32, f64, i64: behind what all blocks have.
        quiet_frames: of a kind with a tail: when it has been below -120 dBFS for so long, there is nothing to come.
        meter: which of its own f32 cells ``pedal status`` shows (``BlockKind.meter`` says as what).
    """

    f32: int = 0
    f64: int = 0
    i64: int = 0
    quiet_frames: int = 0
    meter: int = 0


def own_f32(kind: BlockKind) -> int:
    """Where a block's own cells begin, behind the row's ``F32``."""
    return len(kind.params) * RAMP_CELLS


def quiet_i64(kind: BlockKind) -> int:
    """Where its count of silent frames lies, behind the row's ``I64``."""
    return len(kind.params)


def own_i64(kind: BlockKind) -> int:
    """Where a block's own words begin, behind the row's ``I64``."""
    return len(kind.params) + 1
