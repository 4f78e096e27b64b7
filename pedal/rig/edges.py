"""Edges: where a sound meets what comes after it, at the adoption of a rig and after any other break.

Called by ``adopt``, ``chain`` and ``takeover`` in the period thread. A rig is adopted between two frames, and only one
rig plays at a time: nothing of the old one is played on. So every row remembers the last 21 ms that went into it, as
does the chain's end what left it. At a break the old sound is continued and cross-faded into the new one: by
what followed, in that memory, after the moment that was most like the last one (as a lost packet is concealed in
telephony, ITU-T G.711 Appendix I; for a note that is a whole number of its periods ago, and nothing is ever louder
than what was heard). The chain's end alone would not do: a block that goes on behind one that does not would take
the break in, and a cabinet would ring with it, a delay repeat it. Into a tail goes the continuation alone, and fades.
What a block that goes on still holds of the old sound comes out at the new preset's level, which may be much louder:
so at the chain's end the old sound goes on alone until the inner fades are over, and only then fades.

In front of a looper that goes on there is always a bridge, and then none behind it, where nothing but the connection
stands, in every rig: a continuation of the chain's end would be heard in the loop, which goes on by itself.

Knobs of a block that goes on take their new values at the edge and at once, not before (that would be heard in the old
sound) and not on a ramp (that would be heard in the new one: with the output 10 dB too loud, say).

Tried and worse, with factory presets under a steady tone: value and slope of the last frame, fading, add their own
height to the new sound's (up to 4 dB louder than the louder preset, where the louder one should be all); a linear
prediction of 8 terms at 48 kHz does not hold a low note for a millisecond, which leaves a hole.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pedal.dsp.ramp import RAMP_CELLS
from pedal.jit import fast_kernel, kernel
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
    EDGE_HEAD,
    EDGE_LAG,
    EDGE_LEFT,
    EDGE_MISS,
    EDGE_MISS_SLOPE,
    EDGE_PAST_FRAMES,
    EDGE_SCRATCH_F32,
    EDGE_STRIDE,
    EDGE_WORDS,
    F32,
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
    SERIAL,
    SLOT_HEADER,
    SLOT_ROWS,
    SLOT_STRIDE,
    SLOTS,
    SWITCHED,
    SWITCHED_TAIL,
    TAIL_GAIN,
)
from pedal.rig.splice import fade_kernel

#: Length of a fade, seconds; at the chain's end the old sound goes on alone for as long before it. Up to 48 kHz: a
#: faster card has as many frames.
FADE_S, MOST_FADE_FRAMES = 0.005, 240
#: So many frames must be like the last ones, so long ago: no bridge then goes on beyond what is remembered.
ALIKE_FRAMES = 96
LEAST_LAG, MOST_LAG = 2 * MOST_FADE_FRAMES, EDGE_PAST_FRAMES - ALIKE_FRAMES
#: What is alike is not the same: the rest fades within this.
MISS_FRAMES = 24


@kernel
def _snap(f32: Any, i64: Any, cells: int, left: int, value: float) -> bool:
    """A ramp arrives with its next frame, so that what follows from it is worked out again; False: it was there."""
    if f32[cells] == f32.dtype.type(value) and f32[cells + 2] == f32[cells]:
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
    row behind a change that goes on is bridged, and to those behind it nothing happened. Where nothing is another, the
    adoption is not heard at all.
    """
    old, new = SLOTS + before * SLOT_STRIDE, SLOTS + wanted * SLOT_STRIDE
    old_rows = i64[old + SLOT_ROWS] if before >= 0 else 0
    broken, changed, loops_on = False, False, False
    for index in range(i64[new + SLOT_ROWS]):
        row = new + SLOT_HEADER + index * ROW_FIELDS
        here = old + SLOT_HEADER + index * ROW_FIELDS
        if not loops_on:
            broken |= index >= old_rows or i64[here + SERIAL] != i64[row + SERIAL]
        if i64[row + TAIL_GAIN] > 0:  # the sound goes past it
            i64[i64[row + EDGE_WORDS] + EDGE_LEFT] = EDGE_ASKED
        elif i64[row + NEW_COUNT] > 0 and (broken or i64[row + KIND] == KIND_LOOPER):
            i64[i64[row + EDGE_WORDS] + EDGE_LEFT] = EDGE_ASKED
            broken = False
        loops_on |= i64[row + NEW_COUNT] > 0 and i64[row + KIND] == KIND_LOOPER
        broken |= _take_targets(f32, i64, row)
        changed |= broken or i64[i64[row + EDGE_WORDS] + EDGE_LEFT] == EDGE_ASKED
    if broken or (changed and not loops_on):
        i64[OUT_EDGE_WORDS + EDGE_LEFT] = EDGE_ASKED


@fast_kernel
def _difference_kernel(f32: Any, one: Any, other: Any, n: Any) -> float:
    """Sum of the squares by which ``n`` frames differ."""
    total = f32.dtype.type(0.0)
    for t in range(n):
        d = f32[one + t] - f32[other + t]
        total += d * d
    return total


@kernel
def _lag_kernel(f32: Any, past: int) -> int:
    """How long ago the sound was most like the last ``ALIKE_FRAMES`` of the past at ``f32[past:]``, oldest first."""
    recent, best, lag = past + EDGE_PAST_FRAMES - ALIKE_FRAMES, 1e30, LEAST_LAG
    for ago in range(LEAST_LAG, MOST_LAG + 1):
        # Unsigned, or every index would be looked at for counting from the end.
        miss = _difference_kernel(f32, np.uint64(recent), np.uint64(recent - ago), np.uint64(ALIKE_FRAMES))
        if miss < best:
            best, lag = miss, ago
    return lag


@kernel
def _begin(f32: Any, i64: Any, edge: int, words: int, channels: int) -> None:
    """Find where the past goes on as it would have gone on now, and by how much that misses the last frames."""
    head, mask, known = i64[words + EDGE_HEAD], EDGE_PAST_FRAMES - 1, EDGE_SCRATCH_F32
    for t in range(EDGE_PAST_FRAMES):
        f32[known + t] = f32[edge + ((head + t) & mask)]
        if channels == 2:
            f32[known + t] += f32[edge + EDGE_STRIDE + ((head + t) & mask)]
    lag = _lag_kernel(f32, known)
    i64[words + EDGE_LAG] = lag
    for channel in range(channels):
        own = edge + channel * EDGE_STRIDE
        last, before = f32[own + ((head - 1) & mask)], f32[own + ((head - 2) & mask)]
        then, earlier = f32[own + ((head - lag - 1) & mask)], f32[own + ((head - lag - 2) & mask)]
        f32[own + EDGE_MISS] = last - then
        f32[own + EDGE_MISS_SLOPE] = (last - before) - (then - earlier)


@kernel
def bridge_kernel(
    f32: Any, i64: Any, edge: int, words: int, channels: int, rate_hz: int, hold: bool, bus: int, n: int
) -> None:
    """Bridge what is on the bus to what was there before, if a bridge is asked for or runs; and remember it.

    Args:
        f32: as ever, as is ``i64``.
        i64: see ``f32``.
        edge: f32 index of its cells.
        words: i64 index of its words.
        channels: 1 or 2.
        rate_hz: of the card.
        hold: the old sound goes on alone for the length of a fade before it.
        bus: f32 index of the bus.
        n: frames on the bus.
    """
    head, mask = i64[words + EDGE_HEAD], EDGE_PAST_FRAMES - 1
    fade = min(int(FADE_S * rate_hz), MOST_FADE_FRAMES)
    frames = 2 * fade if hold else fade
    if channels == 2 and i64[words + EDGE_CHANNELS] == 1:
        for t in range(EDGE_PAST_FRAMES):
            f32[edge + EDGE_STRIDE + t] = f32[edge + t]
    i64[words + EDGE_CHANNELS] = channels
    if i64[words + EDGE_LEFT] == EDGE_ASKED:
        _begin(f32, i64, edge, words, channels)
        i64[words + EDGE_LEFT] = frames
    left, lag = i64[words + EDGE_LEFT], i64[words + EDGE_LAG]
    for channel in range(channels):
        at, own = bus + channel * BUS_STRIDE, edge + channel * EDGE_STRIDE
        for t in range(min(n, left)):
            frame = frames - left + t + 1
            old = f32[own + ((head - lag + t) & mask)]
            if frame < MISS_FRAMES:
                near = 1.0 - frame / MISS_FRAMES
                old += (f32[own + EDGE_MISS] + f32[own + EDGE_MISS_SLOPE] * frame) * near * near * near
            f32[at + t] += (old - f32[at + t]) * fade_kernel(max(0, frame - frames + fade), fade)
        for t in range(n):
            f32[own + ((head + t) & mask)] = f32[at + t]
    i64[words + EDGE_HEAD] = (head + n) & mask
    i64[words + EDGE_LEFT] = max(0, left - n)


@kernel
def row_bridge_kernel(f32: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """``bridge_kernel`` for what goes into a row; in front of a looper as at the chain's end."""
    hold = i64[row + KIND] == KIND_LOOPER
    bridge_kernel(f32, i64, i64[row + EDGE], i64[row + EDGE_WORDS], i64[row + CHANNELS], i64[row + RATE], hold, bus, n)


@kernel
def out_bridge_kernel(f32: Any, i64: Any, n: int) -> None:
    """``bridge_kernel`` for what leaves the chain."""
    bridge_kernel(f32, i64, OUT_EDGE_F32, OUT_EDGE_WORDS, 2, i64[RATE_HZ], True, BUS_F32, n)


@kernel
def forget_out_kernel(f32: Any, i64: Any) -> None:
    """Nothing left the chain before, and what leaves it now fades in."""
    for cell in range(2 * EDGE_STRIDE):
        f32[OUT_EDGE_F32 + cell] = 0.0
    i64[OUT_EDGE_WORDS + EDGE_LEFT] = EDGE_ASKED
