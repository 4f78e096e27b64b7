"""What a width change does to the sound, in numbers: exactness, edges, cost, time.

Pure arithmetic on takes from ``width_stage``, used by ``pedal demo --width`` and the tests. All of it is
said at the amp's output and against the takes of the widths alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pedal.offline.width_stage import Change, Floats, Take
from pedal.rig.splice import WARM_S, fade_kernel
from pedal.units import db_from_gain

#: After a change, so long may the sound be neither width.
SETTLE_S = 0.005
#: An edge's steps are held against those of the widths alone within this on either side.
STEP_REACH_S = 0.025
#: Steps below one of a 16-bit converter count as one: in digital silence the widths have none at all.
QUIET_STEP = 2.0**-15
#: Treble is what is above this; an edge's treble is its energy within ``TREBLE_REACH_S`` on either side.
TREBLE_HZ, TREBLE_REACH_S = 10_000.0, 0.005
#: Treble filter: how steep, and how far down below.
_TRANSITION_HZ, _STOP_DB = 1_500.0, 110.0
#: Periods after an edge in which a narrowing might cost more.
_COST_PERIODS = 8


@dataclass(frozen=True, slots=True)
class Edge:
    """One change as one could hear it.

    Attributes:
        change: which.
        step_ratio: its largest step between samples over the largest that either width alone has there.
        treble_db: its treble over the largest of both widths alone and an ideal cross-fade.
    """

    change: Change
    step_ratio: float
    treble_db: float


def pure_by_changes(take: Take, pures: Sequence[Floats]) -> Floats:
    """Each width's own take where the switched one plays it: what a width change should leave."""
    every = np.repeat(take.widths, take.period_frames)[: take.samples.size]
    return np.choose(every, pures).astype(np.float32)


def worst_error(take: Take, pures: Sequence[Floats]) -> float:
    """Largest deviation outside ``SETTLE_S`` after each change, as a share of the widths' peak."""
    error = np.abs(take.samples - pure_by_changes(take, pures))
    for change in take.changes:
        error[change.frame : change.frame + int(SETTLE_S * take.rate_hz)] = 0.0
    return float(error.max() / max(np.abs(pure).max() for pure in pures))


def cross_fade(old: Floats, new: Floats, frame: int, rate_hz: int) -> Floats:
    """From ``old`` to ``new`` at ``frame`` with the splice's own fade: needs both widths to play."""
    frames = int(WARM_S * rate_hz)
    fade = np.ones(old.size, np.float32)
    fade[frame:] = 0.0
    fade[frame : frame + frames] = [fade_kernel.py_func(k + 1, frames) for k in range(frames)][: old.size - frame]  # type: ignore[attr-defined]
    return new + fade * (old - new)


def judge_edges(take: Take, pures: Sequence[Floats]) -> list[Edge]:
    """Every change with enough sound around it."""
    rate_hz, edges = take.rate_hz, []
    reach, near = int(STEP_REACH_S * rate_hz), int(TREBLE_REACH_S * rate_hz)
    taps = treble_taps(rate_hz)
    for change in take.changes:
        start, stop = change.frame - reach, change.frame + reach
        if start < 0 or stop > take.samples.size:
            continue
        said, old, new = (y[start:stop] for y in (take.samples, pures[change.before], pures[change.after]))
        ideal = cross_fade(old, new, reach, rate_hz)
        step, old_step, new_step = (float(np.abs(np.diff(y)).max()) for y in (said, old, new))
        middle = slice(reach - near, reach + near)
        said_energy, *own = (
            float(np.sum(np.square(np.convolve(y, taps, "same")[middle]))) for y in (said, old, new, ideal)
        )
        treble_db = 10.0 * np.log10(max(said_energy, 1e-30) / max(*own, 1e-30))
        edges.append(Edge(change, step / max(old_step, new_step, QUIET_STEP), float(treble_db)))
    return edges


@cache
def treble_taps(rate_hz: int) -> NDArray[np.float64]:
    """A linear-phase high-pass above ``TREBLE_HZ`` (windowed sinc, Kaiser's window and formulas)."""
    count = int((_STOP_DB - 7.95) / (2.285 * 2.0 * np.pi * _TRANSITION_HZ / rate_hz)) | 1
    k = np.arange(count) - count // 2
    edge = TREBLE_HZ / rate_hz
    taps: NDArray[np.float64] = -2.0 * edge * np.sinc(2.0 * edge * k) * np.kaiser(count, 0.1102 * (_STOP_DB - 8.7))
    taps[count // 2] += 1.0
    return taps


def narrowing_costs(take: Take) -> list[float]:
    """CPU time of the first periods of a narrowing over a steady period before it: medians of all narrowings.

    Element 0 is the period in which the seat is taken over. Narrowings that another change follows within
    these periods are left out.
    """
    wide = [int(take.widths[period]) for period in range(take.widths.size)]
    firsts = [c.frame // take.period_frames for c in take.changes if c.after < c.before]
    firsts = [p for p in firsts if p >= _COST_PERIODS and len(set(wide[p : p + _COST_PERIODS])) == 1]
    firsts = [p for p in firsts if len(wide[p : p + _COST_PERIODS]) == _COST_PERIODS]
    if not firsts:
        return []
    before = [np.median(take.costs_ns[p - _COST_PERIODS : p]) for p in firsts]
    return [float(np.median([take.costs_ns[p + k] / b for p, b in zip(firsts, before, strict=True)])) for k in range(8)]


def waits_s(take: Take, *, wider: bool) -> NDArray[np.float64]:
    """From request to change, seconds, one way; the wait for the next period's edge is part of it."""
    waits = [c.frame - c.asked_frame for c in take.changes if (c.after > c.before) == wider]
    return np.asarray(waits, np.float64) / take.rate_hz


def summary(take: Take, pures: Sequence[Floats]) -> dict[str, Any]:
    """All of the above, ready for a report."""
    edges = judge_edges(take, pures)
    costs = narrowing_costs(take)
    treble = [edge.treble_db for edge in edges]
    return {
        "changes": len(take.changes),
        "cold_changes": sum(not change.warm for change in take.changes),
        "worst_error_of_peak": worst_error(take, pures),
        "worst_error_db": round(db_from_gain(worst_error(take, pures)), 1),
        "largest_step_ratio": round(max(edge.step_ratio for edge in edges), 4),
        "treble_99_percent_db": round(float(np.percentile(treble, 99)), 2),
        "treble_worst_db": round(max(treble), 2),
        "narrowing_cost_ratio": round(max(costs), 3) if costs else None,
        **{
            f"wait_{name}_s": _spread(waits_s(take, wider=wider))
            for name, wider in (("narrower", False), ("wider", True))
        },
    }


def _spread(values: NDArray[np.float64]) -> dict[str, float] | None:
    if not values.size:
        return None
    shares = {"median": 50, "p99": 99, "worst": 100}
    return {name: round(float(np.percentile(values, share)), 5) for name, share in shares.items()}
