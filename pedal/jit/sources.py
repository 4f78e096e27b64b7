"""Which sources end up in a compiled kernel: its own file and all of ours that it imports, however far.

numba takes callees and constants of other files into a kernel without noticing when those files change.
Called by ``cache`` for every module with kernels, in every process that computes; a start reads some dozens
of files, so imports are found by a pattern (a test holds it against the grammar).
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]

#: ``from pedal.x import a, b`` (in brackets over several lines too) and ``import pedal.x``, at any indentation.
_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+(pedal[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ \t]+(pedal[\w.]*))", re.MULTILINE
)
_COMMENT = re.compile(rb"#[^\n]*")


def closure(path: Path, package: Path = PACKAGE) -> frozenset[Path]:
    """``path`` and every file of ``package`` that it imports, directly or not."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting.extend(imported_files(file, package))
    return frozenset(found)


def closure_hash(path: Path, package: Path = PACKAGE) -> str:
    """Hash of the names and contents of ``closure``; the same wherever the package lies."""
    digest = hashlib.sha256()
    for file in sorted(closure(path, package)):
        name = file.relative_to(package) if file.is_relative_to(package) else file.name
        digest.update(f"{name}\0".encode())
        digest.update(_content_hash(file))
    return digest.hexdigest()


@functools.cache
def _content_hash(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


@functools.cache
def imported_files(path: Path, package: Path = PACKAGE) -> frozenset[Path]:
    """Files of ``package`` that ``path`` names in its own imports."""
    return frozenset(
        file
        for module, names in _imports(path.read_bytes())
        for file in (_file_of(package, module), *(_file_of(package, f"{module}.{name}") for name in names))
        if file is not None
    )


def _imports(source: bytes) -> Iterator[tuple[str, list[str]]]:
    for found in _IMPORT.finditer(source):
        module, names, plain = (part.decode() if part is not None else "" for part in found.groups())
        bare = _COMMENT.sub(b"", names.encode()).decode().strip("()")
        yield module or plain, [words[0] for name in bare.split(",") if (words := name.split())]


def _file_of(package: Path, module: str) -> Path | None:
    """The file of ``pedal.x.y``, or None if that is something within a module."""
    place = package.joinpath(*module.split(".")[1:])
    for file in (place.with_suffix(".py") if place != package else place / "__init__.py", place / "__init__.py"):
        if file.is_file():
            return file
    return None
