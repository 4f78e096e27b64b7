"""What the kernel can do for the period thread: priority, locked memory, a core of its own.

Called by ``process`` in pedal-audio before it streams. Every function returns None, or one
plain sentence where the system does not permit it: the pedal then plays without.
"""

from __future__ import annotations

import ctypes
import gc
import os
from pathlib import Path

import numpy as np

from pedal.arena import Arena

#: Above interrupt threads (50), below nothing that a pedal runs.
PERIOD_PRIORITY = 70
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4
_libc = ctypes.CDLL(None, use_errno=True)


def prepare(priority: int, core: int, arena: Arena, size_bytes: int) -> list[str]:
    """Take every right that is given, for the calling thread; returns a sentence for each that is not.

    Args:
        priority: of ``take_priority``.
        core: to bind to, where the priority is given: an ordinary thread is better off where there is room.
        arena: of which ``size_bytes`` are touched.
        size_bytes: see ``arena``.
    """
    warnings = [lock_memory()]
    touch(arena, size_bytes)
    stop_collecting()
    refused = take_priority(priority)
    warnings += [refused] if refused else [use_core(core)]
    return [warning for warning in warnings if warning]


def take_priority(priority: int = PERIOD_PRIORITY) -> str | None:
    """SCHED_FIFO for the calling thread; threads and processes it starts are ordinary again."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(priority))
    except OSError as refusal:
        return (
            f"no real-time priority ({refusal.strerror}): expect late wake-ups. "
            "Grant it with LimitRTPRIO=95, or 'rtprio 95' for the group audio in /etc/security/limits.d"
        )
    return None


def may_take_priority(priority: int = PERIOD_PRIORITY) -> bool:
    """Whether ``take_priority`` would succeed; leaves the calling thread as it was."""
    policy, param = os.sched_getscheduler(0), os.sched_getparam(0)
    if take_priority(priority) is not None:
        return False
    os.sched_setscheduler(0, policy, param)
    return True


def lock_memory() -> str | None:
    """Keep every page that is touched from now on in memory (and all that are there already).

    On fault only: locking whole mappings would double the memory of a process with numba in it.
    """
    if _libc.mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT) != 0:
        reason = os.strerror(ctypes.get_errno())
        return (
            f"memory is not locked ({reason}): swapping can interrupt the sound. "
            "Grant it with LimitMEMLOCK=infinity, or 'memlock unlimited' for the group audio"
        )
    return None


def touch(arena: Arena, size_bytes: int, start_byte: int = 0) -> None:
    """Fault in ``size_bytes`` of an arena, without changing a byte.

    Not all of it: a page of shared memory that is touched is a page that is used.
    """
    page_bytes = os.sysconf("SC_PAGE_SIZE")
    int(np.add.reduce(arena.u8[start_byte : start_byte + size_bytes : page_bytes], dtype=np.int64))


def reserve(path: Path, start_byte: int, size_bytes: int) -> str | None:
    """Take memory for a part of a shared file, so that nobody who touches it finds that there is none (SIGBUS)."""
    if size_bytes == 0:
        return None
    try:
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), start_byte, size_bytes)
    except OSError as refusal:
        return f"no memory for {size_bytes >> 20} MB in {path.parent} ({refusal.strerror})"
    return None


def use_core(core: int) -> str | None:
    """Bind the calling thread to one core."""
    try:
        os.sched_setaffinity(0, {core})
    except OSError as refusal:
        return f"not bound to core {core} ({refusal.strerror})"
    return None


def choose_cores(period_core: int | None = None) -> tuple[int, int]:
    """Cores ``(period thread, understudy)``: the last and the one before; the same if there is one.

    The first core of a small board serves most interrupts. A board may name the ``period_core`` itself.
    """
    cores = sorted(os.sched_getaffinity(0))
    if period_core is not None:
        others = [core for core in cores if core != period_core]
        return period_core, others[-1] if others else period_core
    return cores[-1], cores[-2] if len(cores) > 1 else cores[-1]


def stop_collecting() -> None:
    """No garbage collection while streaming: the loop makes no cycles, and a full pass takes milliseconds."""
    gc.collect()
    gc.freeze()
    gc.disable()
