"""Keeps a machine's processor awake while it stands in for a pedal's. Used by ``pedal demo``.

A core that sleeps between two periods wakes with a slow clock and cold caches; on a virtual machine
the same period then takes twice as long as a second before, and no ``cpu_scale`` means anything. A
pedal's own board is told not to sleep. Here one process a core does nothing, at the priority of
nothing (``SCHED_IDLE``): whoever wants the core has it at once.

``python -m pedal.virtual.awake CORE`` is one of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: util-linux: none is left spinning after a killed demo.
_DIE_WITH_PARENT = ("setpriv", "--pdeathsig", "KILL")


@contextmanager
def kept_awake() -> Iterator[None]:
    """No core of this machine sleeps while the context lasts; the thread that enters must outlive it."""
    command = [*_DIE_WITH_PARENT, sys.executable, "-m", "pedal.virtual.awake"]
    spinning: list[subprocess.Popen[bytes]] = []
    try:
        for core in sorted(os.sched_getaffinity(0)):
            # In a session of its own: Ctrl-C is the demo's to answer.
            process = subprocess.Popen([*command, str(core)], stdin=subprocess.DEVNULL, start_new_session=True)
            spinning.append(process)
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def _spin(core: int) -> None:
    os.sched_setaffinity(0, {core})
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    while True:
        pass


if __name__ == "__main__":
    _spin(int(sys.argv[1]))
