"""Spinning processes: as many as cores, at the priority of nothing, none left."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pedal.virtual.awake import kept_awake


def children() -> list[int]:
    """Of this thread."""
    task = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return [int(pid) for pid in task.read_text().split()]


def test_every_core_is_kept_awake_by_nobody_in_the_way() -> None:
    before = set(children())
    with kept_awake():
        spinning = set(children()) - before
        assert len(spinning) == len(os.sched_getaffinity(0))
        deadline_s = time.monotonic() + 30.0
        while any(os.sched_getscheduler(pid) != os.SCHED_IDLE for pid in spinning):
            assert time.monotonic() < deadline_s
            time.sleep(0.01)
    assert not set(children()) & spinning
