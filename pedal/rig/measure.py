"""What a rig costs on this machine: the builder's stopwatch.

The whole rig plays on private memory at the pace of the pedal, a period and then a rest, once per
width of its amps. Without the rests the figures would be half of what the period thread meets: a
core that has slept wakes with cold caches and a slow clock. The figure is the median of some
periods. Called by the builder, never in real time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pedal import layout as at
from pedal.arena import Arena
from pedal.dsp.looper import lend
from pedal.prices import Prices
from pedal.rig.chain import COST_WEIGHT, play_chain
from pedal.rig.compile import Part
from pedal.rig.place import place_rig, region_bytes

_PERIODS = 16

#: By cost key: nanoseconds per frame of each size, narrowest first: an amp's widths, a cabinet's numbers of taps; any
#: other block has one.
Costs = dict[str, tuple[float, ...]]


def measure_costs(
    parts: Sequence[Part],
    rate_hz: int,
    period_frames: int,
    known: Costs,
    prices: Prices | None = None,
    slowdown_milli: int = 0,
) -> Costs:
    """Costs of all parts; nothing is timed if all are in ``known``.

    Where this machine stands for another, ``prices`` are that one's, and ``slowdown_milli`` is what they
    are multiplied by.
    """
    if all(part.cost_key in known for part in parts):
        return {part.cost_key: known[part.cost_key] for part in parts}
    sounding = [replace(part, block=replace(part.block, on=True), targets=(0.0, *part.targets[1:])) for part in parts]
    passes_of = (len(part.amp.packed) if part.amp else min(2, len(part.sizes)) for part in parts)
    widest = max((1, *passes_of))
    passes = [_time_rows(sounding, width, rate_hz, period_frames, prices, slowdown_milli) for width in range(widest)]
    costs: Costs = {}
    for row, part in enumerate(parts):
        if part.sizes:
            costs[part.cost_key] = _between(part.sizes, float(passes[0][row]), [float(p[row]) for p in passes[1:]])
        elif part.amp is None:
            costs[part.cost_key] = (float(np.min([costs_ns[row] for costs_ns in passes])),)
        else:
            costs[part.cost_key] = tuple(float(passes[width][row]) for width in range(len(part.amp.packed)))
    return costs


def _between(sizes: Sequence[int], fewest_ns: float, all_ns: Sequence[float]) -> tuple[float, ...]:
    """Costs of a cabinet's sizes: every tap costs the same, so the least of several measurements and two sizes do."""
    whole_ns = min(all_ns, default=fewest_ns)
    step_ns = max(0.0, whole_ns - fewest_ns) / max(1, sizes[-1] - sizes[0])
    return tuple(whole_ns - step_ns * (sizes[-1] - taps) for taps in sizes)


def _time_rows(
    parts: Sequence[Part], width: int, rate_hz: int, period_frames: int, prices: Prices | None, slowdown_milli: int
) -> NDArray[np.float64]:
    """Nanoseconds per frame of every row, its amps at ``width`` (or their widest, if narrower).

    Cabinets play the fewest taps beside the narrowest amps, and all of them beside others.
    """
    rigs_bytes = at.HEAP_AT_BYTE + sum(region_bytes(part) for part in parts)
    loop_frames = _PERIODS * period_frames if any(part.block.kind == "looper" for part in parts) else 0
    arena = Arena.allocate(rigs_bytes + 2 * 4 * loop_frames)
    arena.i64[at.RATE_HZ], arena.i64[at.SLOWDOWN_MILLI] = rate_hz, slowdown_milli
    widths = {part.block.id: min(width, len(part.amp.packed) - 1) for part in parts if part.amp}
    widths |= {part.block.id: 0 if width == 0 else len(part.sizes) - 1 for part in parts if part.sizes}
    place_rig(
        arena,
        0,
        parts,
        preset_name="",
        serial=1,
        rate_hz=rate_hz,
        live={},
        in_use=(),
        start_widths=widths,
        prices=prices,
    )
    if loop_frames:  # at its dearest, so that there is room for it whenever somebody presses
        lend(arena.i64, rigs_bytes // 4, loop_frames)
        arena.i64[at.LOOP_LENGTH], arena.i64[at.LOOP_STATE] = loop_frames, at.LOOP_OVERDUBBING
    noise = 0.1 * np.random.default_rng(1).standard_normal(period_frames).astype(np.float32)
    spent = arena.f64[at.ROW_COST_F64 : at.ROW_COST_F64 + len(parts)]
    seen = np.zeros((_PERIODS, len(parts)))
    for period in range(_PERIODS):
        time.sleep(period_frames / rate_hz)
        arena.f32[at.BUS_F32 : at.BUS_F32 + period_frames] = noise
        spent[:] = 0.0  # the mean's first step from zero is a known share of what was spent
        play_chain(arena.f32, arena.f64, arena.i64, at.SLOTS, at.BUS_F32, period_frames)
        seen[period] = spent / COST_WEIGHT
    result: NDArray[np.float64] = np.median(seen, axis=0) / period_frames
    return result
