"""``run_chain``: one period through a rig's rows. The block diagram, as code.

Called by the period thread (``period.py``), by the builder to warm a new rig, and offline. Reads
its table and its arenas, allocates nothing, waits for nothing. Each row is timed and guarded: a
block that produces a number that is not finite is silenced, reset and named within the period.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pedal.dsp.guard import is_broken_kernel
from pedal.dsp.ramp import ramp_begin_kernel, ramp_frames_kernel, ramp_next_kernel
from pedal.jit import entry, kernel
from pedal.jit.linked import linked_kernel
from pedal.jit.machine import CLOCK_MONOTONIC, clock_ns, flush_denormals, restore_float_mode, store_release
from pedal.layout import (
    BUS_STRIDE,
    CABS_OFF,
    CHANNELS,
    CLOCK_SCRATCH,
    DRY_LEFT,
    EDGE_ASKED,
    EDGE_LEFT,
    EDGE_PAST_FRAMES,
    EDGE_WORDS,
    EVENT_GUARD,
    F32,
    FADES_OUT,
    FRAME,
    GUARD_FRAME,
    GUARD_TRIPS,
    I64,
    KIND,
    KIND_AMP,
    KIND_CAB,
    MIX,
    OUT_EDGE_WORDS,
    PARAMS,
    PRICE,
    PRICE_WORDS,
    QUIET,
    QUIET_FRAMES,
    RATE,
    ROW_COST_F64,
    ROW_FIELDS,
    SERIAL,
    SIZE_COUNT,
    SIZE_PLAYING,
    SIZE_PRICES,
    SIZE_WANTED,
    SIZE_WAY,
    SIZED,
    SLOT_HEADER,
    SLOT_ROWS,
    SPREAD,
    SWITCHED,
    SWITCHED_CUT,
    SWITCHED_OWN,
    TAIL_GAIN,
    TAIL_GAIN_ONE,
    UNCLEAN,
)
from pedal.rig.clearing import may_wake_kernel
from pedal.rig.dispatch import play_kind, reset_kind
from pedal.rig.edges import row_bridge_kernel
from pedal.rig.events import push_event_kernel
from pedal.rig.spend import spend_kernel

#: Weight of the newest period in a row's mean cost.
COST_WEIGHT = 0.05
#: A tail below this (-120 dBFS) is over.
SILENT = 1e-6
#: One that is not wanted any more fades out in this time.
FADE_S = 0.03
TWO, THREE = np.float32(2.0), np.float32(3.0)


@kernel
def _play_block(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    price, sizes = row + PRICE, i64[row + SIZED]
    if sizes > 0:
        price = sizes + SIZE_PRICES + PRICE_WORDS * i64[sizes + SIZE_PLAYING]
    spend_kernel(i64, price, n)
    play_kind(i64[row + KIND], f32, f64, i64, row, bus, n)


@kernel
def _play_switched(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """A block that can be bypassed: it comes and goes on the bypass's ramp, and is skipped when nothing of it is heard.

    One that is cut is cross-faded with the dry sound. One with a tail is fed the faded part of the dry sound and
    the rest goes past it, so that it takes nothing new in and rings out; or, where there is no room for that, fades
    out, and is cleared before it plays again (``clearing.py``). What goes into it is bridged across an adoption
    (``edges.py``).
    """
    cells, left, quiet, switched = i64[row + F32], i64[row + I64], i64[row + QUIET], f32[i64[row + PARAMS]]
    wet = 1.0 if switched < 0.5 else 0.0
    if i64[row + KIND] == KIND_CAB and i64[CABS_OFF]:
        wet = 0.0
    sizes = i64[row + SIZED]
    if sizes > 0 and i64[quiet] >= i64[row + QUIET_FRAMES]:  # asleep it changes at once
        i64[sizes + SIZE_PLAYING] = min(max(i64[sizes + SIZE_WANTED], 0), i64[sizes + SIZE_COUNT] - 1)
        i64[sizes + SIZE_WAY] = 0
    cut, fade = i64[row + SWITCHED] == SWITCHED_CUT, int(FADE_S * i64[row + RATE])
    if i64[quiet] >= UNCLEAN and (wet == 0.0 or not may_wake_kernel(f32, f64, i64, row)):
        i64[i64[row + EDGE_WORDS] + EDGE_LEFT] = 0
        return
    if switched >= FADES_OUT and not cut and 0 <= i64[quiet] < i64[row + QUIET_FRAMES]:
        i64[quiet] = -fade
    fading = -i64[quiet] if i64[quiet] < 0 else 0
    if fading > 0:
        wet = 0.0
    moving = ramp_begin_kernel(f32, i64, cells, left, wet, ramp_frames_kernel(i64[row + RATE]))
    if not moving and f32[cells] > 0.5:
        i64[quiet] = 0
        row_bridge_kernel(f32, i64, row, bus, n)
        _play_block(f32, f64, i64, row, bus, n)
        return
    if not moving and i64[quiet] >= i64[row + QUIET_FRAMES]:
        i64[i64[row + EDGE_WORDS] + EDGE_LEFT] = 0  # who sleeps through a change wakes up to no memory of it
        return
    channels, dry = i64[row + CHANNELS], bus + DRY_LEFT * BUS_STRIDE
    if not moving and cut:
        reset_kind(i64[row + KIND], f32, f64, i64, row)
        i64[quiet] = i64[row + QUIET_FRAMES]
        return
    mix = bus + MIX * BUS_STRIDE
    for t in range(n):
        share = ramp_next_kernel(f32, i64, cells, left)
        f32[mix + t] = share * share * (THREE - TWO * share)  # no corner at either end
    for channel in range(channels):
        for t in range(n):
            at = channel * BUS_STRIDE + t
            x = f32[bus + at]
            f32[dry + at] = x * (f32.dtype.type(1.0) - f32[mix + t])
            if not cut:
                f32[bus + at] = x * f32[mix + t]
    row_bridge_kernel(f32, i64, row, bus, n)
    gain = f32.dtype.type(i64[row + TAIL_GAIN] / TAIL_GAIN_ONE if i64[row + TAIL_GAIN] > 0 else 1.0)
    _play_block(f32, f64, i64, row, bus, n)
    loudest = f32.dtype.type(0.0)
    for channel in range(channels):
        for t in range(n):
            at = channel * BUS_STRIDE + t
            y = f32[bus + at] * (f32[mix + t] if cut else gain)
            if fading > 0:
                heard = f32.dtype.type(max(0, fading - t - 1)) / f32.dtype.type(fade)
                y *= heard * heard * (THREE - TWO * heard)
            loudest = max(loudest, abs(y))
            f32[bus + at] = y + f32[dry + at]
    if fading > n:
        i64[quiet] = n - fading
    elif fading > 0:
        store_release(i64, quiet, UNCLEAN)
    else:
        i64[quiet] = 0 if moving or loudest > SILENT else i64[quiet] + n


@linked_kernel("void(float32[::1], float64[::1], int64[::1], int64, int64, int64)")
def play_row_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """One row, whatever its kind."""
    if i64[row + SPREAD]:
        for t in range(n):
            f32[bus + BUS_STRIDE + t] = f32[bus + t]
    if i64[row + KIND] == KIND_AMP:  # it spends what its model takes
        row_bridge_kernel(f32, i64, row, bus, n)
        play_kind(KIND_AMP, f32, f64, i64, row, bus, n)
    elif i64[row + SWITCHED] == SWITCHED_OWN:
        row_bridge_kernel(f32, i64, row, bus, n)
        _play_block(f32, f64, i64, row, bus, n)
    else:
        _play_switched(f32, f64, i64, row, bus, n)


@kernel
def _guard(f32: Any, f64: Any, i64: Any, row: int, index: int, bus: int, n: int) -> None:
    broken = False
    for channel in range(i64[row + CHANNELS]):
        broken |= is_broken_kernel(f32, bus + channel * BUS_STRIDE, n)
    if broken:
        for channel in range(2):
            for t in range(n):
                f32[bus + channel * BUS_STRIDE + t] = 0.0
        reset_kind(i64[row + KIND], f32, f64, i64, row)
        i64[GUARD_TRIPS] += 1
        if i64[FRAME] - i64[GUARD_FRAME] > EDGE_PAST_FRAMES:  # once: what broke before is no past to go on with
            i64[OUT_EDGE_WORDS + EDGE_LEFT] = EDGE_ASKED
        i64[GUARD_FRAME] = i64[FRAME]
        push_event_kernel(i64, EVENT_GUARD, i64[row + SERIAL], index, 0, 0, 0)


@linked_kernel("void(float32[::1], float64[::1], int64[::1], int64, int64, int64)")
def run_chain(f32: Any, f64: Any, i64: Any, slot: int, bus: int, n: int) -> None:
    """``n`` frames (1 to ``MAX_FRAMES``) of the bus's left and right rows through the rig at ``slot``.

    The guitar comes in on the left row (and the right, if the first row says two channels); both
    rows are filled on return.
    """
    before = clock_ns(i64, CLOCK_SCRATCH, CLOCK_MONOTONIC)
    channels = 1
    for index in range(i64[slot + SLOT_ROWS]):
        row = slot + SLOT_HEADER + index * ROW_FIELDS
        channels = i64[row + CHANNELS]
        play_row_kernel(f32, f64, i64, row, bus, n)
        _guard(f32, f64, i64, row, index, bus, n)
        now = clock_ns(i64, CLOCK_SCRATCH, CLOCK_MONOTONIC)
        f64[ROW_COST_F64 + index] += (now - before - f64[ROW_COST_F64 + index]) * COST_WEIGHT
        before = now
    if channels == 1:
        for t in range(n):
            f32[bus + BUS_STRIDE + t] = f32[bus + t]


@entry("void(float32[::1], float64[::1], int64[::1], int64, int64, int64)")
def play_chain(f32: Any, f64: Any, i64: Any, slot: int, bus: int, n: int) -> None:
    """``run_chain`` for callers in Python: the builder, the renderer, the tests."""
    mode = flush_denormals()
    run_chain(f32, f64, i64, slot, bus, n)
    restore_float_mode(mode)
