"""Rights: taken where they are given, one plain sentence where they are not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pedal.arena import Arena
from pedal.audio import realtime
from tests.audio.players import ROOT

ASK = """
import gc, json, os, threading
from pedal.audio import realtime
from pedal.jit.machine import wake_exactly
may = realtime.may_take_priority()
before = os.sched_getscheduler(0)
answers = [realtime.lock_memory(), realtime.take_priority(), realtime.use_core(realtime.choose_cores()[0])]
wake_exactly()
realtime.stop_collecting()
inherited = []
thread = threading.Thread(target=lambda: inherited.append(os.sched_getscheduler(0)))
thread.start()
thread.join()
print(json.dumps({
    "may": may, "before": before, "answers": answers, "inherited": inherited[0], "collects": gc.isenabled(),
    "policy": os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK, "cores": len(os.sched_getaffinity(0)),
}))
"""


def ask(*prefix: str) -> dict[str, Any]:
    done = subprocess.run(
        [*prefix, sys.executable, "-c", ASK],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_what_is_given_is_taken() -> None:
    got = ask()
    assert got["may"] == (got["answers"][1] is None)
    assert got["policy"] == (os.SCHED_FIFO if got["may"] else os.SCHED_OTHER)
    assert got["before"] == os.SCHED_OTHER, "asking changes nothing"
    assert got["inherited"] == os.SCHED_OTHER, "what the period thread starts is ordinary"
    assert got["cores"] == 1 and not got["collects"]


@pytest.mark.privileged
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv is not installed")
def test_what_is_not_given_is_said() -> None:
    got = ask("setpriv", "--bounding-set=-sys_nice,-ipc_lock,-sys_resource")
    memory, priority, core = got["answers"]
    assert "swapping can interrupt the sound. Grant it with LimitMEMLOCK=infinity" in memory
    assert "expect late wake-ups. Grant it with LimitRTPRIO=95" in priority
    assert core is None
    assert not got["may"] and got["policy"] == os.SCHED_OTHER


def test_cores_are_two_where_there_are_two() -> None:
    period, understudy = realtime.choose_cores()
    cores = os.sched_getaffinity(0)
    assert {period, understudy} <= cores
    assert (period != understudy) == (len(cores) > 1)


def test_a_core_that_is_not_there_is_said() -> None:
    code = "from pedal.audio import realtime; print(realtime.use_core(1000))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("not bound to core 1000 (")


def test_touching_changes_nothing() -> None:
    arena = Arena.allocate(1 << 20)
    arena.u8[:] = np.random.default_rng(0).integers(0, 256, arena.u8.size)
    before = arena.u8.copy()
    realtime.touch(arena, arena.u8.size)
    np.testing.assert_array_equal(arena.u8, before)


def test_part_of_an_arena_is_touched() -> None:
    arena = Arena.allocate(1 << 20)
    before = arena.u8.copy()
    realtime.touch(arena, 1 << 19, 1 << 19)
    np.testing.assert_array_equal(arena.u8, before)


def test_memory_is_taken_before_it_is_touched(tmp_path: Path) -> None:
    path = tmp_path / "link"
    path.write_bytes(b"x" * 4096)
    os.truncate(path, 1 << 22)
    empty = path.stat().st_blocks * 512
    assert realtime.reserve(path, 1 << 20, 1 << 21) is None
    assert path.stat().st_blocks * 512 - empty >= 1 << 21
    assert path.stat().st_size == 1 << 22
    assert path.read_bytes()[:4096] == b"x" * 4096


def test_memory_that_is_not_there_is_said(tmp_path: Path) -> None:
    refused = realtime.reserve(tmp_path / "none", 0, 5 << 20)
    assert refused is not None and "no memory for 5 MB" in refused
    full = Path("/dev/full")
    assert not full.exists() or realtime.reserve(full, 0, 1 << 20) is not None
