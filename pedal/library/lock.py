"""One writer at a time: imports, backups' return. Called by those, each in a process of its own."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pedal.errors import LibraryError
from pedal.library.atomic import remove_leftovers

NAME = ".lock"


class BusyError(LibraryError):
    """Somebody else holds the library."""


@contextmanager
def locked(home: Path, *folders: Path) -> Iterator[None]:
    """Hold the library, with these folders made and freed of what killed writers left in them.

    Raises:
        BusyError: somebody else holds it.
        LibraryError: it cannot be written to.
    """
    try:
        for folder in (home, *folders):
            folder.mkdir(parents=True, exist_ok=True)
            remove_leftovers(folder)
        lock = os.open(home / NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o660)
    except OSError as error:
        hint = "Free some space, or join the group `pedal`"
        raise LibraryError(f"cannot be written to ({error.strerror})", where=str(home), hint=hint) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BusyError("another import or restore is going on", hint="Wait until it is done") from error
        yield
    finally:
        os.close(lock)
