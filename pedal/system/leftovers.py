"""What a killed pedal leaves behind, and how the next one gets rid of it.

Called by ``supervise`` before anything is started. Children die with their parent, so that
normally nothing is found; a pid file names its process by its start time too, because process
ids are used again.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from pedal.errors import PedalError


@contextlib.contextmanager
def lock_place(runtime_dir: Path, name: str) -> Iterator[None]:
    """Be the only one that runs a child of this name in ``runtime_dir``; a lock that ends with its process.

    Raises:
        PedalError: another one runs, and which; or somebody else's files are in the way.
    """
    runtime_dir.mkdir(parents=True, exist_ok=True)
    path = runtime_dir / f"{name}.lock"
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
    except OSError as error:
        hint = "Another user ran a pedal here: remove what is in this folder"
        raise PedalError(f"cannot be locked ({error.strerror})", where=str(path), hint=hint) from error
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(fd, 32, 0).decode("ascii", "replace").strip() or "?"
            raise PedalError(
                f"a pedal is already running here (process {owner})",
                where=str(runtime_dir),
                hint="Stop it first, or set PEDAL_RUNTIME_DIR to another folder",
            ) from None
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(fd)


def remember_pid(path: Path, pid: int) -> None:
    """Write down a process that was just started."""
    path.write_text(f"{pid} {start_time(pid)}\n")


def load_pid(path: Path) -> int:
    """The process that was written down last; 0 if there is none."""
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def forget_pid(path: Path) -> None:
    """Strike out a process that has ended."""
    path.unlink(missing_ok=True)


def start_time(pid: int) -> int:
    """When a process started, in clock ticks since boot; 0 if there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[19])  # the name before may hold anything, also brackets


def remove_leftover(runtime_dir: Path, name: str) -> None:
    """End what a killed supervisor started and the kernel, for whatever reason, did not end with it."""
    path = runtime_dir / f"{name}.pid"
    with contextlib.suppress(OSError, ValueError):
        pid, started = (int(word) for word in path.read_text().split())
        if started and start_time(pid) == started:
            os.kill(pid, signal.SIGKILL)
    forget_pid(path)
