"""The log of a disk's writes: what the kernel wrote is what is read, and nothing else is taken for it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.lab.write_log import DISCARD, FLUSH, MARK, LogError, Write, load_writes, play

SECTOR = 512


def entry(sector: int, flags: int, data: bytes = b"", mark: bytes = b"", sectors: int | None = None) -> bytes:
    count = len(data) // SECTOR if sectors is None else sectors
    head = struct.pack("<QQQQ", sector, count, flags, len(mark)) + mark
    return head.ljust(SECTOR, b"\0") + data


def log(*entries: bytes, magic: int = 0x6A736677736872, count: int | None = None) -> bytes:
    number = len(entries) if count is None else count
    return struct.pack("<QQQI", magic, 1, number, SECTOR).ljust(SECTOR, b"\0") + b"".join(entries)


def saved(folder: Path, data: bytes) -> Path:
    (folder / "log").write_bytes(data)
    return folder / "log"


def test_writes_marks_and_discards_come_back_in_order(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        log(
            entry(2, 0, b"a" * SECTOR),
            entry(0, MARK, mark=b"saved"),
            entry(5, FLUSH, b"b" * 2 * SECTOR),
            entry(9, DISCARD, sectors=3),
        ),
    )
    first, mark, second, discard = load_writes(path)
    assert first == Write(2 * SECTOR, b"a" * SECTOR, 0)
    assert mark.mark == "saved" and not mark.data
    assert second.offset == 5 * SECTOR and second.data == b"b" * 2 * SECTOR and second.flags == FLUSH
    assert discard.discarded_bytes == 3 * SECTOR and not discard.data


def test_playing_a_prefix_gives_the_disk_at_that_write(tmp_path: Path) -> None:
    path = saved(tmp_path, log(entry(1, 0, b"x" * SECTOR), entry(1, 0, b"y" * SECTOR), entry(1, DISCARD, sectors=1)))
    image = bytearray(4 * SECTOR)
    seen = []
    for write in load_writes(path):
        play(image, write)
        seen.append(bytes(image[SECTOR : SECTOR + 1]))
    assert seen == [b"x", b"y", b"\0"]
    assert not any(image[:SECTOR]) and not any(image[2 * SECTOR :])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"short",
        log(magic=1),
        log(count=3),
        log(entry(0, 0, b"z" * SECTOR))[:-1],
        log(entry(0, 0, sectors=1 << 40)),
    ],
)
def test_what_is_no_log_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(LogError):
        list(load_writes(saved(tmp_path, data)))


def test_a_write_beyond_the_disk_is_refused() -> None:
    with pytest.raises(LogError):
        play(bytearray(SECTOR), Write(SECTOR, b"x" * SECTOR, 0))
