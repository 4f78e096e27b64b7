"""``python -m tests.lab.probe OUT``: tries what a service of the pedal must not be able to do, and what it must.

Started by the scenario ``sandbox`` in a unit that has every line of a service's but its program. Writes a JSON object
into OUT: for each attempt "done", or why not.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWUSER, _PTRACE_ATTACH, _MCL_CURRENT = 0x10000000, 16, 1
_READ_WRITE_RUN = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC


WRITTEN = ("/etc", "/usr", "/opt/pedal", "/root", "/run", "/run/pedal", "/var/lib/pedal", "/sys/kernel", "/proc/sys")
WRITTEN += ("/var/cache/pedal/audio", "/var/cache/pedal/panel")
LISTED = ("/home", "/root", "/var/lib/pedal", "/var/cache/pedal/audio", "/var/cache/pedal/panel")
READ = ("/etc/shadow", "/proc/1/environ", "/proc/1/cmdline")
OPENED = ("/dev/mem", "/dev/kmsg", "/dev/loop0", "/dev/gpiochip0", "/dev/snd/controlC0")
OTHERS: dict[str, Callable[[], Any]] = {
    "internet socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "netlink socket": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "packet socket": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "unix socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    "system bus": lambda: socket.socket(socket.AF_UNIX).connect("/run/dbus/system_bus_socket"),
    "replace the other's file": lambda: _replace_foreign(),
    "signal systemd": lambda: os.kill(1, 0),
    "become root": lambda: os.setuid(0),
    "new user namespace": lambda: _call(_libc.unshare, _CLONE_NEWUSER),
    "mount": lambda: _call(_libc.mount, b"none", b"/tmp", b"tmpfs", 0, None),
    "trace systemd": lambda: _call(_libc.ptrace, _PTRACE_ATTACH, 1, 0, 0),
    "set the clock": lambda: time.clock_settime(time.CLOCK_REALTIME, 0.0),
    "setuid file": lambda: _make_setuid_file(),
    "run what was written": lambda: mmap.mmap(-1, mmap.PAGESIZE, prot=_READ_WRITE_RUN).close(),
    "real-time priority": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(70)),
    "lock memory": lambda: _call(_libc.mlockall, _MCL_CURRENT),
}


def main() -> None:
    """Try everything."""
    outcomes = {f"write {folder}": _outcome(_write, folder) for folder in WRITTEN}
    outcomes |= {f"list {folder}": _outcome(os.listdir, folder) for folder in LISTED}
    outcomes |= {f"read {path}": _outcome(_read, path) for path in READ}
    outcomes |= {f"open {path}": _outcome(_open, path) for path in OPENED}
    outcomes |= {name: _outcome(attempt) for name, attempt in OTHERS.items()}
    Path(sys.argv[1]).write_text(json.dumps(outcomes))


def _outcome(attempt: Callable[..., Any], *arguments: str) -> str:
    try:
        attempt(*arguments)
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "?")
    return "done"


def _write(folder: str) -> None:
    path = Path(folder) / "probe"
    path.write_text("")
    path.unlink()


def _read(path: str) -> None:
    Path(path).read_bytes()


def _open(path: str) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))


def _call(function: Any, *arguments: Any) -> None:
    if function(*arguments) == -1:
        raise OSError(ctypes.get_errno(), "refused")


def _replace_foreign() -> None:
    """Put something else in the place of what the other half made in the common folder."""
    foreign = min(path for path in Path("/run/pedal").iterdir() if path.stat().st_uid != os.getuid())
    foreign.unlink()


def _make_setuid_file() -> None:
    path = Path("/tmp/probe")
    path.write_text("")
    path.chmod(0o4755)


if __name__ == "__main__":
    main()
