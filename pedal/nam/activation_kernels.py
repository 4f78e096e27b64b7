"""Activations on a tile, in place, by code. Exact tanh and sigmoid that vectorise.

Called by ``wavenet_kernels`` in real time. ``activations`` defines the meaning in float64; here the same in
float32. The C library's tanh takes one number at a time; these take a vector, because they are
plain arithmetic without branches: ``exp(t) = 2**k * exp(r)`` with ``|r| <= ln(2) / 2`` and a Taylor sum.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from pedal.jit import kernel
from pedal.nam.activations import CODES, FAST_TANH

_TANH = CODES["Tanh"]
_HARDTANH = CODES["Hardtanh"]
_FASTTANH = CODES["Fasttanh"]
_RELU = CODES["ReLU"]
_LEAKY_RELU = CODES["LeakyReLU"]
_PRELU = CODES["PReLU"]
_SIGMOID = CODES["Sigmoid"]
_SILU = CODES["SiLU"]
_HARDSWISH = CODES["Hardswish"]
_LEAKY_HARDTANH = CODES["LeakyHardtanh"]
_SOFTSIGN = CODES["Softsign"]

_ZERO = np.float32(0.0)
_HALF = np.float32(0.5)
_ONE = np.float32(1.0)
_TWO = np.float32(2.0)
_THREE = np.float32(3.0)
_SIX = np.float32(6.0)
_SIXTH = np.float32(1 / 6)
#: Beyond this tanh is 1 in float32, and exp(-that) is lost beside 1.
_EDGE = np.float32(18.0)
_LOG2_E = np.float32(1 / math.log(2))
#: ln 2 in two parts: the first has few bits, so that k times it is exact.
_LN2_HIGH = np.float32(0.693359375)
_LN2_LOW = np.float32(math.log(2) - 0.693359375)
#: 1.5 * 2**23: adding it rounds to a whole number, which then stands in the low bits.
_ROUND = np.float32(12582912.0)
_ROUND_BITS = np.int32(0x4B400000)
_ONE_BITS = np.int32(127 << 23)
_MANTISSA = np.int32(23)
_C2, _C3, _C4, _C5, _C6, _C7 = (np.float32(1 / math.factorial(i)) for i in range(2, 8))
_F0, _F1, _F2, _F3, _F4 = (np.float32(c) for c in FAST_TANH)


@intrinsic
def _bits_of(typing_context: Any, value: Any) -> Any:
    """The float32's bits as int32."""
    return types.int32(types.float32), lambda context, builder, sig, args: builder.bitcast(args[0], ir.IntType(32))


@intrinsic
def _float_of(typing_context: Any, bits: Any) -> Any:
    """The float32 with these bits."""
    return types.float32(types.int32), lambda context, builder, sig, args: builder.bitcast(args[0], ir.FloatType())


@kernel
def _exp_parts(t: Any) -> tuple[Any, Any]:
    """``(2**k, exp(r) - 1)`` with ``exp(t) = 2**k * exp(r)``, for ``|t|`` up to 80."""
    shifted = t * _LOG2_E + _ROUND
    k = shifted - _ROUND
    scale = _float_of(((_bits_of(shifted) - _ROUND_BITS) << _MANTISSA) + _ONE_BITS)
    r = (t - k * _LN2_HIGH) - k * _LN2_LOW
    series = _C2 + r * (_C3 + r * (_C4 + r * (_C5 + r * (_C6 + r * _C7))))
    return scale, r + r * r * series


@kernel
def tanh_kernel(x: Any) -> Any:
    """Tanh of a float32, to a few units in the last place."""
    t = abs(x) + abs(x)
    t = min(t, _EDGE)
    scale, rest = _exp_parts(t)
    above = scale * rest + (scale - _ONE)  # exp(t) - 1, exact near 0
    y = above / (above + _TWO)
    return -y if x < _ZERO else y


@kernel
def sigmoid_kernel(x: Any) -> Any:
    """``1 / (1 + exp(-x))`` of a float32, small results included."""
    t = min(abs(x), np.float32(80.0))
    scale, rest = _exp_parts(-t)
    falling = scale * rest + scale
    return (falling if x < _ZERO else _ONE) / (_ONE + falling)


@kernel
def activate_kernel(f32: Any, code: int, params: int, tile: int, rows: int, frames: int) -> None:
    """Activate a tile in place.

    Args:
        f32: the arena.
        code: one of ``activations.CODES``.
        params: element of its first parameter.
        tile: element of row 0; rows follow each other without gaps.
        rows: channels.
        frames: of the tile.
    """
    z = f32[tile : tile + rows * frames]
    count = len(z)
    if code == _TANH:
        for i in range(count):
            z[i] = tanh_kernel(z[i])
    elif code == _RELU:
        for i in range(count):
            z[i] = max(z[i], _ZERO)
    elif code == _LEAKY_RELU:
        slope = f32[params]
        for i in range(count):
            z[i] = z[i] if z[i] > _ZERO else slope * z[i]
    elif code == _PRELU:
        for row in range(rows):
            slope = f32[params + row]
            for i in range(row * frames, (row + 1) * frames):
                z[i] = z[i] if z[i] > _ZERO else slope * z[i]
    elif code == _SIGMOID:
        for i in range(count):
            z[i] = sigmoid_kernel(z[i])
    elif code == _SILU:
        for i in range(count):
            z[i] = z[i] * sigmoid_kernel(z[i])
    elif code == _HARDTANH:
        for i in range(count):
            z[i] = min(max(z[i], -_ONE), _ONE)
    elif code == _FASTTANH:
        for i in range(count):
            z[i] = _fast_tanh(z[i])
    elif code == _HARDSWISH:
        for i in range(count):
            z[i] = z[i] * min(max(z[i] + _THREE, _ZERO), _SIX) * _SIXTH
    elif code == _SOFTSIGN:
        for i in range(count):
            z[i] = z[i] / (_ONE + abs(z[i]))
    elif code == _LEAKY_HARDTANH:
        low = f32[params]
        high = f32[params + 1]
        low_slope = f32[params + 2]
        high_slope = f32[params + 3]
        for i in range(count):
            v = z[i]
            if v < low:
                z[i] = (v - low) * low_slope + low
            elif v > high:
                z[i] = (v - high) * high_slope + high


@kernel
def _fast_tanh(x: Any) -> Any:
    size = abs(x)
    square = x * x
    above = x * (_F0 * (_ONE + size) + (_F1 + _F2 * size) * square)
    return above / (_F3 + (_F3 + square) * abs(x + _F4 * x * size))
