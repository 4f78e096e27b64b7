"""Micro-kernels of A2: one tile of one layer, and of the head, held in registers throughout.

Called by ``a2_kernels`` only. A tile is all C channels by ``Tile.frames`` frames. The tap loop runs over
run-time kernel sizes and dilations, so that one piece of code serves every layer; channels
are unrolled. A layer goes from its ring to the next layer's ring without touching scratch:
convolution, mixin, activation, head sum, 1x1 and residual.

A layer's weights, rows padded to ``vectors.GROUP`` (``Cw``)::

    bias Cw | gain Cw | slope 4 | out C x Cw (input-major) | out bias Cw | taps K x C x Cw

``gain`` is the mixin; in the first layer it is the rechannel, see there.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from numba import types
from numba.extending import intrinsic

from pedal.jit.vectors import GROUP, TARGET, Emitter, Tile, padded

_I64 = types.int64


class Role(Enum):
    """Where in the array a layer stands.

    The FIRST layer's input is the rechannelled guitar: rank one. Its convolution collapses to K taps
    over the guitar itself (mixin merged in), its residual to a gain; it starts the head sum.
    The LAST layer's 1x1 leads nowhere and is left out.
    """

    FIRST = 0
    MIDDLE = 1
    LAST = 2


def layer_tile(channels: int, tile: Tile, role: Role) -> Any:
    """Make the micro-kernel of a layer; call this at module level only, or caching fails."""

    @intrinsic
    def layer(
        typing_context: Any,
        f32: Any,
        weights: Any,
        taps: Any,
        dilation: Any,
        ring: Any,
        stride: Any,
        frames: Any,
        position: Any,
        target: Any,
        target_stride: Any,
        head: Any,
        head_stride: Any,
        x: Any,
    ) -> Any:
        """One tile. All arguments but sizes are element indices.

        ``ring`` (``frames`` columns, rows ``stride`` apart) is read at ``position`` and before;
        ``target``, ``head`` and ``x`` are the tile's first column in the next ring, the head and the guitar.
        """
        signature = types.void(f32, *[_I64] * 12)

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            e = Emitter(context, builder, tile.lanes)
            _emit_layer(e, channels, tile, role, e.memory(sig.args[0], args[0]), *args[1:])
            return context.get_dummy_value()

        return signature, codegen

    return layer


def _emit_layer(
    e: Emitter,
    channels: int,
    tile: Tile,
    role: Role,
    memory: Any,
    weights: Any,
    taps: Any,
    dilation: Any,
    ring: Any,
    stride: Any,
    frames: Any,
    position: Any,
    target: Any,
    target_stride: Any,
    head: Any,
    head_stride: Any,
    x: Any,
) -> None:
    b, wide = e.builder, padded(channels)
    inputs = 1 if role is Role.FIRST else channels
    bias = e.at(memory, weights)
    gain, slope, out = e.at(bias, wide), e.at(bias, 2 * wide), e.at(bias, 2 * wide + GROUP)
    out_bias = e.at(out, channels * wide)
    first_tap = e.at(out_bias, wide)
    ring_start = e.at(memory, ring)

    # Bias and mixin; channel o, vector v is sums[o * vectors + v].
    sums = [value for value in e.broadcasts(bias, channels) for _ in range(tile.vectors)]
    if role is not Role.FIRST:
        guitar = e.load(e.at(memory, x), tile.vectors)
        mixin = e.broadcasts(gain, channels)
        sums = [e.fma(guitar[i % tile.vectors], mixin[i // tile.vectors], value) for i, value in enumerate(sums)]

    def tap(carried: list[Any]) -> list[Any]:
        column, tap_weights, *sums = carried
        row = e.at(ring_start, column)
        for i in range(inputs):
            history = e.load(row, tile.vectors)
            for o, weight in enumerate(e.broadcasts(e.at(tap_weights, i * wide), channels)):
                for v in range(tile.vectors):
                    at = o * tile.vectors + v
                    sums[at] = e.fma(history[v], weight, sums[at])
            if i + 1 < inputs:
                row = e.at(row, stride)
        return [e.wrap(b.add(column, dilation), frames), e.at(tap_weights, inputs * wide), *sums]

    reach = b.mul(b.sub(taps, e.index(1)), dilation)
    oldest = e.unwrap(b.sub(position, reach), frames)
    _, _, *sums = e.loop(taps, [oldest, first_tap, *sums], tap)

    leak = e.broadcast(slope)
    active = [e.leaky(value, leak) for value in sums]

    row = e.at(memory, head)
    for o in range(channels):
        values = active[o * tile.vectors : (o + 1) * tile.vectors]
        if role is not Role.FIRST:
            values = [e.add(old, new) for old, new in zip(e.load(row, tile.vectors), values, strict=True)]
        e.store(values, row)
        row = e.at(row, head_stride)

    if role is Role.LAST:
        return
    share = channels // tile.passes
    source, sink = e.at(ring_start, position), e.at(memory, target)
    for start in range(0, channels, share):
        results = []
        rechannel = e.broadcasts(e.at(gain, start), share) if role is Role.FIRST else []
        for o, value in enumerate(e.broadcasts(e.at(out_bias, start), share)):
            stream = e.load(source, tile.vectors)
            if role is Role.FIRST:
                results += [e.fma(old, rechannel[o], value) for old in stream]
            else:
                results += [e.add(old, value) for old in stream]
                source = e.at(source, stride)
        for i in range(channels):
            for o, weight in enumerate(e.broadcasts(e.at(out, i * wide + start), share)):
                for v in range(tile.vectors):
                    at = o * tile.vectors + v
                    results[at] = e.fma(active[i * tile.vectors + v], weight, results[at])
        for o in range(share):
            e.store(results[o * tile.vectors : (o + 1) * tile.vectors], sink)
            sink = e.at(sink, target_stride)


#: Sums kept apart in the head, because one chain of additions would wait for itself.
_HEAD_CHAINS = 4


def head_tile(channels: int, tile: Tile) -> Any:
    """Make the micro-kernel of the head; call this at module level only, or caching fails."""

    @intrinsic
    def head(
        typing_context: Any, f32: Any, weights: Any, taps: Any, dilation: Any, source: Any, stride: Any, y: Any
    ) -> Any:
        """One tile of output at ``y`` from the head rows, whose newest column for it is ``source``.

        Weights: ``taps K x Cw | bias``, the head scale folded in.
        """
        signature = types.void(f32, *[_I64] * 6)

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            e = Emitter(context, builder, tile.lanes)
            _emit_head(e, channels, tile, e.memory(sig.args[0], args[0]), *args[1:])
            return context.get_dummy_value()

        return signature, codegen

    return head


def _emit_head(
    e: Emitter,
    channels: int,
    tile: Tile,
    memory: Any,
    weights: Any,
    taps: Any,
    dilation: Any,
    source: Any,
    stride: Any,
    y: Any,
) -> None:
    b, wide = e.builder, padded(channels)
    chains = max(1, _HEAD_CHAINS // tile.vectors)
    first_tap = e.at(memory, weights)
    bias = e.broadcast(e.at(first_tap, b.mul(taps, e.index(wide))))
    sums = [bias] * tile.vectors + [e.zero()] * (tile.vectors * (chains - 1))

    def tap(carried: list[Any]) -> list[Any]:
        column, tap_weights, *sums = carried
        row = column
        for c, weight in enumerate(e.broadcasts(tap_weights, channels)):
            for v, value in enumerate(e.load(row, tile.vectors)):
                at = (c % chains) * tile.vectors + v
                sums[at] = e.fma(value, weight, sums[at])
            if c + 1 < channels:
                row = e.at(row, stride)
        return [e.at(column, dilation), e.at(tap_weights, wide), *sums]

    reach = b.mul(b.sub(taps, e.index(1)), dilation)
    oldest = e.at(memory, b.sub(source, reach))
    _, _, *sums = e.loop(taps, [oldest, first_tap, *sums], tap)
    results = sums[: tile.vectors]
    for chain in range(1, chains):
        more = sums[chain * tile.vectors : (chain + 1) * tile.vectors]
        results = [e.add(one, other) for one, other in zip(results, more, strict=True)]
    e.store(results, e.at(memory, y))


FULL_CHANNELS = 8
LITE_CHANNELS = 3
FULL_FRAMES = TARGET.full.frames
LITE_FRAMES = TARGET.lite.frames
#: Where this many frames or fewer are left, Lite takes its short tile; 0 where there is none.
SHORT_FRAMES = TARGET.lite_short.frames if TARGET.lite_short.frames < LITE_FRAMES else 0

full_first = layer_tile(FULL_CHANNELS, TARGET.full, Role.FIRST)
full_middle = layer_tile(FULL_CHANNELS, TARGET.full, Role.MIDDLE)
full_last = layer_tile(FULL_CHANNELS, TARGET.full, Role.LAST)
full_head = head_tile(FULL_CHANNELS, TARGET.full)
lite_first = layer_tile(LITE_CHANNELS, TARGET.lite, Role.FIRST)
lite_middle = layer_tile(LITE_CHANNELS, TARGET.lite, Role.MIDDLE)
lite_last = layer_tile(LITE_CHANNELS, TARGET.lite, Role.LAST)
lite_head = head_tile(LITE_CHANNELS, TARGET.lite)
short_first = layer_tile(LITE_CHANNELS, TARGET.lite_short, Role.FIRST)
short_middle = layer_tile(LITE_CHANNELS, TARGET.lite_short, Role.MIDDLE)
short_last = layer_tile(LITE_CHANNELS, TARGET.lite_short, Role.LAST)
short_head = head_tile(LITE_CHANNELS, TARGET.lite_short)
