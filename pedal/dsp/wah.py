"""Wah: a resonant band-pass that sweeps, under a foot or with the guitar's own loudness.

The filter is the trapezoidal state-variable filter (V. Zavalishin, "The Art of VA Filter Design", rev. 2.1.2, 2018,
sections 3.10 and 4; solved without a loop as in A. Simper, "Solving the continuous SVF equations using trapezoidal
integration and equivalent currents", 2013). Its memory is what the capacitors hold, so it may be swept in every frame
and neither clicks nor grows. The sweep is even in octaves. As in the old circuits, where one resistor damps a coil at
every place of the pedal, the peak is sharper at the heel (R. G. Keen, "The Technology of Wah Pedals", 1999). Its gain
goes with the root of its sharpness: music has about equal power in equal parts of an octave, so it is as loud
everywhere.

In touch mode the follower hears what comes in and not what the filter makes of it, so its own peak cannot open it
further. It jumps up with a peak and falls slowly; between two peaks of a low string it loses 3 %. What moves the sweep,
foot or follower, goes through the same two smoothings, which take what is left of that and the steps of a foot's
converter.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pedal.dsp.block import State, own_f32, own_i64, plays, resets
from pedal.dsp.control import (
    SEGMENT_CELLS,
    SLOPE,
    START,
    STEP_FRAMES,
    aim_kernel,
    settle_kernel,
    step_ramps_kernel,
)
from pedal.dsp.ramp import param_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, F64, I64, RATE
from pedal.params.wah import WAH

MODE, POSITION, SENSITIVITY = WAH.index("mode"), WAH.index("position"), WAH.index("sensitivity_db")
RESONANCE, MIX = WAH.index("resonance"), WAH.index("mix")
PARAMS_COUNT = len(WAH.params) - 1

HEEL_HZ, TOE_HZ = 350.0, 2200.0
#: Sharpness at the toe, without any and with all resonance; it falls with this power of the frequency.
LEAST_Q, MOST_Q, Q_FALL = 1.2, 4.0, 0.5
#: Gain at the peak of a filter of Q 1.
LEVEL = 1.5
RELEASE_S, SMOOTH_S = 0.2, 0.006

DRY, WET, CORNER, DAMPING = range(4)
SEGMENTS = 4
OWN_F32, OWN_I64 = own_f32(WAH), own_i64(WAH)
#: Behind the segments: the follower and the two smoothings.
ENVELOPE = OWN_F32 + SEGMENTS * SEGMENT_CELLS
HALFWAY, PLACE = ENVELOPE + 1, ENVELOPE + 2
#: Two integrators for each side; in single precision a sharp peak at the heel hissed 99 dB below the sound.
STATES = 2


def state(rate_hz: int, data_cells: int) -> State:
    """Segments, follower, smoothings; integrators; the count of frames."""
    return State(f32=SEGMENTS * SEGMENT_CELLS + 3, f64=2 * STATES, i64=1)


@kernel
def _wanted_place(f32: Any, i64: Any, row: int) -> float:
    """Where the sweep should be, 0 (heel) to 1 (toe)."""
    position = float(param_kernel(f32, i64, row, POSITION))
    push = param_kernel(f32, i64, row, SENSITIVITY) * f32[i64[row + F32] + ENVELOPE]
    return position + param_kernel(f32, i64, row, MODE) * (1.0 - position) * push / (1.0 + push)


@kernel
def _aim_all(f32: Any, i64: Any, row: int) -> None:
    segments, mix = i64[row + F32] + OWN_F32, float(param_kernel(f32, i64, row, MIX))
    octaves = f32[i64[row + F32] + PLACE] * math.log(TOE_HZ / HEEL_HZ)
    sharpness = LEAST_Q * (MOST_Q / LEAST_Q) ** param_kernel(f32, i64, row, RESONANCE)
    damping = math.exp(Q_FALL * (octaves - math.log(TOE_HZ / HEEL_HZ))) / sharpness
    aim_kernel(f32, segments + DRY * SEGMENT_CELLS, 1.0 - mix)
    aim_kernel(f32, segments + WET * SEGMENT_CELLS, mix * LEVEL * math.sqrt(damping))
    corner_hz = HEEL_HZ * math.exp(octaves)
    aim_kernel(f32, segments + CORNER * SEGMENT_CELLS, math.tan(math.pi * corner_hz / i64[row + RATE]))
    aim_kernel(f32, segments + DAMPING * SEGMENT_CELLS, damping)


@kernel
def _follow(f32: Any, i64: Any, row: int, at: int, n: int) -> None:
    """The louder channel's envelope over ``n`` frames: one for both, so that the picture does not move."""
    falling = np.float32(math.exp(-1.0 / (RELEASE_S * i64[row + RATE])))
    envelope = f32[i64[row + F32] + ENVELOPE]
    for t in range(n):
        peak, envelope = abs(f32[at + t]), envelope * falling
        if i64[row + CHANNELS] == 2:
            peak = max(peak, abs(f32[at + BUS_STRIDE + t]))
        envelope = envelope if envelope > peak else peak
    f32[i64[row + F32] + ENVELOPE] = envelope


@kernel
def _play(f32: Any, f64: Any, segments: int, past: int, at: int, k: int, n: int) -> None:
    """``n`` frames of one side in place."""
    dry, wet = segments, segments + WET * SEGMENT_CELLS
    corner, damping = segments + CORNER * SEGMENT_CELLS, segments + DAMPING * SEGMENT_CELLS
    dry_start, dry_slope, wet_start, wet_slope = f32[dry + START], f32[dry + SLOPE], f32[wet + START], f32[wet + SLOPE]
    corner_start, corner_slope = f32[corner + START], f32[corner + SLOPE]
    damping_start, damping_slope = f32[damping + START], f32[damping + SLOPE]
    first, second = f64[past], f64[past + 1]
    for t in range(n):
        frame, x = np.float32(k + t), f32[at + t]
        g, damping = float(corner_start + corner_slope * frame), damping_start + damping_slope * frame
        band = (first + g * (x - second)) / (1.0 + g * (g + damping))
        low = second + g * band
        first, second = 2.0 * band - first, 2.0 * low - second
        f32[at + t] = (dry_start + dry_slope * frame) * x + (wet_start + wet_slope * frame) * band
    f64[past], f64[past + 1] = first, second


@plays
def wah_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Sweep the peak through the bus."""
    state, words, done = i64[row + F32], i64[row + I64] + OWN_I64, 0
    smooth = 1.0 - math.exp(-STEP_FRAMES / (SMOOTH_S * i64[row + RATE]))
    while done < n:
        k = i64[words]
        if k == 0:
            step_ramps_kernel(f32, i64, row, PARAMS_COUNT)
            f32[state + HALFWAY] += (_wanted_place(f32, i64, row) - f32[state + HALFWAY]) * smooth
            f32[state + PLACE] += (f32[state + HALFWAY] - f32[state + PLACE]) * smooth
            _aim_all(f32, i64, row)
        m = min(n - done, STEP_FRAMES - k)
        _follow(f32, i64, row, bus + done, m)
        for channel in range(i64[row + CHANNELS]):
            past, at = i64[row + F64] + channel * STATES, bus + channel * BUS_STRIDE + done
            _play(f32, f64, state + OWN_F32, past, at, k, m)
        i64[words] = (k + m) % STEP_FRAMES
        done += m


@resets
def reset_wah_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Silence was heard; the sweep stands where the pedal is."""
    state = i64[row + F32]
    for k in range(2 * STATES):
        f64[i64[row + F64] + k] = 0.0
    f32[state + ENVELOPE] = 0.0
    f32[state + HALFWAY] = f32[state + PLACE] = _wanted_place(f32, i64, row)
    i64[i64[row + I64] + OWN_I64] = 0
    _aim_all(f32, i64, row)
    settle_kernel(f32, state + OWN_F32, SEGMENTS)
