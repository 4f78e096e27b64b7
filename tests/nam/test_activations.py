"""Activations: kernels against their float64 meaning, and that against the twin's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from pedal.nam.activation_kernels import activate_kernel, sigmoid_kernel, tanh_kernel
from pedal.nam.activations import CODES, PARAMETERS, apply
from pedal.nam.spec import Activation
from tests.nam.twin import activate

ROWS, FRAMES = 4, 32


@njit
def map_tanh(x: Any, y: Any) -> None:
    for i in range(len(x)):
        y[i] = tanh_kernel(x[i])


@njit
def map_sigmoid(x: Any, y: Any) -> None:
    for i in range(len(x)):
        y[i] = sigmoid_kernel(x[i])


def ulps(y: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any]) -> float:
    return float(np.max(np.abs(y - wanted) / np.spacing(np.abs(wanted).astype(np.float32))))


@pytest.mark.parametrize("reach", (1e-30, 1e-3, 0.5, 3.0, 30.0, 1e30))
def test_tanh_and_sigmoid_to_three_units_in_the_last_place(reach: float) -> None:
    x = np.linspace(-reach, reach, 20002).astype(np.float32)
    y = np.empty_like(x)
    map_tanh(x, y)
    assert ulps(y, np.tanh(x.astype(np.float64))) < 3
    map_sigmoid(x, y)
    wanted = 1 / (1 + np.exp(np.minimum(80, -x.astype(np.float64))))
    near = x > -80
    assert ulps(y[near], wanted[near]) < 4
    assert np.all(y[x < -80] < 1e-34)


def test_tanh_of_the_unusual() -> None:
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan], np.float32)
    y = np.empty_like(x)
    map_tanh(x, y)
    np.testing.assert_array_equal(y, np.array([0, 0, 1, -1, np.nan], np.float32))


@pytest.mark.parametrize("name", CODES)
def test_kernel_equals_definition(name: str) -> None:
    params = tuple(default for _, default in PARAMETERS[name])
    if name == "PReLU":
        params = (0.1, 0.3, -0.2, 1.5)
    if name == "LeakyHardtanh":
        params = (-0.4, 0.3, 0.1, 0.05)
    z = np.linspace(-6, 6, ROWS * FRAMES).astype(np.float32).reshape(ROWS, FRAMES)
    wanted = apply(Activation(name, params), z.astype(np.float64))
    memory = np.concatenate([z.ravel(), np.array(params, np.float32), np.zeros(1, np.float32)])
    activate_kernel(memory, CODES[name], z.size, 0, ROWS, FRAMES)
    np.testing.assert_allclose(memory[: z.size].reshape(z.shape), wanted, rtol=1e-6, atol=1e-6)
    spec: dict[str, Any] = {"type": name}
    if name == "PReLU":
        spec["negative_slopes"] = list(params)
    spec.update({key: value for (key, _), value in zip(PARAMETERS[name], params, strict=False)})
    np.testing.assert_allclose(wanted, activate(spec, z.astype(np.float64)), rtol=1e-12, atol=1e-12)
