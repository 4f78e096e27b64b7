"""What each block of a preset costs on this machine: nanoseconds per frame, by size of the period.

Used by ``pedal bench``. The whole chain plays, one period after the other without rests, so caches are warm: the
pedal's own stopwatch (``rig/measure.py``), which rests between periods as a card does, finds more. Sizes take turns,
so that a machine that slows down does so for all, and every figure is a median.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pedal import layout as at
from pedal.library.loader import Loader
from pedal.nam import Model
from pedal.preset import Preset
from pedal.rig.chain import COST_WEIGHT, play_chain
from pedal.rig.offline import OfflineRig

#: Periods of each size in a turn, and turns.
PERIODS, TURNS = 40, 15
SIZES = (16, 32, 64, 128, 256)


@dataclass(frozen=True, slots=True)
class Bench:
    """Costs of a chain.

    Attributes:
        sizes: frames per period.
        rows: id, kind and nanoseconds per frame at each size, in the order of sound.
        amp: id of the dearest amp row at its widest, or empty.
    """

    preset_name: str
    rate_hz: int
    sizes: tuple[int, ...]
    rows: tuple[tuple[str, str, tuple[float, ...]], ...]
    amp: str

    @property
    def totals_ns(self) -> tuple[float, ...]:
        """Of the whole chain, per frame, at each size."""
        return tuple(sum(row[2][k] for row in self.rows) for k in range(len(self.sizes)))

    @property
    def amps_worth(self) -> tuple[float, ...]:
        """The whole chain over its dearest amp, at each size; empty without an amp."""
        amp_ns = next((costs_ns for row_id, _, costs_ns in self.rows if row_id == self.amp), ())
        return tuple(total / own for total, own in zip(self.totals_ns, amp_ns, strict=False))

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "preset": self.preset_name,
            "rate_hz": self.rate_hz,
            "sizes_frames": list(self.sizes),
            "blocks": [{"id": i, "kind": kind, "ns_per_frame": _rounded(costs)} for i, kind, costs in self.rows],
            "total_ns_per_frame": _rounded(self.totals_ns),
            "share_of_core": _rounded([total * self.rate_hz * 1e-9 for total in self.totals_ns], 4),
            "amp": self.amp,
            "total_over_amp": _rounded(self.amps_worth, 2),
        }


def bench_chain(preset: Preset, assets: Loader[Model], rate_hz: int, sizes: Sequence[int] = SIZES) -> Bench:
    """Play ``preset`` at every size in turn, amps at their widest.

    Raises:
        PedalError: it cannot be built.
    """
    rigs = [OfflineRig(preset, assets, rate_hz, size) for size in sizes]
    blocks = rigs[0].notes.blocks
    seen = np.zeros((len(sizes), TURNS * PERIODS, len(blocks)))
    for turn in range(TURNS):
        for index, rig in enumerate(rigs):
            seen[index, turn * PERIODS : (turn + 1) * PERIODS] = _turn(rig, turn)
    costs_ns = np.median(seen, axis=1) / np.array(sizes)[:, None]
    rows = tuple(
        (block.id, block.kind, tuple(float(cost) for cost in costs_ns[:, row])) for row, block in enumerate(blocks)
    )
    amps = [row for row, block in zip(rows, blocks, strict=True) if block.amp is not None]
    return Bench(preset.name, rate_hz, tuple(sizes), rows, max(amps, key=lambda row: row[2][-1])[0] if amps else "")


def format_bench(bench: Bench) -> str:
    """A table for a terminal: nanoseconds per frame."""
    lines = [f"{bench.preset_name}: nanoseconds per frame at {bench.rate_hz} Hz, medians, warm caches"]
    lines.append(f"{'block':24} {'kind':10}" + "".join(f"{size:>9}" for size in bench.sizes))
    for row_id, kind, costs_ns in bench.rows:
        lines.append(f"{row_id:24} {kind:10}" + "".join(f"{cost:9.1f}" for cost in costs_ns))
    lines.append(f"{'all':35}" + "".join(f"{total:9.1f}" for total in bench.totals_ns))
    if bench.amp:
        lines.append(f"{'times ' + bench.amp:35}" + "".join(f"{ratio:9.2f}" for ratio in bench.amps_worth))
    shares = (total * bench.rate_hz * 1e-9 for total in bench.totals_ns)
    lines.append(f"{'share of a core':35}" + "".join(f"{share:9.1%}" for share in shares))
    return "\n".join(lines)


def _turn(rig: OfflineRig, seed: int) -> NDArray[np.float64]:
    """Nanoseconds of every row in ``PERIODS`` periods."""
    arena, n = rig.arena, rig.period_frames
    noise = 0.1 * np.random.default_rng(seed).standard_normal(n).astype(np.float32)
    spent = arena.f64[at.ROW_COST_F64 : at.ROW_COST_F64 + len(rig.parts)]
    seen = np.zeros((PERIODS, len(rig.parts)))
    for period in range(PERIODS):
        arena.f32[at.BUS_F32 : at.BUS_F32 + n] = noise
        spent[:] = 0.0  # the mean's first step from zero is a known share of what was spent
        play_chain(arena.f32, arena.f64, arena.i64, at.SLOTS, at.BUS_F32, n)
        seen[period] = spent / COST_WEIGHT
    return seen


def _rounded(values: Sequence[float], digits: int = 1) -> list[float]:
    return [round(value, digits) for value in values]
