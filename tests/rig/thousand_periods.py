"""Plays a thousand chains and periods from compiled code, prints how far numba's allocation counters moved.

Run by ``test_allocation`` in a process of its own: the counters exist only if ``NUMBA_NRT_STATS=1`` at start.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numba import types
from numba.core.runtime import rtsys

from pedal import layout as at
from pedal.jit import entry
from pedal.params import KINDS
from pedal.preset import Block
from pedal.rig.chain import run_chain
from pedal.rig.period import play_period_kernel
from pedal.rig.understudy import understudy_round_kernel
from tests.rig.bench import Bench, guitar
from tests.rig.loops import give_loops, with_looper

VIEWS = (types.float32[::1], types.float64[::1], types.int64[::1])
BYTES = (types.Array(types.uint8, 1, "C", readonly=True), types.uint8[::1])


@entry(types.void(*VIEWS))
def thousand_chains(f32: Any, f64: Any, i64: Any) -> None:
    for _ in range(1000):
        run_chain(f32, f64, i64, at.SLOTS, at.BUS_F32, 64)


@entry(types.void(*VIEWS, *BYTES, types.int64, types.int64))
def thousand_periods(f32: Any, f64: Any, i64: Any, captured: Any, played: Any, sizes: int, echo: int) -> None:
    for k in range(1000):
        play_period_kernel(f32, f64, i64, captured, played, 64)
        understudy_round_kernel(f32, f64, i64)
        i64[at.BYPASSED] = (k // 50) % 2
        i64[at.WANTED_SLOT] = (k // 100) % 2
        i64[sizes + at.SIZE_WANTED] = (k // 20) % 2  # fewer taps, and all again
        f32[echo] = (k // 60) % 2 * at.FADES_OUT
        i64[at.LOOP_ASKED] = (k // 80 + 1) * at.LOOP_VERB_SPAN  # press: record, play, overdub, play, ...


def main() -> None:
    amp = Block("amp", "amp", "starter")
    others = [Block(kind.name, kind.name) for kind in KINDS.values() if not (kind.implicit or kind.asset)]
    cab = Block("cab", "cab", "1000", {"mix": 0.3})
    bench = Bench(with_looper(*others[:7], amp, *others[7:], cab), with_looper(amp))
    give_loops(bench, 48_000)
    bench.adopt(0)
    bench.play(guitar(64))
    views = bench.arena.f32, bench.arena.f64, bench.arena.i64
    captured = np.frombuffer(np.arange(64, dtype="<i4").tobytes(), np.uint8)
    played = np.zeros(512, np.uint8)
    impulse = bench.block("cab").impulse
    assert impulse is not None
    places = impulse.sizes_idx, bench.block("delay").params_idx
    moved = {}
    for name, call in {
        "nothing": lambda: None,
        "run_chain": lambda: thousand_chains(*views),
        "play_period": lambda: thousand_periods(*views, captured, played, *places),
    }.items():
        before = rtsys.get_allocation_stats()
        call()
        after = rtsys.get_allocation_stats()
        moved[name] = [after.alloc - before.alloc, after.mi_alloc - before.mi_alloc]
    moved["looper"] = [int(bench.arena.i64[at.LOOP_STATE]), int(bench.arena.i64[at.LOOP_LENGTH])]
    moved["periods"] = [int(bench.arena.i64[at.PERIOD_COUNT])]
    print(json.dumps(moved))


if __name__ == "__main__":
    main()
