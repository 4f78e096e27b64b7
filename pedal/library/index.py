"""What was read from the library's files, remembered: a cache that is never believed over them.

Used by the catalog alone. A row counts while the file it was read from has the same stamp - size, times, number - so
it does not matter who changed what, in which order a power cut left it, or whether the index is there at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pedal.errors import LibraryError
from pedal.files import load_bytes
from pedal.library.atomic import write_atomic
from pedal.library.cards import Card
from pedal.library.names import fold

NAME = "index.json"
#: Changes with the meaning of rows: another version's index is made anew.
VERSION = 2
#: Ten thousand entries are less than 10 MB.
_CAP_BYTES = 64 * 1024 * 1024
_CONTENT_CAP_BYTES = 32 * 1024 * 1024

#: Size in bytes, time of content, time of anything, number of the file.
Stamp = tuple[int, int, int, int]


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What stood in one file.

    Attributes:
        stamp: of the file.
        card: of a card what it says, of a named file what can be said of it.
        words: what a search looks at: words of name, category, gear and tone, folded, each behind a space.
        place: what lists are sorted by.
    """

    stamp: Stamp
    card: Card
    words: str
    place: str


def row_of(stamp: Stamp, card: Card) -> Row:
    """A row, with what takes time to make of a card made once."""
    about = card.about
    said = (card.name, card.category, about.title, about.gear, about.gear_type, about.tone_type, about.by)
    place = f"{card.kind}\n{fold(card.category)}\n{fold(card.name)}\n{card.hash}"
    return Row(stamp, card, " " + fold(" ".join(said)), place)


class Index(msgspec.Struct):
    """Rows by path, relative to the library for cards."""

    rows: dict[str, Row] = {}
    version: int = VERSION


_indexes = msgspec.json.Decoder(Index)


def load_index(home: Path) -> Index:
    """What was remembered; nothing where it cannot be read."""
    try:
        index = _indexes.decode(load_bytes(home / NAME, _CAP_BYTES, LibraryError))
    except (LibraryError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Index()
    return index if index.version == VERSION else Index()


def save_index(home: Path, index: Index) -> None:
    """Remember it, if there is a library and the disk lets us."""
    if home.is_dir():
        with contextlib.suppress(OSError):
            write_atomic(home / NAME, msgspec.json.encode(index))


def stamp_of(status: os.stat_result) -> Stamp:
    """What changes when a file is written, replaced or restored."""
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def stamps(folder: Path, suffixes: tuple[str, ...], *, below: bool = False) -> Iterator[tuple[str, Stamp]]:
    """Regular files of these endings in a folder (``below``: and inside it), in order; none hidden, no links.

    Paths are text, relative to the folder: thousands of them are made at every search.
    """
    pending = [""]
    while pending:
        here = pending.pop()
        for entry in listed(folder / here):
            ours = entry.name.lower().endswith(suffixes)
            if not ours and not below:
                continue
            with contextlib.suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                if below and stat.S_ISDIR(status.st_mode):
                    pending.append(f"{here}{entry.name}/")
                elif ours and stat.S_ISREG(status.st_mode):
                    yield here + entry.name, stamp_of(status)


def paired(folder: Path, suffix: str) -> tuple[list[tuple[str, Stamp]], set[str]]:
    """A folder of the library: its cards, ``NAME.json``, by name, each with its stamp; names of contents beside them.

    Neither are in any order. Thousands are looked at for every search: from the open folder, which spares the kernel
    their paths, and a content is not asked for more than that it is a regular file.
    """
    cards: list[tuple[str, Stamp]] = []
    contents: set[str] = set()
    with contextlib.suppress(OSError), _opened(folder) as descriptor, os.scandir(descriptor) as entries:
        for entry in entries:
            name, dot, ending = entry.name.partition(".")
            if ending == "json":
                try:
                    status = entry.stat(follow_symlinks=False)
                except OSError:  # gone since it was listed
                    continue
                if stat.S_ISREG(status.st_mode):
                    cards.append((name, stamp_of(status)))
            elif dot + ending == suffix and entry.is_file(follow_symlinks=False):
                contents.add(name)
    return cards, contents


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def listed(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder and is not hidden, in order; nothing where it is not there, or not ours."""
    try:
        with os.scandir(folder) as entries:
            return sorted((entry for entry in entries if entry.name[0] != "."), key=lambda entry: entry.name)
    except OSError:
        return []


def content_hash(path: Path) -> str:
    """SHA-256 of a file of the library, hexadecimal.

    Raises:
        LibraryError: it cannot be read, or is larger than anything there.
    """
    return hashlib.sha256(load_bytes(path, _CONTENT_CAP_BYTES, LibraryError)).hexdigest()
