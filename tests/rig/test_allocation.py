"""Playing allocates nothing: numba's own counters, around a compiled driver (they exist only if asked for at start)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def moved() -> dict[str, list[int]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.rig.thousand_periods"],
        env=os.environ | {"NUMBA_NRT_STATS": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, list[int]] = json.loads(done.stdout)
    return result


def test_a_thousand_chains_allocate_nothing(moved: dict[str, list[int]]) -> None:
    assert moved["nothing"] == [0, 0]
    assert max(moved["run_chain"]) <= 3  # Python's handing in of three arrays, once


def test_a_thousand_periods_with_all_their_changes_allocate_nothing(moved: dict[str, list[int]]) -> None:
    assert max(moved["play_period"]) <= 5
    assert moved["periods"] == [1001]
    assert moved["looper"][1] > 0  # there was a loop, and overdubs into it
