"""Explicit vectors for kernels: the vector shapes of this CPU, and named operations on them.

Used by the micro-kernels (``nam.a2_tiles``, ``nam.conv_tiles``, ``nam.rings``, ``dsp.fir_tiles``) while
numba compiles, in whatever process.
Time is the vector lane: one vector holds ``lanes`` consecutive frames of one channel. Loops that
numba would vectorise by itself pay alias checks and lose their accumulators to memory, so
the inner loops are written here, operation by operation, into LLVM's intermediate form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from llvmlite import ir
from numba.core.registry import cpu_target

_F32 = ir.FloatType()
_I32 = ir.IntType(32)
_I64 = ir.IntType(64)
_FAST = ("fast",)


@dataclass(frozen=True, slots=True)
class Tile:
    """A shape of work that fits the registers: all output channels by ``lanes * vectors`` frames.

    Attributes:
        lanes: frames per vector.
        vectors: vectors side by side.
        passes: the 1x1 behind a layer is done in this many shares of its outputs, where the activated
            channels and all outputs do not fit the registers together.
    """

    lanes: int
    vectors: int
    passes: int = 1

    @property
    def frames(self) -> int:
        """Frames per tile."""
        return self.lanes * self.vectors


@dataclass(frozen=True, slots=True)
class Target:
    """Vector shapes for one kind of CPU.

    Attributes:
        name: ``avx512``, ``avx2``, ``neon`` or ``portable``.
        lane_splat: weights are loaded four at a time and splatted by lane (``fmla v, v, v.s[i]``)
            instead of broadcast from memory.
        full: tile for 8 channels.
        lite: tile for 3 channels.
        lite_short: tile for 3 channels where 16 frames or fewer are left.
        conv: tile for four outputs of any convolution.
    """

    name: str
    lane_splat: bool
    full: Tile
    lite: Tile
    lite_short: Tile
    conv: Tile


TARGETS = {
    "avx512": Target("avx512", False, Tile(16, 1), Tile(16, 2), Tile(8, 2), Tile(16, 1)),
    "avx2": Target("avx2", False, Tile(8, 1, 2), Tile(8, 2), Tile(8, 2), Tile(8, 2)),
    "neon": Target("neon", True, Tile(4, 2, 2), Tile(4, 4), Tile(4, 4), Tile(4, 4)),
    "portable": Target("portable", False, Tile(4, 1, 2), Tile(4, 2), Tile(4, 2), Tile(4, 2)),
}


def select_target(triple: str, features: str) -> Target:
    """The target for an LLVM triple and feature string (``+avx2,-avx512f,...``)."""
    on = {word[1:] for word in features.split(",") if word.startswith("+")}
    if triple.startswith(("aarch64", "arm64")):
        return TARGETS["neon"]
    if {"avx512f", "avx512vl"} <= on:
        return TARGETS["avx512"]
    if {"avx2", "fma"} <= on:
        return TARGETS["avx2"]
    return TARGETS["portable"]


def _current_target() -> Target:
    # What numba compiles for, NUMBA_CPU_NAME and NUMBA_CPU_FEATURES considered.
    triple, _, features = cpu_target.target_context.codegen().magic_tuple()
    return select_target(triple, features)


TARGET = _current_target()
#: Weight rows are padded to whole groups of this many, on every target alike.
GROUP = 4


def padded(channels: int) -> int:
    """``channels`` rounded up to whole groups."""
    return -(-channels // GROUP) * GROUP


class Emitter:
    """Named vector operations at an LLVM builder's insertion point.

    Args:
        context: numba's target context.
        builder: the LLVM builder.
        lanes: frames per vector.
    """

    def __init__(self, context: Any, builder: Any, lanes: int) -> None:
        self.builder = builder
        self._context = context
        self._lanes = lanes
        self._vector = ir.VectorType(_F32, lanes)

    # -- indices and addresses ----------------------------------------------------------------

    def memory(self, array_type: Any, array: Any) -> Any:
        """Pointer to element 0 of a float32 array."""
        return self._context.make_array(array_type)(self._context, self.builder, array).data

    def index(self, value: int) -> Any:
        """An index known now."""
        return ir.Constant(_I64, value)

    def at(self, pointer: Any, offset: Any) -> Any:
        """``pointer`` moved by ``offset`` elements (an int or an emitted index)."""
        return self.builder.gep(pointer, [self.index(offset) if isinstance(offset, int) else offset], inbounds=True)

    # -- memory -------------------------------------------------------------------------------

    def load(self, pointer: Any, count: int) -> list[Any]:
        """``count`` vectors side by side."""
        return [self._load(self.at(pointer, i * self._lanes), self._vector) for i in range(count)]

    def store(self, values: Sequence[Any], pointer: Any) -> None:
        """Vectors side by side."""
        for i, value in enumerate(values):
            place = self.builder.bitcast(self.at(pointer, i * self._lanes), self._vector.as_pointer())
            self.builder.store(value, place).align = 4

    def _load(self, pointer: Any, kind: Any) -> Any:
        value = self.builder.load(self.builder.bitcast(pointer, kind.as_pointer()))
        value.align = 4
        return value

    def broadcast(self, pointer: Any) -> Any:
        """One number in all lanes."""
        empty = ir.Constant(self._vector, ir.Undefined)
        first = self.builder.insert_element(empty, self.builder.load(pointer), ir.Constant(_I32, 0))
        return self._splat(first, 0, self._lanes)

    def broadcasts(self, pointer: Any, count: int) -> list[Any]:
        """``count`` successive numbers, each in all lanes of its own vector."""
        if not TARGET.lane_splat:
            return [self.broadcast(self.at(pointer, i)) for i in range(count)]
        quad = ir.VectorType(_F32, GROUP)
        groups = [self._load(self.at(pointer, i), quad) for i in range(0, count, GROUP)]
        return [self._splat(groups[i // GROUP], i % GROUP, self._lanes) for i in range(count)]

    def _splat(self, value: Any, lane: int, lanes: int) -> Any:
        mask = ir.Constant(ir.VectorType(_I32, lanes), [lane] * lanes)
        return self.builder.shuffle_vector(value, ir.Constant(value.type, ir.Undefined), mask)

    # -- arithmetic ---------------------------------------------------------------------------

    def zero(self) -> Any:
        """All lanes 0."""
        return ir.Constant(self._vector, [0.0] * self._lanes)

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """``a * b + c``, in one instruction where the CPU has one."""
        return self._call("llvm.fmuladd", [a, b, c])

    def add(self, a: Any, b: Any) -> Any:
        """``a + b``."""
        return self.builder.fadd(a, b, flags=_FAST)

    def leaky(self, z: Any, slope: Any) -> Any:
        """``max(z, slope * z)``: leaky ReLU for every slope up to 1."""
        return self._call("llvm.maxnum", [z, self.builder.fmul(z, slope, flags=_FAST)])

    def _call(self, name: str, values: list[Any]) -> Any:
        kind = ir.FunctionType(self._vector, [self._vector] * len(values))
        full_name = f"{name}.v{self._lanes}f32"
        function = self.builder.module.globals.get(full_name) or ir.Function(self.builder.module, kind, full_name)
        return self.builder.call(function, values, fastmath=_FAST)

    # -- control ------------------------------------------------------------------------------

    def wrap(self, position: Any, frames: Any) -> Any:
        """``position`` brought back into a ring of ``frames`` it has left by less than one turn."""
        over = self.builder.icmp_signed(">=", position, frames)
        return self.builder.select(over, self.builder.sub(position, frames), position)

    def unwrap(self, position: Any, frames: Any) -> Any:
        """The same for a position below 0."""
        under = self.builder.icmp_signed("<", position, self.index(0))
        return self.builder.select(under, self.builder.add(position, frames), position)

    def loop(self, count: Any, carried: Sequence[Any], body: Callable[[list[Any]], Sequence[Any]]) -> list[Any]:
        """``carried = body(carried)``, ``count`` times (at least once), all of it in registers.

        Returns:
            What the last turn carried.
        """
        b = self.builder
        before = b.block
        turn, after = b.append_basic_block("turn"), b.append_basic_block("after")
        b.branch(turn)
        b.position_at_end(turn)
        k = b.phi(_I64)
        variables = [b.phi(value.type) for value in carried]
        results = body(list(variables))
        following = b.add(k, self.index(1))
        k.add_incoming(self.index(0), before)
        k.add_incoming(following, b.block)
        for variable, first, result in zip(variables, carried, results, strict=True):
            variable.add_incoming(first, before)
            variable.add_incoming(result, b.block)
        b.cbranch(b.icmp_signed("<", following, count), turn, after)
        b.position_at_end(after)
        return list(results)
