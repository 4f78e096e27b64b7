"""Where compiled kernels are kept, and what makes them stale.

numba stamps a cached function with its own file only: after an edit to a callee in another file the
cached caller would go on running the old one. Here every module with kernels has a directory of its own,
named by a hash of all the sources that it takes in (``sources``), of numba's version and the target CPU.
An edit, an update or another board starts new directories for what it touches and leaves the rest warm;
where the project itself lies does not matter. Used through ``pedal.jit`` by every process that computes.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
from importlib.metadata import version
from pathlib import Path

from pedal.jit.sources import closure_hash

#: Packages whose sources end up in compiled code.
KERNEL_PACKAGES = ("jit", "params", "nam", "dsp", "rig", "link")
#: Single files whose constants kernels freeze.
KERNEL_FILES = ("layout.py", "units.py")
#: Stale directories kept for each module, so that switching between versions stays warm.
KEPT = 3


def source_hash(root: Path | None = None) -> str:
    """Hash of every kernel source below ``root`` (the installed ``pedal`` package): which kernels these are."""
    base = root or Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(_target().encode())
    sources = [base / name for name in KERNEL_FILES]
    for package in KERNEL_PACKAGES:
        sources += sorted((base / package).rglob("*.py"))
    for path in sources:
        digest.update(str(path.relative_to(base)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@functools.cache
def _versions() -> str:
    return " ".join(version(name) for name in ("numba", "llvmlite", "numpy"))


def _target() -> str:
    names = (os.environ.get(name, "host") for name in ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NUMBA_OPT"))
    return " ".join((_versions(), *names))


def cache_root() -> Path:
    """``$PEDAL_CACHE_DIR``, else ``$XDG_CACHE_HOME/pedal``, else ``~/.cache/pedal``."""
    if named := os.environ.get("PEDAL_CACHE_DIR"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pedal"


@functools.cache
def module_directory(source: Path) -> Path:
    """Where the kernels of the module at ``source`` are kept: ``<package>.<module>.<hash>``."""
    digest = hashlib.sha256(_target().encode())
    digest.update(closure_hash(source).encode())
    return cache_root() / "kernels" / f"{source.parent.name}.{source.stem}.{digest.hexdigest()[:16]}"


def configure() -> bool:
    """Make numba keep compiled code where ``Locator`` says; False where nothing can be kept.

    A read-only home is not an error: kernels then compile at every start, which is slow but right.
    """
    kernels = cache_root() / "kernels"
    try:
        kernels.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    if not os.access(kernels, os.W_OK | os.X_OK):
        return False
    from numba import config

    config.CACHE_LOCATOR_CLASSES = f"{__name__}.Locator"
    return True


class Locator:
    """Tells numba the directory of one function's module (its ``_CacheLocator`` interface)."""

    def __init__(self, source: Path, line: int) -> None:
        self._directory = module_directory(source)
        self._line = line

    @classmethod
    def from_function(cls, function: object, source: str) -> Locator:
        """The locator of ``function``, defined in the file ``source``; makes its directory."""
        locator = cls(Path(source).resolve(), function.__code__.co_firstlineno)  # type: ignore[attr-defined]
        locator.ensure_cache_path()
        return locator

    def ensure_cache_path(self) -> None:
        """Make the directory if it is new, and forget old ones of the same module."""
        try:
            os.utime(self._directory)
        except FileNotFoundError:
            self._directory.mkdir(parents=True, exist_ok=True)
            _forget_old(self._directory)
        except PermissionError:
            pass  # made by another user of the same cache

    def get_cache_path(self) -> str:
        """Where numba puts the files."""
        return str(self._directory)

    def get_source_stamp(self) -> str:
        """Freshness is the directory's name."""
        return self._directory.name

    def get_disambiguator(self) -> str:
        """Tells functions of one name in one module apart."""
        return str(self._line)


def _forget_old(current: Path) -> None:
    module = current.name.rpartition(".")[0]
    others = sorted(
        (path for path in current.parent.glob(f"{module}.*") if path.is_dir() and path != current),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for stale in others[KEPT:]:
        shutil.rmtree(stale, ignore_errors=True)
