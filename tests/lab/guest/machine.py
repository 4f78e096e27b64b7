"""Runs a guest to its end: user-mode Linux in virtual time, a run folder in and out.

Called by ``tests.lab`` and by ``python -m tests.lab.guest``, on the host. The kernel is a process like any other,
but ignores SIGTERM: it gets a session of its own and is killed with all of it, whatever happens.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.lab.guest.cache import do
from tests.lab.guest.kernel import kernel
from tests.lab.guest.project import project
from tests.lab.guest.root import root

#: The wall clock that every guest is started with, later than any package in it: 2027-01-01 00:00 UTC.
START_NS = 1_798_761_600_000_000_000
#: The run's folder, as the kernel's process finds it. Its name must not stand on the kernel's command line, from which
#: the kernel makes its random numbers.
_HERE = "/proc/self/cwd"
MEMORY = "2048M"
_INIT = Path(__file__).resolve().parent / "init.sh"
_TICK_S = 0.02
#: Identity of the player's partition; chance would make it another one in every run.
_DISK_ID = "6c61626f-7261-746f-7279-000000000001"

_running: set[subprocess.Popen[bytes]] = set()


@dataclass(frozen=True)
class Ended:
    """How a guest ended: the command's exit status (None: it never ended) and real seconds from start to end."""

    code: int | None
    real_s: float
    output: str
    console: str


@dataclass(frozen=True)
class Disk:
    """The player's partition as a disk of its own; ``log_mib``: every write of it is logged on a second one."""

    mib: int = 32
    log_mib: int = 0


def run_guest(
    command: str,
    folder: Path,
    *,
    limit_s: float = 120.0,
    layers: Iterable[Path] = (),
    disk: Disk | None = None,
    memory: str = MEMORY,
) -> Ended:
    """Boot a guest, run a shell command in it as root, and power it off.

    Args:
        command: for ``sh``, run when the system is up, in /opt/pedal.
        folder: the run's own, empty or new; /lab in the guest. What the command writes to /lab lies here.
        limit_s: real seconds, after which the guest is killed.
        layers: folders laid over the project and the root, the first uppermost.
        disk: the partition for /var/lib/pedal; in memory without one.
        memory: of the guest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    program, base, ours = kernel(), root(), project()
    shutil.copy(_INIT, folder / "init")
    (folder / "command").write_text(command + "\n")
    (folder / "layers").write_text("".join(f"{layer}\n" for layer in (*layers, ours)))
    if disk is not None:
        make_disk(folder, disk)
    (folder / "root").unlink(missing_ok=True)
    (folder / "root").symlink_to(base)
    arguments = [
        *(f"mem={memory}", "time-travel=inf-cpu", f"time-travel-start={START_NS}"),
        *("rootfstype=hostfs", f"rootflags={_HERE}/root", "ro", "init=/sbin/lab-init", f"lab={_HERE}"),
        *("con=null", "con0=null,fd:1", "norandmaps", "quiet", "systemd.wants=pedal-lab.service"),
        *("systemd.show_status=0", "systemd.log_target=kmsg", "snd_aloop.pcm_substreams=2"),
    ]
    started_s = time.monotonic()
    with open(folder / "console.txt", "wb") as console:
        process = subprocess.Popen(
            # Where the kernel lies in its host's memory decides how much of it a guest has: no luck there, please.
            # And whatever ends this process ends its guest.
            ["setpriv", "--pdeathsig", "KILL", "setarch", "--addr-no-randomize", program, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            start_new_session=True,
            env={"TMPDIR": _memory_folder(), "HOME": str(folder), "PATH": os.defpath},
        )
        _running.add(process)
        try:
            _wait(process, started_s + limit_s)
        finally:
            _running.discard(process)
            _kill(process)
    return Ended(
        code=_code(folder / "code"),
        real_s=time.monotonic() - started_s,
        output=_text(folder / "output"),
        console=_text(folder / "console.txt"),
    )


def kill_guests() -> None:
    """End all guests that run now; each ``run_guest`` then returns as if its guest had died."""
    for process in tuple(_running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _wait(process: subprocess.Popen[bytes], deadline_s: float) -> None:
    while process.poll() is None and time.monotonic() < deadline_s:
        time.sleep(_TICK_S)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The whole session, also when the kernel itself has gone and left one of its helpers."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _memory_folder() -> str:
    """Where the guest's memory lies: a file system in memory, if there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else os.environ.get("TMPDIR", "/tmp")


def make_disk(folder: Path, disk: Disk) -> None:
    """Empty disks in a folder: ``data.img`` with a file system, the same in every run, and ``writes.img``."""
    data = folder / "data.img"
    with open(data, "wb") as image:
        image.truncate(disk.mib << 20)
    seeded = (f"-U{_DISK_ID}", f"-Ehash_seed={_DISK_ID},lazy_itable_init=0,lazy_journal_init=0")
    do("mke2fs", "-q", "-t", "ext4", *seeded, data, E2FSPROGS_FAKE_TIME=str(START_NS // 1_000_000_000))
    if disk.log_mib:
        with open(folder / "writes.img", "wb") as image:
            image.truncate(disk.log_mib << 20)


def _code(path: Path) -> int | None:
    text = _text(path).strip()
    return int(text) if text else None


def _text(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""
