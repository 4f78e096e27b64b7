"""The activation functions of the format: names, parameters, and their float64 meaning.

``wavenet_file`` checks names against it, ``pack`` turns names into codes and works out resting
states with ``apply``, ``activation_kernels`` computes by code. Pure, no numba.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pedal.nam.spec import Activation

#: Parameters as (key, default), in the order the kernels read them. PReLU has one slope per channel instead.
PARAMETERS: dict[str, tuple[tuple[str, float], ...]] = {
    "Tanh": (),
    "Hardtanh": (),
    "Fasttanh": (),
    "ReLU": (),
    "LeakyReLU": (("negative_slope", 0.01),),
    "PReLU": (),
    "Sigmoid": (),
    "SiLU": (),
    "Hardswish": (),
    "LeakyHardtanh": (("min_val", -1.0), ("max_val", 1.0), ("min_slope", 0.01), ("max_slope", 0.01)),
    "LeakyHardTanh": (("min_val", -1.0), ("max_val", 1.0), ("min_slope", 0.01), ("max_slope", 0.01)),
    "Softsign": (),
}
#: What a kernel calls them; the spelling ``LeakyHardTanh`` is parsed away.
CODES: dict[str, int] = {name: i for i, name in enumerate(PARAMETERS) if name != "LeakyHardTanh"}
#: Names that trainers can write and no player reads.
UNKNOWN_HERE = ("GELU", "ELU", "Softsigmoid")

#: Coefficients of the format's rational approximation of tanh.
FAST_TANH = (2.45550750702956, 0.893229853513558, 0.821226666969744, 2.44506634652299, 0.814642734961073)

Rows = NDArray[np.float64]


def apply(activation: Activation, z: Rows) -> Rows:
    """``activation`` of ``z``, float64 ``(rows, frames)``."""
    p = activation.params
    match activation.name:
        case "Tanh":
            return np.tanh(z)
        case "Hardtanh":
            return np.clip(z, -1.0, 1.0)
        case "Fasttanh":
            a, b, c, d, e = FAST_TANH
            size = np.abs(z)
            above = z * (a * (1.0 + size) + (b + c * size) * z * z)
            return np.asarray(above / (d + (d + z * z) * np.abs(z + e * z * size)))
        case "ReLU":
            return np.maximum(z, 0.0)
        case "LeakyReLU":
            return np.where(z > 0.0, z, p[0] * z)
        case "PReLU":
            return np.where(z > 0.0, z, np.array(p)[:, None] * z)
        case "Sigmoid":
            return _sigmoid(z)
        case "SiLU":
            return np.asarray(z * _sigmoid(z))
        case "Hardswish":
            return np.asarray(z * np.clip(z + 3.0, 0.0, 6.0) / 6.0)
        case "LeakyHardtanh":
            low, high, low_slope, high_slope = p
            below, above = (z - low) * low_slope + low, (z - high) * high_slope + high
            return np.where(z < low, below, np.where(z > high, above, z))
        case "Softsign":
            return np.asarray(z / (1.0 + np.abs(z)))
    raise AssertionError(f"no activation is called {activation.name}")


def _sigmoid(z: Rows) -> Rows:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * z)))
