"""Edges: where a sound meets what comes after it, at the adoption of a rig and after any other break.

Called by ``adopt``, ``chain`` and ``takeover`` in the period thread. A rig is adopted between two frames, and only one
rig plays at a time: nothing of the old one is played on. So every row remembers the last frames that went into it, as
does the chain's end what left it; at a break the old sound is forecast from them (``forecast.py``) and cross-faded into
the new one within ``BRIDGE_S``. The chain's end alone would not do: a block that goes on behind one that does not would
take the break in, and a cabinet would ring with it, a delay repeat it. Into a tail goes the forecast alone, and fades.

In front of a looper that goes on there is always a bridge, and then none behind it, where nothing but the connection
stands, in every rig: a forecast of the chain's end would be heard in the loop, which goes on by itself.

Knobs of a block that goes on take their new values at the edge and at once, not before (that would be heard in the old
sound) and not on a ramp (that would be heard in the new one: with the output 10 dB too loud, say).

Why a forecast and not value and slope: a correction that starts as an offset adds its own height to the new sound's.
Between factory presets under a steady tone that was up to 4 dB louder than both, where the louder one should be all.
"""

from __future__ import annotations

from typing import Any

from pedal.dsp.ramp import RAMP_CELLS
from pedal.jit import kernel
from pedal.layout import (
    AMP_DRIVE,
    AMP_INPUT_GAIN,
    AMP_LEVEL,
    AMP_OUTPUT_GAIN,
    AMP_RAMP_COUNTS,
    BUS_F32,
    BUS_STRIDE,
    CHANNELS,
    EDGE,
    EDGE_ASKED,
    EDGE_CHANNELS,
    EDGE_FORECAST,
    EDGE_HEAD,
    EDGE_HIGHEST,
    EDGE_LEFT,
    EDGE_PAST_FRAMES,
    EDGE_REST,
    EDGE_STRIDE,
    EDGE_WORDS,
    F32,
    FORECAST_ORDER,
    GAINS,
    I64,
    KIND,
    KIND_AMP,
    KIND_LOOPER,
    NEW_COUNT,
    NEW_TARGETS,
    OUT_EDGE_F32,
    OUT_EDGE_WORDS,
    PARAMS,
    RATE,
    RATE_HZ,
    ROW_FIELDS,
    SCRATCH,
    SERIAL,
    SLOT_HEADER,
    SLOT_ROWS,
    SLOT_STRIDE,
    SLOTS,
    SWITCHED,
    SWITCHED_TAIL,
    TAIL_GAIN,
)
from pedal.rig.forecast import centre_kernel, fit_forecast_kernel, next_forecast_kernel
from pedal.rig.splice import fade_kernel

#: Length of a bridge, seconds.
BRIDGE_S = 0.005
#: Of a bridge's forecast (``fit_forecast_kernel``).
DAMPING, NOISE = 0.98, 1e-6


@kernel
def _snap(f32: Any, i64: Any, cells: int, left: int, value: float) -> bool:
    """A ramp arrives with its next frame, so that what follows from it is worked out again; False: it was there."""
    if f32[cells + 2] == f32.dtype.type(value):
        return False
    f32[cells] = f32[cells + 2] = value
    f32[cells + 1] = 0.0
    i64[left] = 1
    return True


@kernel
def _snap_amp(f32: Any, i64: Any, row: int) -> bool:
    state, counts, targets = i64[row + F32], i64[row + I64] + AMP_RAMP_COUNTS, i64[row + PARAMS]
    drive, level = f32[targets + 1] * f32[state + AMP_INPUT_GAIN], f32[targets + 2] * f32[state + AMP_OUTPUT_GAIN]
    moved = _snap(f32, i64, state + AMP_DRIVE, counts + 1, drive)
    return _snap(f32, i64, state + AMP_LEVEL, counts + 2, level) or moved


@kernel
def _take_targets(f32: Any, i64: Any, row: int) -> bool:
    """The row's new targets, if it has any; True if its sound is another for it.

    Switching is a matter of its own: an amp's and an echo's take their time.
    """
    count, new, targets = i64[row + NEW_COUNT], i64[row + NEW_TARGETS], i64[row + PARAMS]
    for cell in range(count):
        f32[targets + cell] = f32[new + cell]
    if count == 0:
        return False
    if i64[row + KIND] == KIND_AMP:
        return _snap_amp(f32, i64, row)
    moved = False
    if i64[row + SWITCHED] != SWITCHED_TAIL or i64[row + TAIL_GAIN] > 0:
        moved = _snap(f32, i64, i64[row + F32], i64[row + I64], 1.0 if f32[targets] < 0.5 else 0.0)
    for cell in range(1, count):
        moved |= _snap(f32, i64, i64[row + F32] + cell * RAMP_CELLS, i64[row + I64] + cell, f32[targets + cell])
    return moved


@kernel
def enter_kernel(f32: Any, f64: Any, i64: Any, before: int, wanted: int) -> None:
    """The rows of slot ``wanted`` come after those of slot ``before`` (-1: after nothing).

    What goes into a row is as it would have been if the same rows are in front of it, with the same knobs; the first
    row behind a change that goes on is bridged, and to those behind it nothing happened.
    """
    old, new = SLOTS + before * SLOT_STRIDE, SLOTS + wanted * SLOT_STRIDE
    old_rows = i64[old + SLOT_ROWS] if before >= 0 else 0
    broken, loops_on = False, False
    for index in range(i64[new + SLOT_ROWS]):
        row = new + SLOT_HEADER + index * ROW_FIELDS
        here = old + SLOT_HEADER + index * ROW_FIELDS
        if not loops_on:
            broken |= index >= old_rows or i64[here + SERIAL] != i64[row + SERIAL]
        i64[i64[row + EDGE_WORDS] + EDGE_LEFT] = 0
        if i64[row + TAIL_GAIN] > 0:  # the sound goes past it
            i64[i64[row + EDGE_WORDS] + EDGE_LEFT] = EDGE_ASKED
        elif i64[row + NEW_COUNT] > 0 and (broken or i64[row + KIND] == KIND_LOOPER):
            i64[i64[row + EDGE_WORDS] + EDGE_LEFT] = EDGE_ASKED
            broken = False
        loops_on |= i64[row + NEW_COUNT] > 0 and i64[row + KIND] == KIND_LOOPER
        broken |= _take_targets(f32, i64, row)
    if broken or not loops_on:
        i64[OUT_EDGE_WORDS + EDGE_LEFT] = EDGE_ASKED


@kernel
def _begin(f32: Any, edge: int, head: int, bus: int) -> None:
    """Learn how a channel went on of late, and begin to forecast it."""
    known, spare = bus + SCRATCH * BUS_STRIDE, bus + GAINS * BUS_STRIDE
    for t in range(EDGE_PAST_FRAMES):
        f32[known + t] = f32[edge + ((head + t) & (EDGE_PAST_FRAMES - 1))]
    rest = centre_kernel(f32, known, EDGE_PAST_FRAMES)
    f32[edge + EDGE_REST] = rest
    highest = f32.dtype.type(0.0)
    for t in range(EDGE_PAST_FRAMES):
        highest = max(highest, abs(f32[known + t]))
    f32[edge + EDGE_HIGHEST] = highest
    for k in range(FORECAST_ORDER):
        f32[edge + EDGE_FORECAST + FORECAST_ORDER + k] = f32[known + EDGE_PAST_FRAMES - 1 - k]
    fit_forecast_kernel(f32, known, spare, EDGE_PAST_FRAMES, edge + EDGE_FORECAST, DAMPING, NOISE)


@kernel
def bridge_kernel(f32: Any, i64: Any, edge: int, words: int, channels: int, frames: int, bus: int, n: int) -> None:
    """Bridge what is on the bus to what was there before, if a bridge is asked for or runs; and remember it.

    Args:
        f32: as ever, as is ``i64``.
        i64: see ``f32``.
        edge: f32 index of its cells.
        words: i64 index of its words.
        channels: 1 or 2.
        frames: of a whole bridge.
        bus: f32 index of the bus, whose rows for scratch are used.
        n: frames on the bus.
    """
    left, head = i64[words + EDGE_LEFT], i64[words + EDGE_HEAD]
    if channels == 2 and i64[words + EDGE_CHANNELS] == 1:
        for t in range(EDGE_PAST_FRAMES):
            f32[edge + EDGE_STRIDE + t] = f32[edge + t]
    i64[words + EDGE_CHANNELS] = channels
    for channel in range(channels):
        at, own = bus + channel * BUS_STRIDE, edge + channel * EDGE_STRIDE
        if left == EDGE_ASKED:
            _begin(f32, own, head, bus)
        more = frames if left == EDGE_ASKED else left
        for t in range(min(n, more)):
            highest = f32[own + EDGE_HIGHEST]
            old = min(max(next_forecast_kernel(f32, own + EDGE_FORECAST), -highest), highest) + f32[own + EDGE_REST]
            f32[at + t] += (old - f32[at + t]) * fade_kernel(frames - more + t + 1, frames)
        for t in range(max(0, n - EDGE_PAST_FRAMES), n):
            f32[own + ((head + t) & (EDGE_PAST_FRAMES - 1))] = f32[at + t]
    i64[words + EDGE_HEAD] = (head + n) & (EDGE_PAST_FRAMES - 1)
    i64[words + EDGE_LEFT] = max(0, (frames if left == EDGE_ASKED else left) - n)


@kernel
def row_bridge_kernel(f32: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """``bridge_kernel`` for what goes into a row."""
    frames = int(BRIDGE_S * i64[row + RATE])
    bridge_kernel(f32, i64, i64[row + EDGE], i64[row + EDGE_WORDS], i64[row + CHANNELS], frames, bus, n)


@kernel
def out_bridge_kernel(f32: Any, i64: Any, n: int) -> None:
    """``bridge_kernel`` for what leaves the chain."""
    bridge_kernel(f32, i64, OUT_EDGE_F32, OUT_EDGE_WORDS, 2, int(BRIDGE_S * i64[RATE_HZ]), BUS_F32, n)


@kernel
def forget_out_kernel(f32: Any, i64: Any) -> None:
    """Nothing left the chain before, and what leaves it now fades in."""
    for cell in range(2 * EDGE_STRIDE):
        f32[OUT_EDGE_F32 + cell] = 0.0
    i64[OUT_EDGE_WORDS + EDGE_LEFT] = EDGE_ASKED
