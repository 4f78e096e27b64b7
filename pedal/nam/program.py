"""Writes programs: the steps of any network, its registers, its rings, and what they hold at rest.

Used by ``program_networks``, not in real time. Every call adds a step and returns the register that it makes,
together with the constant column that endless silence leaves there: so the resting state
of a whole network comes out in passing. Registers share memory where their lives do not overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pedal.jit.vectors import padded
from pedal.nam import plan as words
from pedal.nam.activations import CODES, apply
from pedal.nam.conv_tiles import CONV_FRAMES
from pedal.nam.lstm_kernels import GATE_ROWS, settle_lstm
from pedal.nam.networks import Network
from pedal.nam.packed import Layout, Packed, mirror_frames, ring_frames, round_to, row_stride
from pedal.nam.spec import Activation
from pedal.nam.wavenet_pack import conv_weights

Column = NDArray[np.float64]
#: Recurrent networks settle in pieces of so many frames, until one changes nothing.
_SETTLE_PIECE = 512


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """Rows of a tile, made by one step.

    Attributes:
        key: which register.
        first: its first row that counts here.
        rows: how many.
        steady: what they hold at rest, ``(rows,)``.
    """

    key: int
    first: int
    rows: int
    steady: Column

    def part(self, start: int, stop: int) -> Register:
        """Some of its rows."""
        return Register(self.key, self.first + start, stop - start, self.steady[start:stop])


@dataclass(frozen=True, slots=True, eq=False)
class LstmLayer:
    """One recurrent layer: gate matrices ``(4 H, inputs + H)``, bias ``(4 H,)``, initial states ``(H,)``."""

    matrix: Column
    bias: Column
    h: Column
    c: Column


@dataclass(slots=True)
class _Step:
    numbers: dict[int, int]
    registers: dict[int, Register]
    weights: dict[int, Column] = field(default_factory=dict)
    state: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Ring:
    history: int
    steady: Column


class Program:
    """A program in the making.

    Args:
        spec: the network, for the plan's head.
        max_frames: largest block.

    Attributes:
        input: the register that the guitar comes in by.
    """

    def __init__(self, spec: Network, max_frames: int) -> None:
        self._spec = spec
        self._max_frames = max_frames
        self._steps: list[_Step] = []
        self._rings: list[_Ring] = []
        self._rows: list[int] = []
        self.input = self._register(np.zeros(1))

    def conv(
        self,
        source: Register,
        taps: Column,
        bias: Column,
        dilation: int = 1,
        side: Register | None = None,
        gain: Column | None = None,
    ) -> Register:
        """``bias + taps * source + gain * side``; ``side`` has one row for all or one for each output.

        Args:
            source: ``(in,)`` rows.
            taps: ``(out, in)`` or ``(out, in, K)``, the newest last.
            bias: ``(out,)``.
            dilation: frames between taps.
            side: what is added, scaled by ``gain`` ``(out,)`` (1 if None).
            gain: see there.
        """
        taps = taps[:, :, None] if taps.ndim == 2 else taps
        outs, ins, count = taps.shape
        history = (count - 1) * dilation
        ring = self._record(source, history) if history else -1
        beside = side or self.input
        if gain is None:
            gain = np.ones(outs) if side else np.zeros(outs)
        numbers = {
            words.S_RING: ring,
            words.S_TAPS: count,
            words.S_DILATION: dilation,
            words.S_INPUTS: ins,
            words.S_STRIDE: CONV_FRAMES if beside.rows == outs and side else 0,
        }
        steady = bias + gain * beside.steady + taps.sum(axis=2) @ source.steady
        weights = {words.S_WEIGHTS: conv_weights(taps, bias, gain)}
        return self._emit(words.OP_CONV, steady, numbers, [source, beside], weights)

    def activate(self, source: Register, activation: Activation) -> Register:
        """``activation`` of ``source``."""
        steady = apply(activation, source.steady[:, None])[:, 0]
        weights = {words.S_WEIGHTS: np.array(activation.params or (0.0,))}
        return self._emit(words.OP_ACTIVATE, steady, {words.S_CODE: CODES[activation.name]}, [source], weights)

    def add(self, one: Register, two: Register) -> Register:
        """``one + two``."""
        return self._emit(words.OP_ADD, one.steady + two.steady, {}, [one, two])

    def multiply(self, one: Register, two: Register) -> Register:
        """``one * two``."""
        return self._emit(words.OP_MULTIPLY, one.steady * two.steady, {}, [one, two])

    def film(self, one: Register, scale: Register, shift: Register) -> Register:
        """``one * scale + shift``."""
        return self._emit(words.OP_FILM, one.steady * scale.steady + shift.steady, {}, [one, scale, shift])

    def blend(self, gate: Register, one: Register, other: Register) -> Register:
        """``gate * one + (1 - gate) * other``."""
        steady = gate.steady * one.steady + (1.0 - gate.steady) * other.steady
        return self._emit(words.OP_BLEND, steady, {}, [gate, one, other])

    def lstm(self, source: Register, layers: Sequence[LstmLayer], settle_frames: int, phases: int) -> Register:
        """The top layer's output.

        Args:
            source: what enters.
            layers: from the bottom.
            settle_frames: rest is what so many frames of the source's rest leave, in each phase.
            phases: states that take turns, frame by frame.
        """
        hidden, gates = layers[0].h.size, round_to(4 * layers[0].h.size, GATE_ROWS)
        weights = np.concatenate([_gate_tiles(layer) for layer in layers])
        stack = _settled(source.steady, layers, weights, settle_frames)
        state = np.concatenate([np.zeros(gates), *[stack] * phases, np.zeros(1)])
        numbers = {
            words.S_CODE: len(layers),
            words.S_INPUTS: source.rows,
            words.S_DILATION: phases,
            words.S_COUNT: state.size,
        }
        tensors = {words.S_WEIGHTS: weights, words.S_STEADY: state}
        step = self._emit(words.OP_LSTM, stack[-2 * hidden : -hidden], numbers, [source], tensors)
        self._steps[-1].state[words.S_STATE] = state.size
        return step

    def finish(self, output: Register) -> Packed:
        """The packed program, whose block comes out of row 0 of ``output``."""
        self._drop_unheard(output)
        table = words.PROGRAM_ROWS + len(self._rings) * words.RING_WORDS
        size = table + len(self._steps) * words.STEP_WORDS
        layout = Layout(words.KIND_PROGRAM, self._spec, self._max_frames, size)
        plan = layout.plan
        plan[words.RINGS], plan[words.STEPS] = len(self._rings), len(self._steps)
        places, rows = self._allocate(output)
        layout.reserve(words.SCRATCH, rows * CONV_FRAMES)
        plan[words.OUTPUT] = (places[output.key] + output.first) * CONV_FRAMES
        mirror = mirror_frames(CONV_FRAMES)
        plan[words.MIRROR] = mirror
        layout.reserve_i64(words.STATE_I64, max(1, len(self._rings)))
        for k, ring in enumerate(self._rings):
            at = words.PROGRAM_ROWS + k * words.RING_WORDS
            frames = ring_frames(ring.history, CONV_FRAMES, mirror)
            plan[at + words.R_FRAMES] = frames
            plan[at + words.R_STRIDE] = row_stride(frames + mirror)
            plan[at + words.R_ROWS] = ring.steady.size
            layout.reserve(at + words.R_START, ring.steady.size * int(plan[at + words.R_STRIDE]))
            layout.put(at + words.R_STEADY, ring.steady)
        for k, step in enumerate(self._steps):
            at = table + k * words.STEP_WORDS
            for word, number in step.numbers.items():
                plan[at + word] = number
            for word, register in step.registers.items():
                plan[at + word] = (places[register.key] + register.first) * CONV_FRAMES
            for word, numbers in step.weights.items():
                layout.put(at + word, numbers)
            for word, elements in step.state.items():
                layout.reserve(at + word, elements)
        return layout.finish()

    def _register(self, steady: Column) -> Register:
        self._rows.append(padded(steady.size))
        return Register(len(self._rows) - 1, 0, steady.size, steady)

    def _record(self, source: Register, history: int) -> int:
        self._rings.append(_Ring(history, source.steady))
        numbers = {words.S_OP: words.OP_RECORD, words.S_RING: len(self._rings) - 1}
        self._steps.append(_Step(numbers, {words.S_FIRST: source}))
        return len(self._rings) - 1

    def _emit(
        self,
        op: int,
        steady: Column,
        numbers: dict[int, int],
        sources: Sequence[Register],
        weights: dict[int, Column] | None = None,
    ) -> Register:
        target = self._register(steady)
        registers = dict(zip((words.S_FIRST, words.S_SECOND, words.S_THIRD), sources, strict=False))
        registers[words.S_TARGET] = target
        step = _Step({words.S_OP: op, words.S_ROWS: target.rows, **numbers}, registers, weights or {})
        self._steps.append(step)
        return target

    def _drop_unheard(self, output: Register) -> None:
        """Leave out steps that lead nowhere, such as the last layer's 1x1."""
        heard, kept = {output.key}, []
        for step in reversed(self._steps):
            target = step.registers.get(words.S_TARGET)
            if target is None or target.key in heard:
                heard |= {register.key for register in step.registers.values()}
                kept.append(step)
        self._steps = kept[::-1]

    def _allocate(self, output: Register) -> tuple[list[int], int]:
        """First rows of all registers, and rows together: first fit among those whose last use is to come."""
        last_use = {self.input.key: len(self._steps), output.key: len(self._steps)}
        for k, step in enumerate(self._steps):
            for register in step.registers.values():
                last_use[register.key] = max(last_use.get(register.key, 0), k)
        places = [0] * len(self._rows)
        alive = [self.input.key]
        most = self._rows[self.input.key]
        for k, step in enumerate(self._steps):
            target = step.registers.get(words.S_TARGET)
            if target is None:
                continue
            alive = sorted((key for key in alive if last_use[key] >= k), key=places.__getitem__)
            at = 0
            for key in alive:
                if places[key] - at >= self._rows[target.key]:
                    break
                at = places[key] + self._rows[key]
            places[target.key] = at
            alive.append(target.key)
            most = max(most, at + self._rows[target.key])
        # A convolution reads beside it in fours, from any row on.
        return places, most + padded(1)


def _settled(rest: Column, layers: Sequence[LstmLayer], weights: Column, frames: int) -> Column:
    """``input | h | c`` of all layers after ``frames`` of the constant input ``rest``, from the states in the file."""
    hidden, gates = layers[0].h.size, round_to(4 * layers[0].h.size, GATE_ROWS)
    slots = [(np.zeros(layer.matrix.shape[1] - hidden), layer.h, layer.c) for layer in layers]
    stack = np.concatenate([part for slot in slots for part in slot])
    tile = np.repeat(rest, CONV_FRAMES)
    parts = (weights, np.zeros(gates), stack, np.zeros(1), tile, np.zeros(hidden * CONV_FRAMES))
    memory = np.concatenate(parts).astype(np.float32)
    start = weights.size + gates
    source = start + stack.size + 1
    now = memory[start : start + stack.size]
    while frames:
        before = now.copy()
        piece = min(frames, _SETTLE_PIECE)
        settle_lstm(memory, weights.size, len(layers), rest.size, hidden, source, source + tile.size, piece)
        frames -= piece
        if np.array_equal(before, now):
            # It stands still, or goes round in a circle that ends with the piece: so would every further one.
            frames %= _SETTLE_PIECE
    return now.astype(np.float64)


def _gate_tiles(layer: LstmLayer) -> Column:
    """A layer's bias and matrix in the order of ``lstm_kernels``."""
    both = np.concatenate([layer.bias[None], layer.matrix.T])
    both = np.pad(both, ((0, 0), (0, -both.shape[1] % GATE_ROWS)))
    return np.concatenate([both[:, at : at + GATE_ROWS].ravel() for at in range(0, both.shape[1], GATE_ROWS)])
