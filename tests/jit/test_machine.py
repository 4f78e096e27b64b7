"""Words of the machine: order between threads and processes, denormals, clocks."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pedal.jit import entry
from pedal.jit.machine import (
    CLOCK_MONOTONIC,
    CLOCK_THREAD_CPU,
    clock_ns,
    compare_swap,
    flush_denormals,
    load_acquire,
    restore_float_mode,
    sleep_us,
    store_release,
)


@entry("boolean(int64[::1], int64, int64, int64)")
def swap(i64: Any, word: int, old: int, new: int) -> bool:
    return compare_swap(i64, word, old, new)


@entry("int64(int64[::1], int64)")
def clock(i64: Any, which: int) -> int:
    return clock_ns(i64, 0, which)


@entry("void(float64[::1], boolean)")
def shrink(f64: Any, flush: bool) -> None:
    """In place, so that the compiler cannot move the arithmetic out of the flushed part."""
    mode = flush_denormals() if flush else 0
    for k in range(len(f64)):
        f64[k] *= 1e-10
    if flush:
        restore_float_mode(mode)


@entry("void(int64[::1], int64)")
def add_under_lock(i64: Any, times: int) -> None:
    """``i64[1] += 1`` the slow way, many times, under the lock ``i64[0]``."""
    for _ in range(times):
        while not compare_swap(i64, 0, 0, 1):
            sleep_us(1)
        i64[1] = i64[1] + 1
        store_release(i64, 0, 0)


@entry("void(int64[::1], int64)")
def publish(i64: Any, rounds: int) -> None:
    """Write seven words, then their number; wait until the reader has seen it."""
    for k in range(1, rounds + 1):
        for word in range(8, 15):
            i64[word] = k * word
        store_release(i64, 0, k)
        while load_acquire(i64, 1) != k:
            sleep_us(1)


@entry("int64(int64[::1], int64)")
def subscribe(i64: Any, rounds: int) -> int:
    """Words that did not match the number they were published under."""
    wrong = 0
    for k in range(1, rounds + 1):
        while load_acquire(i64, 0) != k:
            sleep_us(1)
        for word in range(8, 15):
            wrong += i64[word] != k * word
        store_release(i64, 1, k)
    return wrong


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_compare_swap(word: int, old: int, new: int) -> None:
    words = np.array([5, word, 7], np.int64)
    assert swap(words, 1, old, new) == (word == old)
    assert words.tolist() == [5, new if word == old else word, 7]


def test_two_threads_count_to_the_end_under_one_lock() -> None:
    words = np.zeros(16, np.int64)
    threads = [threading.Thread(target=add_under_lock, args=(words, 20_000)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert words[:2].tolist() == [0, 40_000]


def test_what_is_published_arrives_whole() -> None:
    words = np.zeros(16, np.int64)
    writer = threading.Thread(target=publish, args=(words, 2000))
    writer.start()
    assert subscribe(words, 2000) == 0
    writer.join()


def test_denormals_are_flushed_and_the_mode_comes_back() -> None:
    for flush in (False, True, False):
        tiny = np.full(9, 1e-300)
        shrink(tiny, flush)
        assert (tiny == 0.0).all() == flush


def test_clocks_agree_with_pythons() -> None:
    scratch: NDArray[np.int64] = np.zeros(2, np.int64)
    before = time.monotonic_ns()
    inside = clock(scratch, CLOCK_MONOTONIC)
    assert before <= inside <= time.monotonic_ns()
    cpu = time.thread_time_ns()
    inside = clock(scratch, CLOCK_THREAD_CPU)
    assert cpu <= inside <= time.thread_time_ns()
