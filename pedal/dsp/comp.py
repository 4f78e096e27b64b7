"""Compressor: feed-forward, in decibels, with a soft knee and a blend with the dry sound.

After D. Giannoulis, M. Massberg and J. Reiss, "Digital Dynamic Range Compressor Design - A Tutorial and
Analysis", J. Audio Eng. Soc. 60(6), 2012: the level in dB of the louder channel goes through the static curve
(their eq. 4), and what that takes away through the smooth decoupled peak detector (eq. 17), so that the release
begins from where the attack has come to. One gain for both channels: the picture does not move.
"""

from __future__ import annotations

import math
from typing import Any

from pedal.dsp.block import State, own_f32, plays, resets
from pedal.dsp.ramp import param_kernel, ramps_begin_kernel, ramps_next_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, GAINS, RATE
from pedal.params.comp import COMP

THRESHOLD, RATIO, KNEE = COMP.index("threshold_db"), COMP.index("ratio"), COMP.index("knee_db")
ATTACK, RELEASE = COMP.index("attack_s"), COMP.index("release_s")
MAKEUP, BLEND = COMP.index("makeup_db"), COMP.index("blend")
KNOBS = len(COMP.params) - 1
OWN_F32 = own_f32(COMP)
#: Own cells: reduction in dB as smoothed (the meter), and behind the release alone.
REDUCTION, RELEASING = 0, 1

#: Quieter than this is not measured: far below any threshold.
FLOOR = 1e-6
_DB = 20.0 / math.log(10.0)


def state(rate_hz: int, data_cells: int) -> State:
    """The detector's two cells."""
    return State(f32=2, meter=REDUCTION)


@kernel
def reduction_kernel(level_db: float, threshold_db: float, slope: float, knee_db: float) -> float:
    """What the static curve takes away at a level, dB (not negative); ``slope`` is 1 - 1 / ratio."""
    over = level_db - threshold_db
    if 2.0 * over <= -knee_db:
        return 0.0
    if 2.0 * over < knee_db:
        inside = over + 0.5 * knee_db
        return slope * inside * inside / (2.0 * knee_db)
    return slope * over


@plays
def comp_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Turn the bus down where it is loud."""
    memory, rate_hz, channels = i64[row + F32] + OWN_F32, i64[row + RATE], i64[row + CHANNELS]
    gains = bus + GAINS * BUS_STRIDE
    reduction, releasing = float(f32[memory + REDUCTION]), float(f32[memory + RELEASING])
    left = ramps_begin_kernel(f32, i64, row, KNOBS)
    stale = True
    threshold_db = slope = knee_db = attack = release = makeup = blend = quiet = 0.0
    for t in range(n):
        if left > 0:
            left = ramps_next_kernel(f32, i64, row, KNOBS)
            stale = True
        if stale:
            threshold_db, knee_db = float(param_kernel(f32, i64, row, THRESHOLD)), param_kernel(f32, i64, row, KNEE)
            slope = 1.0 - 1.0 / param_kernel(f32, i64, row, RATIO)
            attack = math.exp(-1.0 / (param_kernel(f32, i64, row, ATTACK) * rate_hz))
            release = math.exp(-1.0 / (param_kernel(f32, i64, row, RELEASE) * rate_hz))
            makeup, blend = param_kernel(f32, i64, row, MAKEUP), param_kernel(f32, i64, row, BLEND)
            quiet = max(FLOOR, math.exp((threshold_db - 0.5 * knee_db) / _DB))
            stale = False
        level = abs(f32[bus + t])
        if channels == 2:
            level = max(level, abs(f32[bus + BUS_STRIDE + t]))
        wanted = 0.0
        if level > quiet:
            wanted = reduction_kernel(math.log(level) * _DB, threshold_db, slope, knee_db)
        releasing = max(wanted, release * releasing + (1.0 - release) * wanted)
        reduction = attack * reduction + (1.0 - attack) * releasing
        f32[gains + t] = 1.0 + blend * (makeup * math.exp(-reduction / _DB) - 1.0)
    f32[memory + REDUCTION], f32[memory + RELEASING] = reduction, releasing
    for channel in range(channels):
        at = bus + channel * BUS_STRIDE
        for t in range(n):
            f32[at + t] *= f32[gains + t]


@resets
def reset_comp_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Nothing loud was heard."""
    f32[i64[row + F32] + OWN_F32 + REDUCTION] = 0.0
    f32[i64[row + F32] + OWN_F32 + RELEASING] = 0.0
