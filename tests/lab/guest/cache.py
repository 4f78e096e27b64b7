"""What takes long to make is made once and kept under a hash of everything it was made from.

Called by ``kernel``, ``root`` and ``project``, on the host.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

#: So many of a kind are kept, the newest, and whatever was used within a day: a guest may be running on it.
KEPT, KEPT_S = 3, 86_400.0


def cache_dir() -> Path:
    """``$PEDAL_LAB_CACHE``, else ``pedal-lab`` in the user's cache. Made if missing."""
    named = os.environ.get("PEDAL_LAB_CACHE")
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    directory = Path(named).absolute() if named else root / "pedal-lab"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def hash_of(parts: Iterable[str | bytes | Path]) -> str:
    """Sixteen digits for a list of texts and of files' contents."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part.encode() if isinstance(part, str) else part
        digest.update(f"{len(data)}:".encode() + data)
    return digest.hexdigest()[:16]


def cached(kind: str, digest: str, build: Callable[[Path], None]) -> Path:
    """The folder ``kind-digest`` of the cache; ``build`` fills an empty one first if it is not there yet.

    Two laboratories that want the same thing at the same time make it once.
    """
    wanted = cache_dir() / f"{kind}-{digest}"
    with open(cache_dir() / f".{wanted.name}.lock", "w") as lock:
        if not wanted.is_dir():
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not wanted.is_dir():
            unfinished = cache_dir() / f".{wanted.name}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            started_s = time.monotonic()
            say(f"making {wanted.name}")
            build(unfinished)
            unfinished.rename(wanted)
            say(f"{wanted.name} made in {time.monotonic() - started_s:.0f} s")
            forget_old(kind, wanted)
    os.utime(wanted)
    return wanted


def forget_old(kind: str, current: Path) -> None:
    """Remove what is not among the ``KEPT`` newest of a kind and was not used within ``KEPT_S``."""
    others = [path for path in cache_dir().glob(f"{kind}-*") if path != current]
    for stale in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT - 1 :]:
        if time.time() - stale.stat().st_mtime > KEPT_S:
            shutil.rmtree(stale, ignore_errors=True)


def say(text: str) -> None:
    """A line for whoever waits."""
    print(f"lab: {text}", file=sys.stderr, flush=True)


def do(*command: str | Path, cwd: Path | None = None, **environment: str) -> str:
    """Run a command to its end; its output.

    Raises:
        SystemExit: it failed; the end of what it said is in the message.
    """
    ran = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if ran.returncode != 0:
        tail = "\n".join(ran.stdout.splitlines()[-25:])
        raise SystemExit(f"{tail}\nlab: '{' '.join(map(str, command))}' failed with {ran.returncode}")
    return ran.stdout
