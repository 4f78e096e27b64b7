"""Where compiled kernels are kept, and what makes them stale.

numba stamps a cached function with its own file only: after an edit to a callee in another
file the cached caller would go on running the old one. So the cache directory carries a hash
of *all* kernel sources, numba's version and the target CPU; any edit starts a new directory.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from importlib.metadata import version
from pathlib import Path

#: Packages whose sources end up in compiled code.
KERNEL_PACKAGES = ("jit", "nam", "dsp", "rig", "link")
#: Single files whose constants kernels freeze.
KERNEL_FILES = ("layout.py", "params.py", "units.py")
#: Stale directories kept, so that switching between two versions stays warm.
KEPT = 3


def source_hash(root: Path | None = None) -> str:
    """Hash of every kernel source below ``root`` (the installed ``pedal`` package)."""
    base = root or Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    sources = [base / name for name in KERNEL_FILES]
    for package in KERNEL_PACKAGES:
        sources += sorted((base / package).rglob("*.py"))
    for path in sources:
        digest.update(str(path.relative_to(base)).encode())
        digest.update(path.read_bytes())
    for name in ("numba", "llvmlite", "numpy"):
        digest.update(version(name).encode())
    digest.update(os.environ.get("NUMBA_CPU_NAME", "host").encode())
    digest.update(os.environ.get("NUMBA_CPU_FEATURES", "host").encode())
    return digest.hexdigest()[:16]


def cache_root() -> Path:
    """``$PEDAL_CACHE_DIR``, else ``$XDG_CACHE_HOME/pedal``, else ``~/.cache/pedal``."""
    if named := os.environ.get("PEDAL_CACHE_DIR"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pedal"


def configure() -> Path | None:
    """Point numba at the directory of this source state; None where no directory can be made.

    A read-only home is not an error: kernels then compile at every start, which is slow but right.
    """
    directory = cache_root() / "kernels" / source_hash()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        os.utime(directory)
    except OSError:
        return None
    _forget_old(directory)
    os.environ["NUMBA_CACHE_DIR"] = str(directory)
    from numba import config

    config.CACHE_DIR = str(directory)
    return directory


def _forget_old(current: Path) -> None:
    others = sorted(
        (p for p in current.parent.iterdir() if p.is_dir() and p != current),
        key=lambda p: p.stat().st_mtime,
        reverse=True,
    )
    for stale in others[KEPT:]:
        shutil.rmtree(stale, ignore_errors=True)
