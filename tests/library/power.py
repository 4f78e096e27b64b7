"""A power cut at every system call of something that writes: what disks may be found afterwards.

The operation runs on a real folder, while its system calls are written down; the disks are played back from that. The
model is a journalling file system at its worst: of a file, only what was flushed by ``fsync`` is there (an unflushed
one is found empty); names (made, linked, renamed, removed) are kept in their order, and those since the last ``fsync``
of the folder as far as the journal came: none, some or all. What real kernels do is the laboratory's to show.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Disk = dict[str, bytes]
NameChange = Callable[[dict[str, int]], None]


@dataclass
class Trace:
    """What an operation has asked of the disk below ``root``, and all that a power cut may leave of it."""

    root: Path
    names: dict[str, int] = field(default_factory=dict)  # that are durable, with the number of their file
    contents: dict[int, bytes] = field(default_factory=dict)  # that are durable
    pending: list[NameChange] = field(default_factory=list)
    disks: list[Disk] = field(default_factory=list)

    def begin(self) -> None:
        for path in sorted(self.root.rglob("*")):
            if path.is_file():
                number = path.stat().st_ino
                self.names[self.name(path)], self.contents[number] = number, path.read_bytes()
        self.cut()

    def name(self, path: str | os.PathLike[str]) -> str:
        return os.path.relpath(path, self.root)

    def changed(self, change: NameChange) -> None:
        self.pending.append(change)
        self.cut()

    def cut(self) -> None:
        """The power fails here."""
        for kept in range(len(self.pending) + 1):
            names = dict(self.names)
            for change in self.pending[:kept]:
                change(names)
            self.disks.append({name: self.contents.get(number, b"") for name, number in names.items()})

    def flushed(self, descriptor: int) -> None:
        about = os.fstat(descriptor)
        if stat.S_ISDIR(about.st_mode):  # the folders of one library: one journal
            for change in self.pending:
                change(self.names)
            self.pending.clear()
        else:
            self.contents[about.st_ino] = Path(f"/proc/self/fd/{descriptor}").read_bytes()
        self.cut()


def disks_of(root: Path, operation: Callable[[], Any]) -> tuple[list[Disk], list[Disk]]:
    """Every disk that a power cut during ``operation`` may leave; and those that one may leave just after it."""
    trace = Trace(root)
    trace.begin()
    with _watched(trace):
        operation()
    last = len(trace.disks)
    trace.cut()
    return trace.disks, trace.disks[last:]


@contextmanager
def _watched(trace: Trace) -> Iterator[None]:
    real = {name: getattr(os, name) for name in ("open", "replace", "rename", "link", "unlink", "remove", "fsync")}

    def opened(path: Any, flags: int, *more: Any, **options: Any) -> int:
        is_new = bool(flags & os.O_CREAT) and not os.path.lexists(path)
        descriptor: int = real["open"](path, flags, *more, **options)
        if is_new or flags & os.O_TRUNC:
            name, number = trace.name(path), os.fstat(descriptor).st_ino
            trace.contents.pop(number, None)  # nothing of it is certain until it is flushed
            trace.changed(lambda names: names.update({name: number}))
        return descriptor

    def moved(source: Any, target: Any) -> None:
        number, same = os.stat(source).st_ino, os.path.exists(target) and os.path.samefile(source, target)
        real["replace"](source, target)
        before, after = trace.name(source), trace.name(target)

        def change(names: dict[str, int]) -> None:
            names[after] = number
            if not same:
                names.pop(before, None)

        trace.changed(change)

    def linked(source: Any, target: Any) -> None:
        real["link"](source, target)
        name, number = trace.name(target), os.stat(target).st_ino
        trace.changed(lambda names: names.update({name: number}))

    def removed(path: Any, **options: Any) -> None:
        real["unlink"](path, **options)
        name = trace.name(path)
        trace.changed(lambda names: names.pop(name, None) and None)

    def flushed(descriptor: int) -> None:
        real["fsync"](descriptor)
        trace.flushed(descriptor)

    watching = {"open": opened, "replace": moved, "rename": moved, "link": linked, "unlink": removed}
    watching |= {"remove": removed, "fsync": flushed}
    for name, watch in watching.items():
        setattr(os, name, watch)
    try:
        yield
    finally:
        for name, call in real.items():
            setattr(os, name, call)


def put(disk: Disk, folder: Path) -> Path:
    """The disk as a folder."""
    for name, content in disk.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
