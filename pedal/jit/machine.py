"""Words of the machine that numba has no name for: ordered loads and stores, flush-to-zero, clocks.

All but ``wake_exactly`` are ``numba.extending.intrinsic``s or C library calls, usable inside kernels only.
Ordering: a store that publishes data is a release, the load that sees it an acquire; plain
stores are unordered on ARM.
"""

from __future__ import annotations

import ctypes
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from pedal.jit import kernel

_I32 = ir.IntType(32)
_I64 = ir.IntType(64)


def _element(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    return builder.gep(data, [index], inbounds=True)


@intrinsic
def load_acquire(typing_context: Any, words: Any, index: Any) -> Any:
    """``load_acquire(i64, k)``: the word, with everything stored before its release visible."""
    signature = types.int64(words, types.int64)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _element(context, builder, sig.args[0], args[0], args[1])
        return builder.load_atomic(place, "acquire", 8)

    return signature, codegen


@intrinsic
def store_release(typing_context: Any, words: Any, index: Any, value: Any) -> Any:
    """``store_release(i64, k, v)``: publish the word and everything stored before it."""
    signature = types.void(words, types.int64, types.int64)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _element(context, builder, sig.args[0], args[0], args[1])
        builder.store_atomic(args[2], place, "release", 8)
        return context.get_dummy_value()

    return signature, codegen


@intrinsic
def compare_swap(typing_context: Any, words: Any, index: Any, expected: Any, value: Any) -> Any:
    """``compare_swap(i64, k, old, new)``: True and the word is ``new`` if it was ``old`` (acq_rel)."""
    signature = types.boolean(words, types.int64, types.int64, types.int64)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _element(context, builder, sig.args[0], args[0], args[1])
        outcome = builder.cmpxchg(place, args[2], args[3], "acq_rel", "acquire")
        return builder.extract_value(outcome, 1)

    return signature, codegen


def _triple_is_arm() -> bool:
    from llvmlite import binding

    return binding.get_process_triple().startswith(("aarch64", "arm64"))


#: x86 MXCSR: flush results to zero (bit 15) and treat denormal inputs as zero (bit 6).
_MXCSR_FLUSH = 0x8040
#: ARM FPCR: FZ (bit 24).
_FPCR_FLUSH = 1 << 24


@intrinsic
def _swap_float_mode(typing_context: Any, flush: Any, previous: Any) -> Any:
    """Set flush-to-zero (``flush`` != 0) or restore ``previous``; returns the mode before."""
    signature = types.int64(types.int64, types.int64)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        flush, previous = args
        wanted_on = builder.icmp_signed("!=", flush, ir.Constant(_I64, 0))
        module = builder.module
        if _triple_is_arm():
            getter = cgutils.get_or_insert_function(module, ir.FunctionType(_I64, []), "llvm.aarch64.get.fpcr")
            setter = cgutils.get_or_insert_function(
                module, ir.FunctionType(ir.VoidType(), [_I64]), "llvm.aarch64.set.fpcr"
            )
            before = builder.call(getter, [])
            on = builder.or_(before, ir.Constant(_I64, _FPCR_FLUSH))
            builder.call(setter, [builder.select(wanted_on, on, previous)])
            return before
        pointer = ir.IntType(8).as_pointer()
        signature_ = ir.FunctionType(ir.VoidType(), [pointer])
        store = cgutils.get_or_insert_function(module, signature_, "llvm.x86.sse.stmxcsr")
        load = cgutils.get_or_insert_function(module, signature_, "llvm.x86.sse.ldmxcsr")
        slot = cgutils.alloca_once(builder, _I32)
        raw = builder.bitcast(slot, pointer)
        builder.call(store, [raw])
        before32 = builder.load(slot)
        on32 = builder.or_(before32, ir.Constant(_I32, _MXCSR_FLUSH))
        builder.store(builder.select(wanted_on, on32, builder.trunc(previous, _I32)), slot)
        builder.call(load, [raw])
        return builder.zext(before32, _I64)

    return signature, codegen


@kernel
def flush_denormals() -> int:
    """Flush denormals to zero in this thread from here on; returns the mode before."""
    return _swap_float_mode(1, 0)


@kernel
def restore_float_mode(previous: int) -> None:
    """Undo ``flush_denormals``."""
    _swap_float_mode(0, previous)


CLOCK_MONOTONIC = 1
CLOCK_THREAD_CPU = 3

#: ``clock_gettime(clock, struct timespec *)`` of the C library (vDSO for the monotonic clock).
_clock_gettime = types.ExternalFunction("clock_gettime", types.int32(types.int32, types.intp))
#: ``usleep(microseconds)``.
_usleep = types.ExternalFunction("usleep", types.int32(types.uint32))


@kernel
def clock_ns(i64: Any, scratch: int, clock: int) -> int:
    """Nanoseconds of ``clock``; ``i64[scratch : scratch + 2]`` receives the timespec."""
    _clock_gettime(clock, i64.ctypes.data + 8 * scratch)
    return i64[scratch] * 1_000_000_000 + i64[scratch + 1]


@kernel
def sleep_us(duration_us: int) -> None:
    """Give the core away for about ``duration_us`` microseconds."""
    _usleep(duration_us)


_PR_SET_TIMERSLACK = 29


def wake_exactly() -> None:
    """Let timers of this thread fire without the 50 us that ordinary threads are given."""
    ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, 1, 0, 0, 0)


@intrinsic
def _nanosleep(typing_context: Any, seconds: Any, nanoseconds: Any) -> Any:
    """``nanosleep`` of the C library, its ``struct timespec`` on the stack."""
    signature = types.int32(types.int64, types.int64)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = ir.IntType(8).as_pointer()
        timespec = cgutils.alloca_once(builder, ir.ArrayType(_I64, 2))
        for index, value in enumerate(args):
            builder.store(value, cgutils.gep_inbounds(builder, timespec, 0, index))
        kind = ir.FunctionType(_I32, [pointer, pointer])
        function = cgutils.get_or_insert_function(builder.module, kind, "nanosleep")
        return builder.call(function, [builder.bitcast(timespec, pointer), ir.Constant(pointer, None)])

    return signature, codegen


@kernel
def sleep_ns(duration_ns: int) -> None:
    """Give the core away for ``duration_ns`` nanoseconds, and what the thread's timers are late by."""
    _nanosleep(duration_ns // 1_000_000_000, duration_ns % 1_000_000_000)
