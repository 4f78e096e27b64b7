"""Every write to a disk, in order: the log that the kernel's ``dm-log-writes`` keeps, read and played back.

Called by judges of scenarios, on the host. The format is the kernel's (``Documentation/admin-guide/device-mapper/
log-writes.rst`` and the structures in ``drivers/md/dm-log-writes.c``): a super block, then entries, each one sector of
head followed by its data. Writes stand in the order in which the disk said they were done; one that was never flushed
is there all the same, so a prefix of the log is a disk that lost power at that write.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path

_MAGIC = 0x6A736677736872
_SUPER = struct.Struct("<QQQI")
_HEAD = struct.Struct("<QQQQ")
#: Sectors in the log's numbers are of this size, whatever the disk's are.
SECTOR_BYTES = 512
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8
_LARGEST_WRITE_BYTES = 64 << 20


@dataclass(frozen=True)
class Write:
    """One entry: ``data`` at ``offset`` (bytes). A mark has a name and no data; a discard has a length only."""

    offset: int
    data: bytes
    flags: int
    mark: str = ""
    discarded_bytes: int = 0


class LogError(ValueError):
    """It is not a log, or it is cut off."""


def load_writes(path: Path) -> Iterator[Write]:
    """The entries of the log on a disk's image, one after the other.

    Raises:
        LogError: it is none.
    """
    with path.open("rb") as log:
        magic, version, count, sector_bytes = _SUPER.unpack(_read(log.read(_SUPER.size), _SUPER.size))
        if magic != _MAGIC or version != 1 or sector_bytes not in (512, 4096):
            raise LogError(f"{path}: no log of writes (magic {magic:#x}, version {version}, sectors of {sector_bytes})")
        place = sector_bytes
        for _ in range(count):
            log.seek(place)
            head = _read(log.read(sector_bytes), sector_bytes)
            sector, sectors, flags, data_bytes = _HEAD.unpack_from(head)
            place += sector_bytes
            length = sectors * SECTOR_BYTES
            if flags & MARK:
                yield Write(0, b"", flags, mark=head[_HEAD.size : _HEAD.size + data_bytes].decode(errors="replace"))
            elif flags & DISCARD:
                yield Write(sector * SECTOR_BYTES, b"", flags, discarded_bytes=length)
            else:
                if length > _LARGEST_WRITE_BYTES:
                    raise LogError(f"{path}: a write of {length} bytes")
                log.seek(place)
                yield Write(sector * SECTOR_BYTES, _read(log.read(length), length), flags)
                place += -(-length // sector_bytes) * sector_bytes


def play(image: bytearray | mmap, write: Write) -> None:
    """Do one write to a disk's image; a discard leaves zeros, the harshest that a disk may do.

    Raises:
        LogError: it lies outside the image.
    """
    data = bytes(write.discarded_bytes) if write.flags & DISCARD else write.data
    if write.offset + len(data) > len(image):
        raise LogError(f"a write of {len(data)} bytes at {write.offset}, beyond the disk's {len(image)}")
    image[write.offset : write.offset + len(data)] = data


def _read(data: bytes, wanted: int) -> bytes:
    if len(data) != wanted:
        raise LogError("the log is cut off")
    return data
