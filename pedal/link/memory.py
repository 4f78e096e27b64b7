"""The link: one file in the runtime directory, mapped by every process of the pedal.

pedal-audio creates it (or takes over a sound one that a killed predecessor left, so that the rig
in it plays on); panel and builder attach. A plain file and ``mmap`` rather than Python's
``SharedMemory``, whose resource tracker unlinks the segment when any attached process is killed.
Words that order others go through ``get`` and ``put`` (acquire and release).
"""

from __future__ import annotations

import functools
import mmap
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from pedal import layout
from pedal.arena import Arena
from pedal.errors import LinkError
from pedal.jit import entry
from pedal.jit.cache import source_hash
from pedal.jit.machine import load_acquire, store_release
from pedal.link.status import Event, Status, read_events, read_status

FILE_NAME = "link"


@entry("int64(int64[::1], int64)")
def _get(i64: Any, word: int) -> int:
    return load_acquire(i64, word)


@entry("void(int64[::1], int64, int64)")
def _put(i64: Any, word: int, value: int) -> None:
    store_release(i64, word, value)


@functools.cache
def _build() -> int:
    """Which kernels these are, as one word."""
    return int(source_hash(), 16) >> 1


class Link:
    """A mapped link. Use ``Link.create`` or ``Link.attach``."""

    def __init__(self, path: Path, mapping: mmap.mmap) -> None:
        self.path = path
        self._mapping = mapping
        self.arena = Arena(np.frombuffer(mapping, np.uint8))
        self._events_read = self.get(layout.EVENTS_HEAD)
        self.events_lost = 0

    @classmethod
    def create(cls, path: Path) -> Link:
        """Take over the link at ``path`` if it is sound, else replace it by a fresh one.

        Raises:
            LinkError: the file cannot be made.
        """
        try:
            return cls.attach(path)
        except LinkError:
            pass
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with open(temporary, "wb", opener=lambda name, flags: os.open(name, flags, 0o660)) as file:
                os.fchmod(file.fileno(), 0o660)
                file.truncate(layout.LINK_BYTES)
            header = np.memmap(temporary, np.int64, "r+", shape=(layout.WORDS,))
            header[layout.MAGIC] = layout.LINK_MAGIC
            header[layout.VERSION] = layout.LINK_VERSION
            header[layout.SIZE_BYTES] = layout.LINK_BYTES
            header[layout.BUILD] = _build()
            header[layout.GENERATION] = time.time_ns()
            header[layout.WANTED_SLOT] = -1
            header[layout.PLAYING_SLOT] = -1
            header[layout.READY_SLOT] = -1
            del header
            os.replace(temporary, path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise LinkError(f"cannot be made ({error.strerror})", where=str(path), hint="Check the folder") from error
        return cls.attach(path)

    @classmethod
    def attach(cls, path: Path) -> Link:
        """Map an existing link.

        Raises:
            LinkError: missing, of another version, or not a link.
        """
        try:
            with path.open("r+b") as file:
                size = os.fstat(file.fileno()).st_size
                if size != layout.LINK_BYTES:
                    raise LinkError("is of another version", where=str(path), hint="Restart the pedal")
                mapping = mmap.mmap(file.fileno(), size)
        except OSError as error:
            hint = "Start the pedal with `pedal run`"
            raise LinkError("there is no running pedal", where=str(path), hint=hint) from error
        header = np.frombuffer(mapping, np.int64, layout.WORDS)
        known = (
            header[layout.MAGIC] == layout.LINK_MAGIC
            and header[layout.VERSION] == layout.LINK_VERSION
            and header[layout.SIZE_BYTES] == layout.LINK_BYTES
            and header[layout.BUILD] == _build()
        )
        if not known:
            raise LinkError("is not a link of this version", where=str(path), hint="Restart the pedal")
        return cls(path, mapping)

    def get(self, word: int) -> int:
        """A word, with everything stored before its release visible."""
        return int(_get(self.arena.i64, int(word)))

    def put(self, word: int, value: int) -> None:
        """Publish a word and everything stored before it."""
        _put(self.arena.i64, int(word), value)

    def was_replaced(self) -> bool:
        """True when the path now names another file than the mapped one."""
        try:
            header = np.fromfile(self.path, np.int64, layout.GENERATION + 1)
        except OSError:
            return True
        return len(header) <= layout.GENERATION or int(header[layout.GENERATION]) != self.get(layout.GENERATION)

    def write_notes(self, slot: int, data: bytes) -> None:
        """Store what the builder says about a slot.

        Raises:
            LinkError: longer than a slot's room.
        """
        if len(data) > layout.NOTES_BYTES - 8:
            raise LinkError(f"notes of {len(data)} bytes do not fit", where=f"slot {slot}")
        start = layout.NOTES_AT_BYTE + slot * layout.NOTES_BYTES
        self.arena.i64[start // 8] = len(data)
        self.arena.u8[start + 8 : start + 8 + len(data)] = np.frombuffer(data, np.uint8)

    def read_notes(self, slot: int) -> bytes:
        """The bytes last stored for a slot; empty if none or torn."""
        start = layout.NOTES_AT_BYTE + slot * layout.NOTES_BYTES
        length = int(self.arena.i64[start // 8])
        if not 0 < length <= layout.NOTES_BYTES - 8:
            return b""
        return self.arena.u8[start + 8 : start + 8 + length].tobytes()

    def status(self) -> Status:
        """What the period thread says of itself, now."""
        return read_status(self.arena, self.get(layout.PLAYING_SLOT))

    def new_events(self) -> list[Event]:
        """Events since the last call, oldest first; counts what was overwritten in ``events_lost``."""
        head = self.get(layout.EVENTS_HEAD)
        events, lost = read_events(self.arena, self._events_read, head)
        self._events_read = head
        # The writer does not wait: what it has come round to meanwhile may have been read half old, half new.
        oldest_sound = self.get(layout.EVENTS_HEAD) - layout.EVENT_COUNT + 1
        torn = min(len(events), max(0, oldest_sound - (head - len(events))))
        self.events_lost += lost + torn
        return events[torn:]
