"""What a rig costs on this machine: the builder's stopwatch.

Each row is timed alone on private memory, in the process that builds; an amp once per width. The
figure is the least of many blocks: other programs can only add to it. Thread CPU time, so that it
means the same on a busy machine. Called by the builder, never in real time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pedal import layout as at
from pedal.arena import Arena
from pedal.rig.chain import play_chain
from pedal.rig.compile import Part
from pedal.rig.place import place_rig, region_bytes

_BLOCKS = 24

#: By key: nanoseconds per frame of the row without its model, and of each width of its model.
Costs = dict[str, tuple[float, tuple[float, ...]]]


def measure_costs(parts: Sequence[Part], rate_hz: int, period_frames: int, known: Costs) -> Costs:
    """Costs of all parts; what is in ``known`` is not timed again."""
    costs: Costs = {}
    for part in parts:
        costs[part.key] = known[part.key] if part.key in known else _measure(part, rate_hz, period_frames)
    return costs


def _measure(part: Part, rate_hz: int, period_frames: int) -> tuple[float, tuple[float, ...]]:
    on = replace(part, block=replace(part.block, on=True), targets=(0.0, *part.targets[1:]))
    if part.amp is None:
        return _time_row(on, 0, rate_hz, period_frames), ()
    widths = range(len(part.amp.packed))
    return 0.0, tuple(_time_row(on, width, rate_hz, period_frames) for width in widths)


def _time_row(part: Part, width: int, rate_hz: int, period_frames: int) -> float:
    arena = Arena.allocate(at.HEAP_AT_BYTE + region_bytes(part))
    arena.i64[at.RATE_HZ] = rate_hz
    start = {part.block.id: width}
    place_rig(
        arena, 0, (part,), preset_name="", serial=1, rate_hz=rate_hz, live={}, in_use=(), start_widths=start
    )
    noise = 0.1 * np.random.default_rng(1).standard_normal(period_frames).astype(np.float32)
    best_ns = float("inf")
    for _ in range(_BLOCKS):
        arena.f32[at.BUS_F32 : at.BUS_F32 + period_frames] = noise
        begin_ns = time.thread_time_ns()
        play_chain(arena.f32, arena.f64, arena.i64, at.SLOTS, at.BUS_F32, period_frames)
        best_ns = min(best_ns, time.thread_time_ns() - begin_ns)
    return best_ns / period_frames
