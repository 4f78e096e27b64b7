"""Kernels that are compiled once and called, not taken in.

numba copies a callee's code into every caller and optimises all of it again at each level of calls,
which makes a deep chain of kernels slow to compile. A *linked* kernel stays where it is: callers
know only its symbol, as with a function of the C library. A call costs a few nanoseconds, so it is
for kernels that work on whole blocks. Used by ``nam`` and ``rig``, in every process that computes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import binding
from numba import types
from numba.core import cgutils
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
                values = cgutils.unpack_tuple(builder, packed[0])
                kind = context.call_conv.get_function_type(descriptor.restype, descriptor.argtypes)
                callee = cgutils.get_or_insert_function(builder.module, kind, symbol)
                values = [
                    context.cast(builder, value, given, wanted)
                    for value, given, wanted in zip(values, sig.args[0], descriptor.argtypes, strict=True)
                ]
                status, result = context.call_conv.call_function(
                    builder, callee, descriptor.restype, descriptor.argtypes, values
                )
                with cgutils.if_unlikely(builder, status.is_error):
                    context.call_conv.return_status_propagate(builder, status)
                return result

            return descriptor.restype(types.StarArgTuple(arguments)), codegen

        return call

    return decorate
