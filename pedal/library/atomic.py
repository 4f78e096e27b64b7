"""Writing a file so that a reader, or a power cut, finds the old one or the new one, whole.

Called by whoever saves for the player: the panel (presets), the commands. Anything may be
killed between two lines here; the name always stands for a complete file.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

#: What was there before the last save lies beside it under this ending.
PREVIOUS_SUFFIX = ".previous"
_TEMPORARY = re.compile(r"\..+\.(\d{1,10})\.tmp")


def write_atomic(path: Path, data: bytes, *, keep_previous: bool = False) -> None:
    """Replace ``path`` by ``data``, durably; its folder is made if missing.

    Args:
        path: the file; its folder must allow new files.
        data: the whole content.
        keep_previous: leave what was there under ``PREVIOUS_SUFFIX``.

    Raises:
        OSError: as the disk says (full, read-only, no permission); ``path`` is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary(path)
    try:
        _write_durably(temporary, data)
        if keep_previous and path.is_file():
            keep_as(path, previous_of(path))
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def remove_atomic(path: Path) -> None:
    """Remove a file, durably; what was in it stays under ``PREVIOUS_SUFFIX``.

    Raises:
        OSError: as the disk says; ``path`` is then as it was.
    """
    os.replace(path, previous_of(path))
    sync_folder(path.parent)


def previous_of(path: Path) -> Path:
    """Where the content before the last save lies."""
    return path.with_name(path.name + PREVIOUS_SUFFIX)


def keep_as(path: Path, kept: Path) -> None:
    """A second name for a file's content, itself put in place by a rename; durable with the next write in its folder.

    Args:
        path: a file.
        kept: the name, in the same folder; what was there is replaced.

    Raises:
        OSError: as the disk says; both names are then as they were.
    """
    link = _temporary(kept)
    link.unlink(missing_ok=True)
    try:
        os.link(path, link)
    except OSError:  # a file system without links (FAT): copy
        _write_durably(link, path.read_bytes())
    os.replace(link, kept)
    # Renaming a link onto another link of the same file does nothing and leaves the source.
    link.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files of writers that were killed; those of living ones stay."""
    for entry in folder.glob(".*.tmp"):
        match = _TEMPORARY.fullmatch(entry.name)
        if match and not _is_alive(int(match[1])):
            with contextlib.suppress(OSError):
                entry.unlink()


def sync_folder(folder: Path) -> None:
    """Make renames inside ``folder`` outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _temporary(path: Path) -> Path:
    # The writer's number is in the name: two writers never share one, and leftovers tell whose they are.
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def _write_durably(path: Path, data: bytes) -> None:
    # Not "x": a writer of the same number may have died here before.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o664)
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
