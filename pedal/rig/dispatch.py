"""From a row's kind to its kernels, and from a kind's name to its file.

Called by the chain and whoever resets a row, and by the compiler for a block's needs. The modules are found by
name and their kernels called by symbol, so that nothing here is compiled again when a block changes: a new kind
is a line in ``params/numbers.py``, its table in ``params/`` and its file in ``dsp/``.
"""

from __future__ import annotations

import importlib
from typing import Protocol, cast

from pedal.dsp.block import PLAYS, RESETS, State
from pedal.jit.linked import linked_switch
from pedal.params.numbers import KIND_NUMBERS


class BlockModule(Protocol):
    """What a block's file has for the compiler (its kernels: ``dsp/block.py``)."""

    def state(self, rate_hz: int, data_cells: int) -> State:
        """Its own memory at a sample rate and with so many cells of data."""


def _path(kind: str) -> str:
    return f"pedal.rig.{kind}" if kind == "amp" else f"pedal.dsp.{kind}"


MODULES: dict[str, BlockModule] = {
    kind: cast(BlockModule, importlib.import_module(_path(kind))) for kind in KIND_NUMBERS
}

#: (number, f32, f64, i64, row, bus, n)
play_kind = linked_switch(PLAYS, {number: f"{_path(kind)}.{kind}_kernel" for kind, number in KIND_NUMBERS.items()})
#: (number, f32, f64, i64, row)
reset_kind = linked_switch(
    RESETS, {number: f"{_path(kind)}.reset_{kind}_kernel" for kind, number in KIND_NUMBERS.items()}
)
