"""Starting the pass-through pedal, and reading what it says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

SCRIPT = Path(__file__).with_name("passthrough.py")
ROOT = SCRIPT.parents[2]
needs_jackd = pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd2 is not installed")


def settings(**changes: Any) -> dict[str, Any]:
    card = {"card": "virtual", "rate_hz": 48000, "period_frames": 64, "periods": 3, "format": "auto"}
    return card | {"capture_channels": 1} | changes


def take(frames: int) -> NDArray[np.float32]:
    """Noise below full scale, no two periods alike, every value exact in 16 bits."""
    whole = np.random.default_rng(1).integers(-30000, 30000, frames)
    return (whole / 32768).astype(np.float32)


class Player:
    """A running pass-through pedal."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.heard: list[dict[str, Any]] = []

    def wait_for(self, key: str, value: Any = None) -> dict[str, Any]:
        """The next line that has ``key`` (with ``value``); fails when the player ends first."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said: dict[str, Any] = json.loads(line)
            self.heard.append(said)
            if key in said and value in (None, said[key]):
                return said
        raise AssertionError(f"the player ended without {key} = {value}; it said {self.heard}")

    def finish(self) -> dict[str, Any]:
        last = self.wait_for("left")
        assert self.process.wait(30) == 0
        return last


@contextmanager
def playing(environment: Mapping[str, str], count: int, *, stall_at: int = -1, **changes: Any) -> Iterator[Player]:
    process = subprocess.Popen(
        [sys.executable, SCRIPT, json.dumps(settings(**changes)), str(count), str(stall_at)],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | dict(environment),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Player(process)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
