"""A pedal on the bench with a looper behind its presets."""

from __future__ import annotations

from typing import Any

import numpy as np

from pedal import layout as at
from pedal.arena import Arena
from pedal.dsp.looper import lend
from pedal.preset import Block, Preset
from tests.rig.bench import Bench, preset

LOOPER = Block("looper", "looper")


def with_looper(*blocks: Block, **implicit: Any) -> Preset:
    """A preset as the builder has it on a board with a looper."""
    return preset(*blocks, looper=LOOPER, **implicit)


def give_loops(bench: Bench, frames: int) -> None:
    """Room for two layers behind all the rest; once the rigs are placed."""
    small = bench.arena
    bench.arena = Arena.allocate(small.u8.size + 8 * frames)
    bench.arena.u8[: small.u8.size] = small.u8
    lend(bench.arena.i64, small.u8.size // 4, frames)


def ask(bench: Bench, verb: str) -> None:
    """As the panel does."""
    words = bench.arena.i64
    words[at.LOOP_ASKED] = (words[at.LOOP_ASKED] // at.LOOP_VERB_SPAN + 1) * at.LOOP_VERB_SPAN
    words[at.LOOP_ASKED] += at.LOOP_VERBS.index(verb)


def layers(bench: Bench) -> np.ndarray:
    """All that is stored, bit for bit."""
    start = int(bench.arena.i64[at.LOOP_MEMORY])
    return bench.arena.i64[start // 2 : start // 2 + int(bench.arena.i64[at.LOOP_CAPACITY])].copy()
