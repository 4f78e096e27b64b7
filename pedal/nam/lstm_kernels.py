"""Recurrent layers, frame after frame: nothing here can be done for two frames at once.

Called by ``program_kernels`` in real time, and by ``program`` to let a network settle. The vector lanes are
the rows of the gates; a tile of them stays in registers over all inputs.

State of a stack: for each layer ``input | h | c``, so that what a layer multiplies lies in one piece. Before it
is room for the gates. A model that plays at ``phases`` times its own rate has as many stacks, which
take turns frame by frame; behind the last stands whose turn it is::

    gates | stack 0 | ... | stack phases - 1 | turn

Weights, per layer and per tile of ``GATE_ROWS`` gate rows::

    bias GATE_ROWS | (inputs + H) x GATE_ROWS
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from pedal.jit import entry, kernel
from pedal.jit.linked import linked_kernel
from pedal.jit.machine import flush_denormals, restore_float_mode
from pedal.jit.vectors import TARGET, Emitter
from pedal.nam.activation_kernels import sigmoid_kernel, tanh_kernel
from pedal.nam.conv_tiles import CONV_FRAMES

_TILE = TARGET.conv
#: Gate rows that are summed together.
GATE_ROWS = _TILE.frames


@intrinsic
def _gate_tile(typing_context: Any, f32: Any, weights: Any, source: Any, inputs: Any, target: Any) -> Any:
    """``f32[target : + GATE_ROWS] = bias + weights * f32[source : + inputs]``."""
    signature = types.void(f32, *[types.int64] * 4)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        e = Emitter(context, builder, _TILE.lanes)
        memory = e.memory(sig.args[0], args[0])
        bias = e.at(memory, args[1])

        def one_input(carried: list[Any]) -> list[Any]:
            number, row, *sums = carried
            factor = e.broadcast(number)
            terms = e.load(row, _TILE.vectors)
            sums = [e.fma(term, factor, total) for term, total in zip(terms, sums, strict=True)]
            return [e.at(number, 1), e.at(row, GATE_ROWS), *sums]

        first = [e.at(memory, args[2]), e.at(bias, GATE_ROWS), *e.load(bias, _TILE.vectors)]
        _, _, *sums = e.loop(args[3], first, one_input)
        e.store(sums, e.at(memory, args[4]))
        return context.get_dummy_value()

    return signature, codegen


@kernel
def _layer_kernel(f32: Any, weights: int, inputs: int, hidden: int, gates: int, slot: int) -> int:
    """One frame of one layer, whose input stands in ``f32[slot:]``; returns where its weights end."""
    for row in range(0, 4 * hidden, GATE_ROWS):
        _gate_tile(f32, weights, slot, inputs + hidden, gates + row)
        weights += (1 + inputs + hidden) * GATE_ROWS
    enter = f32[gates : gates + hidden]
    forget = f32[gates + hidden : gates + 2 * hidden]
    fresh = f32[gates + 2 * hidden : gates + 3 * hidden]
    leave = f32[gates + 3 * hidden : gates + 4 * hidden]
    h = f32[slot + inputs : slot + inputs + hidden]
    c = f32[slot + inputs + hidden : slot + inputs + 2 * hidden]
    for k in range(hidden):
        c[k] = sigmoid_kernel(forget[k]) * c[k] + sigmoid_kernel(enter[k]) * tanh_kernel(fresh[k])
    for k in range(hidden):
        h[k] = sigmoid_kernel(leave[k]) * tanh_kernel(c[k])
    return weights


@linked_kernel("void(float32[::1], int64, int64, int64, int64, int64, int64, int64, int64, int64)")
def lstm_kernel(
    f32: Any, weights: int, state: int, layers: int, inputs: int, hidden: int, phases: int, source: int, target: int,
    n: int,
) -> None:  # fmt: skip
    """``n`` frames (at most a tile) of a stack.

    Args:
        f32: the arena.
        weights: of the first layer.
        state: see the top of this file.
        layers: how many.
        inputs: rows that enter.
        hidden: H.
        phases: stacks that take turns.
        source: row 0 of what enters; rows are ``CONV_FRAMES`` apart.
        target: row 0 of the top layer's output, likewise.
        n: frames; the others of the tile stay as they are.
    """
    stacks = state + -(-4 * hidden // GATE_ROWS) * GATE_ROWS
    stack = inputs + (3 * layers - 1) * hidden
    turns = stacks + phases * stack
    turn = int(f32[turns])
    for frame in range(n):
        slot = stacks + turn * stack
        entering = inputs
        at = weights
        for k in range(inputs):
            f32[slot + k] = f32[source + k * CONV_FRAMES + frame]
        for layer in range(layers):
            at = _layer_kernel(f32, at, entering, hidden, state, slot)
            top = slot + entering
            slot = top + 2 * hidden
            entering = hidden
            if layer < layers - 1:
                for k in range(hidden):
                    f32[slot + k] = f32[top + k]
            else:
                for k in range(hidden):
                    f32[target + k * CONV_FRAMES + frame] = f32[top + k]
        turn += 1
        if turn == phases:
            turn = 0
    f32[turns] = np.float32(turn)


@entry("void(float32[::1], int64, int64, int64, int64, int64, int64, int64)")
def settle_lstm(
    f32: Any, state: int, layers: int, inputs: int, hidden: int, source: int, target: int, frames: int
) -> None:
    """Play the constants in ``f32[source:]`` (a tile of each) for ``frames`` to one stack; the weights lie at 0."""
    mode = flush_denormals()
    for done in range(0, frames, CONV_FRAMES):
        lstm_kernel(f32, 0, state, layers, inputs, hidden, 1, source, target, min(CONV_FRAMES, frames - done))
    restore_float_mode(mode)
