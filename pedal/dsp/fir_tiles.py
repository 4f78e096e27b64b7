"""Micro-kernel of the impulse response: a run of outputs held in registers over all taps.

Called by ``cab`` only. Time is the vector lane, as in the amp's kernels: per tap one broadcast and one
unaligned load per vector, so that the loop is bound by loads, not by waiting for sums.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic

from pedal.jit.vectors import GROUP, TARGET, Emitter

_I64 = types.int64
LANES = TARGET.conv.lanes
#: Frames of the long and of the short tile.
LONG_FRAMES, SHORT_FRAMES = 4 * LANES, LANES


def _fir_tile(vectors: int, chains: int) -> Any:
    """A tile of ``vectors`` side by side; ``chains`` sums run in parallel over successive taps."""

    @intrinsic
    def tile(typing_context: Any, f32: Any, taps: Any, count: Any, history: Any, out: Any) -> Any:
        """``out[t] = sum_k f32[taps + k] * f32[history + t + k]``; ``count`` is a multiple of ``GROUP``."""
        signature = types.void(f32, _I64, _I64, _I64, _I64)

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            e = Emitter(context, builder, LANES)
            memory = e.memory(sig.args[0], args[0])
            taps, count, history, out = (e.at(memory, args[1]), args[2], e.at(memory, args[3]), e.at(memory, args[4]))
            turns = builder.sdiv(count, e.index(GROUP))

            def four_taps(carried: list[Any]) -> list[Any]:
                h, x, sums = carried[0], carried[1], carried[2:]
                for k, weight in enumerate(e.broadcasts(h, GROUP)):
                    first = (k % chains) * vectors
                    for v, value in enumerate(e.load(e.at(x, k), vectors)):
                        sums[first + v] = e.fma(weight, value, sums[first + v])
                return [e.at(h, GROUP), e.at(x, GROUP), *sums]

            sums = e.loop(turns, [taps, history, *[e.zero()] * (vectors * chains)], four_taps)[2:]
            for chain in range(1, chains):
                for v in range(vectors):
                    sums[v] = e.add(sums[v], sums[chain * vectors + v])
            e.store(sums[:vectors], out)
            return context.get_dummy_value()

        return signature, codegen

    return tile


fir_long_tile = _fir_tile(4, 1)
fir_short_tile = _fir_tile(1, 4)
