"""The micro-kernel of every other network: four outputs of any convolution, one tile of frames.

Called by ``wavenet_kernels`` only. Rechannel, dilated convolution with mixin, 1x1 with residual and head
are all ``bias + gain * side + sum of taps``, where ``side`` is the guitar, the residual, or nothing.

Weights of a group of four outputs::

    bias 4 | gain 4 | taps K x C in x 4
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic

from pedal.jit import kernel
from pedal.jit.vectors import GROUP, TARGET, Emitter

_I64 = types.int64
_TILE = TARGET.conv
CONV_FRAMES = _TILE.frames


@intrinsic
def _conv_tile(
    typing_context: Any,
    f32: Any,
    weights: Any,
    taps: Any,
    dilation: Any,
    inputs: Any,
    source: Any,
    stride: Any,
    frames: Any,
    position: Any,
    side: Any,
    side_stride: Any,
    target: Any,
    target_stride: Any,
) -> Any:
    signature = types.void(f32, *[_I64] * 12)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        e = Emitter(context, builder, _TILE.lanes)
        _emit_conv(e, e.memory(sig.args[0], args[0]), *args[1:])
        return context.get_dummy_value()

    return signature, codegen


def _emit_conv(
    e: Emitter,
    memory: Any,
    weights: Any,
    taps: Any,
    dilation: Any,
    inputs: Any,
    source: Any,
    stride: Any,
    frames: Any,
    position: Any,
    side: Any,
    side_stride: Any,
    target: Any,
    target_stride: Any,
) -> None:
    b, vectors = e.builder, _TILE.vectors
    bias = e.at(memory, weights)
    gain = e.at(bias, GROUP)
    start = e.at(memory, source)

    def tap(carried: list[Any]) -> list[Any]:
        column, tap_weights, *sums = carried

        def channel(carried: list[Any]) -> list[Any]:
            row, row_weights, *sums = carried
            history = e.load(row, vectors)
            for o, weight in enumerate(e.broadcasts(row_weights, GROUP)):
                for v in range(vectors):
                    sums[o * vectors + v] = e.fma(history[v], weight, sums[o * vectors + v])
            return [e.at(row, stride), e.at(row_weights, GROUP), *sums]

        _, tap_weights, *sums = e.loop(inputs, [e.at(start, column), tap_weights, *sums], channel)
        return [e.wrap(b.add(column, dilation), frames), tap_weights, *sums]

    reach = b.mul(b.sub(taps, e.index(1)), dilation)
    oldest = e.unwrap(b.sub(position, reach), frames)
    _, _, *sums = e.loop(taps, [oldest, e.at(gain, GROUP), *[e.zero()] * (GROUP * vectors)], tap)

    # The residual is large beside what a layer adds: it comes last, so that it is rounded once.
    other, row = e.at(memory, side), e.at(memory, target)
    factors = e.broadcasts(gain, GROUP)
    for o, offset in enumerate(e.broadcasts(bias, GROUP)):
        beside = [e.fma(value, factors[o], offset) for value in e.load(other, vectors)]
        total = sums[o * vectors : (o + 1) * vectors]
        e.store([e.add(one, two) for one, two in zip(total, beside, strict=True)], row)
        other, row = e.at(other, side_stride), e.at(row, target_stride)


@kernel
def conv_tile_kernel(
    f32: Any,
    weights: int,
    taps: int,
    dilation: int,
    inputs: int,
    source: int,
    stride: int,
    frames: int,
    position: int,
    side: int,
    side_stride: int,
    outputs: int,
    target: int,
    target_stride: int,
) -> None:
    """One tile of ``outputs`` rows, in groups of four (the rows of ``target`` are padded to that).

    Args:
        f32: the arena.
        weights: of the first group.
        taps: kernel size.
        dilation: frames between taps.
        inputs: source rows that count.
        source: row 0, column 0 of a ring of ``frames`` columns (a line is a ring that never ends).
        stride: between source rows.
        frames: columns of the ring.
        position: column of the tile's first frame.
        side: first frame of what the gains multiply.
        side_stride: between its rows; 0 where all outputs share one row.
        outputs: rows out.
        target: where the first goes.
        target_stride: between target rows.
    """
    group_weights = 2 * GROUP + taps * inputs * GROUP
    for group in range(0, outputs, GROUP):
        _conv_tile(
            f32, weights, taps, dilation, inputs, source, stride, frames, position,
            side + group * side_stride, side_stride, target + group * target_stride, target_stride,
        )  # fmt: skip
        weights += group_weights
