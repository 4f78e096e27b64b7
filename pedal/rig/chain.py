"""``run_chain``: one period through a rig's rows. The block diagram, as code.

Called by the period thread (``period.py``), by the builder to warm a new rig, and offline. Reads
its table and its arenas, allocates nothing, waits for nothing. Each row is timed and guarded: a
block that produces a number that is not finite is silenced, reset and named within the period.
"""

from __future__ import annotations

from typing import Any

from pedal.dsp.cab import cab_kernel
from pedal.dsp.dc import dc_kernel
from pedal.dsp.gate import gate_kernel
from pedal.dsp.guard import is_broken_kernel
from pedal.dsp.input import input_kernel
from pedal.dsp.output import output_kernel
from pedal.dsp.ramp import ramp_begin_kernel, ramp_frames_kernel, ramp_next_kernel
from pedal.dsp.tone import tone_kernel
from pedal.jit import entry, kernel
from pedal.jit.linked import linked_kernel
from pedal.jit.machine import CLOCK_MONOTONIC, clock_ns, flush_denormals, restore_float_mode
from pedal.layout import (
    BUS_STRIDE,
    CHANNELS,
    CLOCK_SCRATCH,
    DRY_LEFT,
    EVENT_GUARD,
    GUARD_TRIPS,
    KIND,
    KIND_AMP,
    KIND_CAB,
    KIND_DC,
    KIND_GATE,
    KIND_INPUT,
    KIND_OUTPUT,
    KIND_TONE,
    OUT_SPLICE_ASKED,
    PARAMS,
    PRICE,
    RATE,
    ROW_COST_F64,
    ROW_FIELDS,
    SERIAL,
    SLOT_HEADER,
    SLOT_ROWS,
    WET_CELLS,
    WET_COUNT,
)
from pedal.rig.amp import amp_kernel
from pedal.rig.events import push_event_kernel
from pedal.rig.reset import repair_row_kernel, reset_row_kernel
from pedal.rig.spend import spend_kernel

#: Weight of the newest period in a row's mean cost.
COST_WEIGHT = 0.05


@kernel
def _play_block(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int, sounding: bool) -> None:
    kind = i64[row + KIND]
    if sounding:
        spend_kernel(i64, row + PRICE, n)
    if kind == KIND_CAB:
        cab_kernel(f32, f64, i64, row, bus, n, sounding)
    elif not sounding:
        reset_row_kernel(f32, f64, i64, row)
    elif kind == KIND_GATE:
        gate_kernel(f32, f64, i64, row, bus, n)
    elif kind == KIND_TONE:
        tone_kernel(f32, f64, i64, row, bus, n)


@kernel
def _play_switched(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """A block that can be bypassed: cross-faded, and not computed while it is not heard."""
    cells, left = i64[row + WET_CELLS], i64[row + WET_COUNT]
    wet = 1.0 if f32[i64[row + PARAMS]] < 0.5 else 0.0
    moving = ramp_begin_kernel(f32, i64, cells, left, wet, ramp_frames_kernel(i64[row + RATE]))
    if not moving:
        _play_block(f32, f64, i64, row, bus, n, f32[cells] > 0.5)
        return
    channels, dry = i64[row + CHANNELS], bus + DRY_LEFT * BUS_STRIDE
    for channel in range(channels):
        for t in range(n):
            f32[dry + channel * BUS_STRIDE + t] = f32[bus + channel * BUS_STRIDE + t]
    _play_block(f32, f64, i64, row, bus, n, True)
    for t in range(n):
        mix = ramp_next_kernel(f32, i64, cells, left)
        for channel in range(channels):
            at = channel * BUS_STRIDE + t
            f32[bus + at] = f32[dry + at] + (f32[bus + at] - f32[dry + at]) * mix


@linked_kernel("void(float32[::1], float64[::1], int64[::1], int64, int64, int64)")
def play_row_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """One row, whatever its kind."""
    kind = i64[row + KIND]
    if kind in (KIND_INPUT, KIND_DC, KIND_OUTPUT):  # always heard
        spend_kernel(i64, row + PRICE, n)
    if kind == KIND_AMP:
        amp_kernel(f32, f64, i64, row, bus, n)
    elif kind == KIND_INPUT:
        input_kernel(f32, f64, i64, row, bus, n)
    elif kind == KIND_DC:
        dc_kernel(f32, f64, i64, row, bus, n)
    elif kind == KIND_OUTPUT:
        output_kernel(f32, f64, i64, row, bus, n)
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
        repair_row_kernel(f32, f64, i64, row)
        i64[GUARD_TRIPS] += 1
        i64[OUT_SPLICE_ASKED] = 1
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
