"""Walks a tree that somebody else made - a stick, an inbox, a folder - and finds the files that may be ours.

Called by the importer, in its own short-lived process. The tree is hostile: every step is taken from an open folder
(``openat``), links are never followed, only regular files of the same mount are opened, and depth, number of
entries, bytes and time have an end. A folder of a stick that was pulled out lists as empty without any error, so
nothing here is believed for its silence: ``is_alive`` reads again what was there before.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["model", "impulse", "preset", "backup"]
KINDS: dict[str, Kind] = {".nam": "model", ".wav": "impulse", ".toml": "preset", ".pedal": "backup"}

#: A file by this name at the top of a stick asks for a backup onto it.
BACKUP_HERE = "pedal-backup-here"
#: Folders in which systems keep house on other people's sticks; and anything hidden, such as ``._Amp.nam`` of a Mac.
_HOUSEKEEPING = {"system volume information", "$recycle.bin", "recycler", "lost+found", "found.000", "__macosx"}
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


@dataclass(frozen=True, slots=True)
class Limits:
    """Where looking ends.

    Attributes:
        entries: files and folders looked at, of any kind.
        depth: folders inside folders.
        found: files that may be ours.
        seconds: for all of it.
    """

    entries: int = 200_000
    depth: int = 12
    found: int = 20_000
    seconds: float = 1800.0


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file that may be ours.

    Attributes:
        folders, name: where it lies below the root, as the file system says it; never to be shown uncleaned.
        kind: by its ending.
        size_bytes: as listed.
        mtime_ns: as listed.
    """

    folders: tuple[str, ...]
    name: str
    kind: Kind
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Passed:
    """Something that was passed by, and why, in words; ``folders`` and ``name`` as in ``Found``."""

    folders: tuple[str, ...]
    name: str
    reason: str


class Tree:
    """An open folder and what lies below it.

    Args:
        root: opened at once; links on the way to it are the caller's own and are followed.
        limits: where looking ends.
        clock: seconds.
        only: nothing but this file of the folder; empty: everything below it.

    Raises:
        OSError: it is no folder, or cannot be opened.
    """

    def __init__(
        self, root: Path, limits: Limits = USUAL, clock: Callable[[], float] = time.monotonic, *, only: str = ""
    ) -> None:
        self._fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._mount = _mount_of(self._fd)
        self._limits = limits
        self._clock = clock
        self._only = only
        self._end_s = clock() + limits.seconds
        #: Entries looked at so far, and regular files among them that are none of ours.
        self.seen, self.others = 0, 0

    def __enter__(self) -> Tree:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)

    @property
    def is_late(self) -> bool:
        """Whether the time for this tree is over."""
        return self._clock() > self._end_s

    def walk(self) -> Iterator[Found | Passed]:
        """Everything that may be ours, folder by folder in the order of names; each folder is closed again in turn."""
        if self._only:
            status = os.stat(self._only, dir_fd=self._fd, follow_symlinks=False)
            items = list(self._judge((), self._only, status, []))
            yield from items or [Passed((), self._only, f"is none of {', '.join(KINDS)}")]
            self.others = 0
            return
        found = 0
        pending: list[tuple[str, ...]] = [()]
        while pending:
            folders = pending.pop()
            below: list[tuple[str, ...]] = []
            for item in self._list(folders, below):
                if self.is_late:
                    yield Passed(folders, "", f"more than {self._limits.seconds:g} s of looking: the rest was left")
                    return
                found += isinstance(item, Found)
                if found > self._limits.found:
                    yield Passed(folders, "", f"more than {self._limits.found} files: the rest was left")
                    return
                yield item
                if isinstance(item, Passed) and not item.name:
                    return
            pending += reversed(below)

    def read(self, found: Found, cap_bytes: int) -> bytes:
        """The content of a file, read once: exactly the bytes that were listed.

        Raises:
            OSError: it is gone, is no longer what was listed, is too large, or the medium fails.
        """
        descriptor = self.open(found)
        try:
            if os.fstat(descriptor).st_size > cap_bytes:
                raise OSError(f"is larger than {cap_bytes >> 10} KiB")
            data = bytearray()
            while len(data) <= cap_bytes and (piece := os.read(descriptor, min(1 << 20, cap_bytes + 1 - len(data)))):
                data += piece
        finally:
            os.close(descriptor)
        if len(data) != found.size_bytes:
            raise OSError(f"gave {len(data)} of its {found.size_bytes} bytes")
        return bytes(data)

    def open(self, found: Found) -> int:
        """A descriptor of a file that was found; the caller closes it.

        Raises:
            OSError: it is gone, or is no regular file any more.
        """
        folder = self._enter(found.folders)
        try:
            descriptor = os.open(found.name, _OPEN, dir_fd=folder)
        finally:
            os.close(folder)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode) or _mount_of(descriptor) != self._mount:
            os.close(descriptor)
            raise OSError("is no longer a regular file")
        return descriptor

    def remove(self, found: Found) -> None:
        """Remove a file that was found (from an inbox).

        Raises:
            OSError: not ours to remove.
        """
        folder = self._enter(found.folders)
        try:
            os.unlink(found.name, dir_fd=folder)
        finally:
            os.close(folder)

    def has(self, name: str) -> bool:
        """Whether a regular file of this name lies at the top."""
        try:
            return stat.S_ISREG(os.stat(name, dir_fd=self._fd, follow_symlinks=False).st_mode)
        except OSError:
            return False

    def is_alive(self, found: Found) -> bool:
        """Whether the medium still gives what was found there, asked of the medium itself and not of memory."""
        try:
            descriptor = self.open(found)
        except OSError:
            return False
        try:
            status = os.fstat(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            first = os.pread(descriptor, 1, 0)
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return status.st_size == found.size_bytes and len(first) == min(1, found.size_bytes)

    def _enter(self, folders: tuple[str, ...]) -> int:
        """A descriptor of a folder below the root, reached step by step without following a link."""
        folder = os.dup(self._fd)
        for name in folders:
            try:
                inner = os.open(name, _OPEN | os.O_DIRECTORY, dir_fd=folder)
            finally:
                os.close(folder)
            folder = inner
            if _mount_of(folder) != self._mount:
                os.close(folder)
                raise OSError("something else is mounted there")
        return folder

    def _list(self, folders: tuple[str, ...], below: list[tuple[str, ...]]) -> Iterator[Found | Passed]:
        """What is ours in one folder; folders in it go to ``below``."""
        try:
            folder = self._enter(folders)
        except OSError as error:
            yield Passed(folders[:-1], folders[-1] if folders else "/", _reason(error))
            return
        names: list[tuple[str, os.stat_result]] = []
        full = False
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self.seen += 1
                    full = self.seen > self._limits.entries
                    if full:
                        break
                    if "/" in entry.name:  # a medium that was made to climb; today's kernels list no such name
                        yield Passed(folders, entry.name, "has no name that a file can have")
                    elif not is_housekeeping(entry.name):
                        with contextlib.suppress(FileNotFoundError):
                            names.append((entry.name, entry.stat(follow_symlinks=False)))
        except OSError as error:
            yield Passed(folders[:-1], folders[-1] if folders else "/", _reason(error))
        finally:
            os.close(folder)
        for name, status in sorted(names, key=lambda item: item[0]):
            yield from self._judge(folders, name, status, below)
        if full:
            yield Passed(folders, "", f"more than {self._limits.entries} files and folders: the rest was left")

    def _judge(
        self, folders: tuple[str, ...], name: str, status: os.stat_result, below: list[tuple[str, ...]]
    ) -> Iterator[Found | Passed]:
        kind = kind_of(name)
        if stat.S_ISDIR(status.st_mode):
            if len(folders) >= self._limits.depth:
                yield Passed(folders, name, f"lies more than {self._limits.depth} folders deep: not entered")
            else:
                below.append((*folders, name))
        elif stat.S_ISLNK(status.st_mode):
            yield Passed(folders, name, "is a link: not followed")
        elif not stat.S_ISREG(status.st_mode):
            yield Passed(folders, name, "is not a regular file")
        elif kind is None:
            self.others += 1
        else:
            yield Found(folders, name, kind, status.st_size, status.st_mtime_ns)


def kind_of(name: str) -> Kind | None:
    """What a file may be, by its ending; None: nothing of ours."""
    return KINDS.get(os.path.splitext(name)[1].lower())


def is_housekeeping(name: str) -> bool:
    """Whether a name is hidden, or of a folder in which a system keeps house."""
    return name.startswith(".") or name.casefold() in _HOUSEKEEPING


def _mount_of(descriptor: int) -> str:
    """The number of the mount that an open file or folder was reached by, as the kernel says it.

    The device's number would not do: a folder that is mounted a second time has the same, and of an overlay, as the
    root of many a pedal is, files have others than their folders.
    """
    with open(f"/proc/self/fdinfo/{descriptor}") as told:
        return next(line for line in told if line.startswith("mnt_id:"))


def _reason(error: OSError) -> str:
    return f"cannot be read ({error.strerror})" if error.strerror else str(error)
