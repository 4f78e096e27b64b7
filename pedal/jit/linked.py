"""Kernels that are compiled once and called, not taken in.

numba copies a callee's code into every caller and optimises all of it again at each level of calls,
which makes a deep chain of kernels slow to compile. A *linked* kernel stays where it is: callers
know only its symbol, as with a function of the C library. A call costs a few nanoseconds, so it is
for kernels that work on whole blocks. Used by ``nam`` and ``rig``, in every process that computes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from llvmlite import binding
from numba import types
from numba.core import cgutils, sigutils
from numba.extending import intrinsic

from pedal.jit import F, entry


def linked_kernel(signature: str) -> Callable[[F], Any]:
    """A kernel for other kernels, compiled (or loaded from the cache) for ``signature`` at import.

    The symbol is the function's full name, the same in every process, so that a caller loaded from the
    cache finds it: whoever calls it has imported its module.
    """

    def decorate(function: F) -> Any:
        compiled = next(iter(entry(signature)(function).overloads.values()))  # type: ignore[attr-defined]
        descriptor, symbol = compiled.fndesc, f"{function.__module__}.{function.__qualname__}"
        binding.add_symbol(symbol, compiled.library.get_pointer_to_function(descriptor.llvm_func_name))

        @intrinsic
        def call(typing_context: Any, *arguments: Any) -> Any:
            def codegen(context: Any, builder: Any, sig: Any, packed: Any) -> Any:
                values = _as_wanted(context, builder, sig.args[0], packed[0], descriptor.argtypes)
                return _call(context, builder, symbol, descriptor.restype, descriptor.argtypes, values)

            return descriptor.restype(types.StarArgTuple(arguments)), codegen

        return call

    return decorate


def linked_switch(signature: str, symbols: Mapping[int, str]) -> Any:
    """A call, for kernels, of one of several linked kernels of the same ``signature`` by its number.

    The caller's machine code holds the symbols and nothing of what is called, so that it need not be compiled
    again when that changes. Whoever uses it has imported all their modules. An unknown number calls nothing.

    Args:
        signature: of all of them; they return nothing.
        symbols: full names by number.
    """
    wanted, _ = sigutils.normalize_signature(signature)

    @intrinsic
    def call(typing_context: Any, number: Any, *arguments: Any) -> Any:
        def codegen(context: Any, builder: Any, sig: Any, packed: Any) -> Any:
            values = _as_wanted(context, builder, sig.args[1], packed[1], wanted)
            behind = builder.append_basic_block("switch.behind")
            switch = builder.switch(packed[0], behind)
            for value, symbol in symbols.items():
                block = builder.append_basic_block("switch.case")
                switch.add_case(context.get_constant(sig.args[0], value), block)
                with builder.goto_block(block):
                    _call(context, builder, symbol, types.none, wanted, values)
                    builder.branch(behind)
            builder.position_at_end(behind)
            return context.get_dummy_value()

        return types.void(types.int64, types.StarArgTuple(arguments)), codegen

    return call


def _as_wanted(context: Any, builder: Any, given: Any, packed: Any, wanted: Any) -> list[Any]:
    values = cgutils.unpack_tuple(builder, packed)
    return [context.cast(builder, value, *kinds) for value, *kinds in zip(values, given, wanted, strict=True)]


def _call(context: Any, builder: Any, symbol: str, restype: Any, argtypes: Any, values: list[Any]) -> Any:
    kind = context.call_conv.get_function_type(restype, argtypes)
    callee = cgutils.get_or_insert_function(builder.module, kind, symbol)
    status, result = context.call_conv.call_function(builder, callee, restype, argtypes, values)
    with cgutils.if_unlikely(builder, status.is_error):
        context.call_conv.return_status_propagate(builder, status)
    return result
