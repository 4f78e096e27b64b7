"""The form of a backup: a plain tar file of contents by their hashes, and last a manifest that says what they were.

Pure but for the open file it is given. ``tar tf`` reads it; we read it ourselves, because a backup from a stick is as
hostile as the stick: only what we write is understood - regular files of known names, in one form of header, nothing
compressed - so there is no path to escape by, no link, and nothing that unpacks to more than it is. What comes last
proves that the rest is there: a backup that was cut short has no manifest, and is none.
"""

from __future__ import annotations

import hashlib
import re
import tarfile
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from pedal.errors import LibraryError
from pedal.library.report import Progress

FORMAT = 1
SUFFIX = ".pedal"
MANIFEST = "manifest.json"
#: One file, all files, their number, and the manifest: no backup of ours is larger.
CONTENT_CAP_BYTES, TOTAL_CAP_BYTES = 32 << 20, 16 << 30
MEMBERS_CAP, MANIFEST_CAP_BYTES = 50_000, 32 << 20
_BLOCK = 512
_CONTENT = re.compile(r"content/([0-9a-f]{64})")


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a backup: where it was, below the player's folders, and what was in it."""

    path: str
    hash: str
    size_bytes: int


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds.

    Attributes:
        files: all of them.
        made: when, for people.
        pedal: version of what made it.
        format: of the backup.
    """

    files: tuple[File, ...]
    made: str = ""
    pedal: str = ""
    format: int = FORMAT


_manifests = msgspec.json.Decoder(Manifest)


class Writer:
    """Writes a backup into ``file``, which is open for binary writing and empty."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._there: set[str] = set()

    def add(self, data: bytes) -> str:
        """Content, once however often it is added; its hash."""
        content = hashlib.sha256(data).hexdigest()
        if content not in self._there:
            self._there.add(content)
            self._member(f"content/{content}", data)
        return content

    def close(self, manifest: Manifest) -> None:
        """The end: what all of it was."""
        self._member(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        self._file.write(bytes(2 * _BLOCK))

    def _member(self, name: str, data: bytes) -> None:
        about = tarfile.TarInfo(name)
        about.size, about.mode = len(data), 0o644
        self._file.write(about.tobuf(tarfile.USTAR_FORMAT))
        self._file.write(data + bytes(-len(data) % _BLOCK))


class Backup:
    """A backup that was opened: its parts are known, its contents not yet read.

    Args:
        file: open for binary reading, seekable.
        where: for messages.

    Raises:
        LibraryError: it is no backup, a damaged one, or one of a newer pedal.
        OSError: it cannot be read.
    """

    def __init__(self, file: BinaryIO, where: str) -> None:
        self._file = file
        self._where = where
        self._contents: dict[str, tuple[int, int]] = {}
        self.manifest = self._open()

    def read(self, wanted: File) -> bytes:
        """The content of a file, whole, as its hash says.

        Raises:
            LibraryError: it is damaged, or has changed.
            OSError: it cannot be read.
        """
        offset, size_bytes = self._contents[wanted.hash]
        self._file.seek(offset)
        data = self._file.read(size_bytes)
        if hashlib.sha256(data).hexdigest() != wanted.hash:
            raise self._refuse(f"is damaged: what was {wanted.path!r:.100} is not what it was", "Use another backup")
        return data

    def verify(self) -> Iterator[Progress]:
        """Read all of it against its hashes; how far that is.

        Raises:
            LibraryError: something is damaged.
            OSError: it cannot be read.
        """
        total = len(self.manifest.files)
        for number, wanted in enumerate(self.manifest.files, 1):
            self.read(wanted)
            yield Progress("looking", total, number)

    def _open(self) -> Manifest:
        total_bytes = 0
        for name, offset, size_bytes in self._members():
            total_bytes += size_bytes
            if len(self._contents) >= MEMBERS_CAP or total_bytes > TOTAL_CAP_BYTES:
                raise self._refuse("holds more than any backup of ours", "Is it the right file?")
            if name == MANIFEST:
                return self._manifest(offset, size_bytes)
            match = _CONTENT.fullmatch(name)
            if match is None or size_bytes > CONTENT_CAP_BYTES:
                raise self._refuse("holds what no backup of ours does", "Make one with `pedal backup`")
            self._contents[match[1]] = (offset, size_bytes)
        raise self._refuse("is not a backup, or was cut short", "Use another one")

    def _manifest(self, offset: int, size_bytes: int) -> Manifest:
        if size_bytes > MANIFEST_CAP_BYTES:
            raise self._refuse("has a list of files longer than any backup of ours", "Is it the right file?")
        self._file.seek(offset)
        try:
            manifest = _manifests.decode(self._file.read(size_bytes))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise self._refuse("is damaged: its list of files cannot be read", "Use another backup") from error
        if manifest.format > FORMAT:
            raise self._refuse("was made by a newer pedal", "Update this one first")
        for file in manifest.files:
            if file.hash not in self._contents or self._contents[file.hash][1] != file.size_bytes:
                raise self._refuse(f"is damaged: {file.path!r:.100} is not in it", "Use another backup")
        return manifest

    def _members(self) -> Iterator[tuple[str, int, int]]:
        """Name, offset and size of each member, as we write them and no other way."""
        offset = 0
        while True:
            self._file.seek(offset)
            head = self._file.read(_BLOCK)
            if len(head) < _BLOCK or head == bytes(_BLOCK):
                return
            name, size_text, kind, magic = head[:100].rstrip(b"\0"), head[124:136], head[156:157], head[257:265]
            digits = size_text.rstrip(b"\0 ")
            if (
                magic != b"ustar\00000"
                or kind != b"0"
                or not re.fullmatch(rb"[0-7]{1,11}", digits)
                or any(head[345:500])
            ):
                raise self._refuse("is not a backup", "Make one with `pedal backup`")
            size_bytes = int(digits, 8)
            yield name.decode("ascii", "replace"), offset + _BLOCK, size_bytes
            offset += _BLOCK + -(-size_bytes // _BLOCK) * _BLOCK

    def _refuse(self, what: str, hint: str) -> LibraryError:
        return LibraryError(what, where=self._where, hint=hint)
