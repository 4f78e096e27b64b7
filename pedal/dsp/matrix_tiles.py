"""Micro-kernel of the reverb: sixteen runs turned and mixed in registers, a vector of frames at a time.

Called by ``reverb`` only. Time is the vector lane; one tile holds ``LANES`` frames of all sixteen runs. Neighbouring
runs are turned as a pair by an angle that moves (an orthogonal matrix whatever the angle), then all are mixed by the
Hadamard matrix of order sixteen in four rounds of sums and differences, and scaled so that no energy is made or lost.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from pedal.dsp.control import STEP_FRAMES
from pedal.jit.vectors import TARGET, Emitter

RUNS = 16
LANES = TARGET.conv.lanes
_I64 = types.int64
_FAST = ("fast",)


@intrinsic
def turn_and_mix_tile(typing_context: Any, f32: Any, runs: Any, cosine: Any, sine: Any) -> Any:
    """``LANES`` frames of the runs at ``runs + i * STEP_FRAMES`` in place, ``cosine`` and ``sine`` of the angles.

    Every second pair is turned the other way.
    """
    signature = types.void(f32, _I64, _I64, _I64)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        e = Emitter(context, builder, LANES)
        memory = e.memory(sig.args[0], args[0])
        places = [e.at(e.at(memory, args[1]), i * STEP_FRAMES) for i in range(RUNS)]
        x = [e.load(place, 1)[0] for place in places]
        c, s = e.load(e.at(memory, args[2]), 1)[0], e.load(e.at(memory, args[3]), 1)[0]
        back = builder.fneg(s)
        for i in range(0, RUNS, 2):
            a, b = x[i], x[i + 1]
            there, here = (back, s) if i % 4 == 0 else (s, back)
            x[i] = e.fma(there, b, builder.fmul(c, a, flags=_FAST))
            x[i + 1] = e.fma(here, a, builder.fmul(c, b, flags=_FAST))
        step = 1
        while step < RUNS:
            for i in range(RUNS):
                if not i & step:
                    a, b = x[i], x[i + step]
                    x[i], x[i + step] = e.add(a, b), builder.fsub(a, b, flags=_FAST)
            step *= 2
        scale = ir.Constant(x[0].type, [RUNS**-0.5] * LANES)
        for value, place in zip(x, places, strict=True):
            e.store([builder.fmul(value, scale, flags=_FAST)], place)
        return context.get_dummy_value()

    return signature, codegen
