"""Linked kernels: called by symbol, with whatever numbers the caller has, also from the cache."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from pedal.jit import entry
from pedal.jit.linked import linked_kernel, linked_switch


@linked_kernel("float64(float64[::1], int64, float64)")
def scaled_sum(f64: Any, count: int, scale: float) -> float:
    total = 0.0
    for k in range(count):
        total += f64[k] * scale
    return total


@linked_kernel("void(int64[::1], int64)")
def count_up(i64: Any, word: int) -> None:
    i64[word] += 1


@linked_kernel("void(int64[::1], int64)")
def count_down(i64: Any, word: int) -> None:
    i64[word] -= 1


count = linked_switch("void(int64[::1], int64)", {3: f"{__name__}.count_up", 70: f"{__name__}.count_down"})


@entry("void(int64[::1], int64, int32)")
def switches(i64: Any, number: int, word: int) -> None:
    count(number, i64, word)


@entry("float64(float64[::1], int64[::1], int32)")
def calls(f64: Any, i64: Any, scale: int) -> float:
    count_up(i64, 2)
    count_up(i64, i64[2])
    return scaled_sum(f64, len(f64), scale) + scaled_sum(f64, 1, 0.5)


def test_arguments_and_results_pass() -> None:
    f64, i64 = np.arange(1.0, 5.0), np.zeros(4, np.int64)
    assert calls(f64, i64, 3) == pytest.approx(30.5)
    assert i64.tolist() == [0, 1, 1, 0]


def test_the_callers_take_nothing_in() -> None:
    """The caller's machine code names the symbol and has no loop of the callee's."""
    compiled_here = njit("float64(float64[::1], int64[::1], int32)")(calls.py_func)  # no code is kept for cached ones
    (code,) = (str(text) for text in compiled_here.inspect_llvm().values())
    assert f"{__name__}.scaled_sum" in code
    assert "fmul" not in code


def test_a_switch_calls_by_number_and_nothing_where_there_is_none() -> None:
    words = np.zeros(2, np.int64)
    for number in (3, 70, 3, 3, 4, -1, 2**40):
        switches(words, number, 1)
    assert words.tolist() == [0, 2]
