"""Micro-kernels of training: one tile of frames of one layer, forwards and back, held in registers.

Called by ``gradient_kernels`` only, in the training process. As in ``pedal.nam.a2_tiles`` frames lie in the lanes of
vectors, and all channels of a tile in registers: five to ten times faster than a general library's layers of so few
channels. Rows are ``(channels, stride)``; a layer's weights lie as ``network`` says::

    forward: gain C | bias C | out C in x C | out bias C | taps K x C in x C
    back:    out C x C in | taps K x C x C in
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from pedal.jit.vectors import TARGET, Emitter

_I64 = types.int64
LANES = TARGET.full.lanes
SLOPE = np.float32(0.01)


def _intrinsic(count: int, emit: Any) -> Any:
    """A numba function of one float32 array and ``count`` integers, from code that emits vectors."""

    @intrinsic
    def call(typing_context: Any, f32: Any, *numbers: Any) -> Any:
        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            e = Emitter(context, builder, LANES)
            values = [builder.extract_value(args[1], i) for i in range(count)]
            emit(e, e.memory(sig.args[0], args[0]), *values)
            return context.get_dummy_value()

        return types.void(f32, types.StarArgTuple(numbers)), codegen

    return call


def _slope(e: Emitter) -> Any:
    return ir.Constant(e.zero().type, [float(SLOPE)] * LANES)


def _forward(channels: int) -> Any:
    """One tile of a layer: activated into ``made`` and onto the head's sum, and the next layer's input."""

    def emit(
        e: Emitter,
        f32: Any,
        weights: Any,
        taps: Any,
        dilation: Any,
        source: Any,
        stride: Any,
        x: Any,
        made: Any,
        head: Any,
        target: Any,
    ) -> None:
        b = e.builder
        gain = e.at(f32, weights)
        bias, out = e.at(gain, channels), e.at(gain, 2 * channels)
        out_bias = e.at(out, channels * channels)
        guitar = e.load(e.at(f32, x), 1)[0]
        sums = [
            e.fma(guitar, mix, offset)
            for mix, offset in zip(e.broadcasts(gain, channels), e.broadcasts(bias, channels), strict=True)
        ]

        def tap(carried: list[Any]) -> list[Any]:
            column, tap_weights, *sums = carried
            row = column
            for i in range(channels):
                history = e.load(row, 1)[0]
                row = e.at(row, stride)
                for o, weight in enumerate(e.broadcasts(e.at(tap_weights, i * channels), channels)):
                    sums[o] = e.fma(history, weight, sums[o])
            return [e.at(column, dilation), e.at(tap_weights, channels * channels), *sums]

        oldest = e.at(f32, b.sub(source, b.mul(b.sub(taps, e.index(1)), dilation)))
        _, _, *sums = e.loop(taps, [oldest, e.at(out_bias, channels), *sums], tap)
        leak = _slope(e)
        active = [e.leaky(value, leak) for value in sums]
        results = []
        for o, offset in enumerate(e.broadcasts(out_bias, channels)):
            row = b.mul(stride, e.index(o))
            e.store([active[o]], e.at(e.at(f32, made), row))
            place = e.at(e.at(f32, head), row)
            e.store([e.add(e.load(place, 1)[0], active[o])], place)
            results.append(e.add(e.load(e.at(e.at(f32, source), row), 1)[0], offset))
        for i in range(channels):
            for o, weight in enumerate(e.broadcasts(e.at(out, i * channels), channels)):
                results[o] = e.fma(active[i], weight, results[o])
        for o in range(channels):
            e.store([results[o]], e.at(e.at(f32, target), b.mul(stride, e.index(o))))

    return _intrinsic(9, emit)


def _back(channels: int) -> Any:
    """One tile: what the next layer's input and the head want changed becomes, over ``made``, what the sums do."""

    def emit(e: Emitter, f32: Any, out: Any, stride: Any, head: Any, wanted: Any, made: Any) -> None:
        b = e.builder
        rows = [b.mul(stride, e.index(o)) for o in range(channels)]
        changes = [e.load(e.at(e.at(f32, head), row), 1)[0] for row in rows]
        for o in range(channels):
            change = e.load(e.at(e.at(f32, wanted), rows[o]), 1)[0]
            for i, weight in enumerate(e.broadcasts(e.at(e.at(f32, out), o * channels), channels)):
                changes[i] = e.fma(change, weight, changes[i])
        leak = _slope(e)
        for i, change in enumerate(changes):
            place = e.at(e.at(f32, made), rows[i])
            rising = b.fcmp_ordered(">", e.load(place, 1)[0], e.zero())
            e.store([b.select(rising, change, b.fmul(change, leak))], place)

    return _intrinsic(5, emit)


def _spread(channels: int) -> Any:
    """One tile: what the layer's input wants changed, added to what the next layer's input does (the residual)."""

    def emit(e: Emitter, f32: Any, weights: Any, taps: Any, dilation: Any, sums: Any, stride: Any, wanted: Any) -> None:
        b = e.builder
        places = [e.at(e.at(f32, wanted), b.mul(stride, e.index(i))) for i in range(channels)]

        def tap(carried: list[Any]) -> list[Any]:
            column, tap_weights, *results = carried
            for o in range(channels):
                change = e.load(e.at(e.at(f32, column), b.mul(stride, e.index(o))), 1)[0]
                for i, weight in enumerate(e.broadcasts(e.at(tap_weights, o * channels), channels)):
                    results[i] = e.fma(change, weight, results[i])
            return [b.sub(column, dilation), e.at(tap_weights, channels * channels), *results]

        newest = b.add(sums, b.mul(b.sub(taps, e.index(1)), dilation))
        first = [newest, e.at(f32, weights), *[e.load(place, 1)[0] for place in places]]
        _, _, *results = e.loop(taps, first, tap)
        for place, result in zip(places, results, strict=True):
            e.store([result], place)

    return _intrinsic(6, emit)


def _products(channels: int, inputs: int, taps: int) -> Any:
    """Adds ``rows of changes x rows of inputs``, at ``taps`` shifts, over ``tiles`` tiles to sums kept by lane."""

    def emit(
        e: Emitter, f32: Any, changes: Any, source: Any, dilation: Any, stride: Any, tiles: Any, kept: Any
    ) -> None:
        b = e.builder
        store = e.at(f32, kept)
        count = channels * inputs * taps
        outer = [b.mul(stride, e.index(row)) for row in range(max(channels, inputs))]

        def tile(carried: list[Any]) -> list[Any]:
            at, other, *sums = carried
            right = [(e.at(other, b.mul(dilation, e.index(k))), outer[i]) for k in range(taps) for i in range(inputs)]
            # The fewer are held, the others loaded one by one: with the sums they must fit the registers.
            if channels <= len(right):
                held = [e.load(e.at(at, outer[o]), 1)[0] for o in range(channels)]
                for place, (row, column) in enumerate(right):
                    value = e.load(e.at(row, column), 1)[0]
                    for o in range(channels):
                        sums[place * channels + o] = e.fma(held[o], value, sums[place * channels + o])
            else:
                held = [e.load(e.at(row, column), 1)[0] for row, column in right]
                for o in range(channels):
                    value = e.load(e.at(at, outer[o]), 1)[0]
                    for place, other_value in enumerate(held):
                        sums[place * channels + o] = e.fma(value, other_value, sums[place * channels + o])
            return [e.at(at, LANES), e.at(other, LANES), *sums]

        first = [e.at(f32, changes), e.at(f32, source), *e.load(store, count)]
        _, _, *sums = e.loop(tiles, first, tile)
        e.store(sums, store)

    return _intrinsic(6, emit)


full_forward, full_back, full_spread = _forward(8), _back(8), _spread(8)
lite_forward, lite_back, lite_spread = _forward(3), _back(3), _spread(3)
full_taps, full_pair = _products(8, 1, 3), _products(8, 2, 1)
lite_taps, lite_trio = _products(3, 3, 3), _products(3, 3, 1)
