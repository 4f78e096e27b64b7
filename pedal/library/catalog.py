"""What there is to play: every model and impulse response, by the hash of its content, with what is known of it.

Used by the commands, the importer, the builder and whoever resolves a preset. Three kinds of places:

* the *library*, what was imported: ``models/HASH.nam`` and ``impulses/HASH.wav``, each beside its *card*,
  ``HASH.json``, which holds its shown name, its category and what the player made of it;
* the player's own folder of models, where files lie under names of his choice;
* the factory's.

There is no database. Files and cards are the truth; ``index.json`` remembers what was read from them, each with the
stamp of the file it was read from, and is made again wherever it is missing or wrong. See ``docs/library.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from pedal.errors import LibraryError, PedalError, did_you_mean
from pedal.library.atomic import sync_folder, write_atomic
from pedal.library.cards import VERSION, AssetKind, Card, format_card, load_card
from pedal.library.index import Index, Row, content_hash, listed, load_index, row_of, save_index, stamps
from pedal.library.names import fold
from pedal.library.used import NEVER, Use, load_used
from pedal.paths import factory_dir, library_dir, models_dir

Source = Literal["library", "folder", "factory"]
KINDS: tuple[AssetKind, ...] = ("model", "impulse")
FOLDERS: dict[AssetKind, str] = {"model": "models", "impulse": "impulses"}
SUFFIXES: dict[AssetKind, str] = {"model": ".nam", "impulse": ".wav"}
_HASH = re.compile(r"[0-9a-f]{64}")
#: Impulse responses lie here, inside a folder of models, or among them.
_CABS = "cabs"


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One model or impulse response.

    Attributes:
        card: what is known of it; made up from the file's name where it has none.
        at: where its content lies, or would.
        source: whose it is.
        asset_name: what a preset calls it.
        missing: its card is there, its content is not.
        used: when it was played last, and what it cost.
        words: what a search looks at.
    """

    card: Card
    at: str
    source: Source
    asset_name: str
    missing: bool = False
    used: Use = NEVER
    words: str = ""

    @property
    def hash(self) -> str:
        """SHA-256 of its content, hexadecimal."""
        return self.card.hash

    @property
    def path(self) -> Path:
        """Where its content lies, or would."""
        return Path(self.at)

    @property
    def name(self) -> str:
        """As it is shown."""
        return self.card.name


class Catalog:
    """The library's folder, and folders of named files over it.

    Args:
        home: of what was imported; made by the first import.
        folders: of named files, in the order in which names are looked up, each with whose it is.
    """

    def __init__(self, home: Path, folders: Iterable[tuple[Path, Source]] = ()) -> None:
        self.home = home
        self._folders = tuple(folders)

    @classmethod
    def default(cls) -> Catalog:
        """The player's, over the factory's, as ``pedal.paths`` names them."""
        return cls(library_dir(), ((models_dir(), "folder"), (factory_dir("models"), "factory")))

    def content_path(self, kind: AssetKind, content: str) -> Path:
        """Where content of this hash lies if it was imported."""
        return self.home / FOLDERS[kind] / f"{content}{SUFFIXES[kind]}"

    def card_path(self, kind: AssetKind, content: str) -> Path:
        """Where its card lies."""
        return self.home / FOLDERS[kind] / f"{content}.json"

    def path_of(self, content: str, kind: AssetKind | None = None) -> Path | None:
        """The file with content of this hash, wherever it lies; None if there is none. Its content is not read."""
        if not _HASH.fullmatch(content):
            return None
        for each in KINDS if kind is None else (kind,):
            path = self.content_path(each, content)
            if path.is_file() and not path.is_symlink():
                return path
        for entry in self.entries(kind):
            if entry.hash == content and not entry.missing:
                return entry.path
        return None

    def named(self, name: str, kind: AssetKind) -> Entry | None:
        """What a preset calls ``name``; if nothing bears it in full, what bears it without its category."""
        wanted = name.casefold()
        entries = [entry for entry in self.entries(kind) if not entry.missing]
        for entry in entries:
            if entry.asset_name.casefold() == wanted:
                return entry
        last = wanted.rpartition("/")[2]
        for entry in entries:
            if last in (entry.asset_name.casefold().rpartition("/")[2], entry.card.file_name.casefold()):
                return entry
        return None

    def find(self, wanted: str, kind: AssetKind) -> Entry:
        """What a player means: a name as presets or lists have it, or the first eight or more digits of a hash.

        Raises:
            LibraryError: nothing, or more than one thing.
        """
        entries = self.entries(kind)
        full = [e for e in entries if wanted.casefold() in (e.asset_name.casefold(), e.hash)]
        by_name = [e for e in entries if fold(e.name) == fold(wanted)]
        by_hash = [e for e in entries if len(wanted) >= 8 and e.hash.startswith(wanted.casefold())]
        for found in (full, by_name, by_hash):
            if len({entry.hash for entry in found}) > 1:
                hint = "Say which: " + ", ".join(f"'{entry.asset_name}'" for entry in found[:4])
                raise LibraryError(f"'{wanted}' may be {len(found)} things", hint=hint)
            if found:
                return found[0]
        raise LibraryError(
            f"there is no {kind} '{wanted}'", hint=did_you_mean(wanted, [e.asset_name for e in entries][:500])
        )

    def entries(self, kind: AssetKind | None = None) -> tuple[Entry, ...]:
        """All there is, by category and name; read from disk anew, what has not changed from the index."""
        index = load_index(self.home)
        rows: dict[str, Row] = {}
        used = load_used(self.home)
        found: list[tuple[str, Entry]] = []
        for each in KINDS:
            cards = dict(self._cards(each, index, rows))
            lies_elsewhere: set[str] = set()
            for row, path, source, name in self._named(each, index, rows):
                content = row.card.hash
                lies_elsewhere.add(content)
                if content in cards:
                    row = _with_card(row, cards[content][0].card)
                entry = Entry(row.card, str(path), source, name, False, used.get(content, NEVER), row.words)
                found.append((row.place, entry))
            for content, (row, here) in cards.items():
                if here or content not in lies_elsewhere:  # else it is a card about a file of a folder
                    found.append((row.place, self._imported(each, row, here, used.get(content, NEVER))))
        if rows != index.rows:
            save_index(self.home, Index(rows))
        found.sort(key=lambda item: item[0])
        return tuple(entry for _, entry in found if kind is None or entry.card.kind == kind)

    def _imported(self, kind: AssetKind, row: Row, here: bool, used: Use) -> Entry:
        card = row.card
        name = f"{card.category}/{card.name}" if card.category else card.name
        suffix = SUFFIXES[kind]
        at = f"{self.home}/{FOLDERS[kind]}/{card.hash}{suffix}"
        return Entry(card, at, "library", name + suffix, not here, used, row.words)

    def search(self, text: str, kind: AssetKind | None = None) -> tuple[Entry, ...]:
        """Entries in which every word of ``text`` begins some word; those it is the name of first, then favourites."""
        wanted = [f" {word}" for word in fold(text).split()]
        found = [entry for entry in self.entries(kind) if all(word in entry.words for word in wanted)]
        start = f" {fold(text)}"  # words begin with those of the name
        return tuple(sorted(found, key=lambda e: (not e.words.startswith(start), not e.card.favourite)))

    def add(self, card: Card, data: bytes) -> Path:
        """Put content into the library, durably: first the file, then its card, which makes it count.

        Raises:
            OSError: the disk refuses; then there is no card, and what was there is as it was.
        """
        path = self.content_path(card.kind, card.hash)
        if not path.is_file() or path.stat().st_size != len(data) or content_hash(path) != card.hash:
            write_atomic(path, data)
        self.write_card(card)
        return path

    def write_card(self, card: Card) -> None:
        """Keep what the player made of something.

        Raises:
            LibraryError: a newer pedal wrote the card that is there, and may have put into it what we do not know.
            OSError: the disk refuses; the old card stays.
        """
        if card.version > VERSION:
            raise LibraryError("was written by a newer pedal", where=card.name, hint="Update the pedal")
        write_atomic(self.card_path(card.kind, card.hash), format_card(card))

    def delete(self, entry: Entry) -> None:
        """Remove it: its card first, so that a power cut leaves nothing that is only half there.

        Raises:
            LibraryError: the factory's.
            OSError: the disk refuses.
        """
        if entry.source == "factory":
            raise LibraryError("belongs to the factory and stays", where=entry.asset_name)
        card = self.card_path(entry.card.kind, entry.hash)
        if card.exists():
            card.unlink()
            sync_folder(card.parent)
        entry.path.unlink(missing_ok=True)
        if entry.path.parent.is_dir():
            sync_folder(entry.path.parent)

    def _cards(self, kind: AssetKind, index: Index, rows: dict[str, Row]) -> Iterator[tuple[str, tuple[Row, bool]]]:
        """By hash: what its card says, and whether its content lies beside it."""
        folder, suffix = self.home / FOLDERS[kind], SUFFIXES[kind]
        files = (entry for entry in listed(folder) if entry.name.endswith(suffix))
        contents = {entry.name for entry in files if entry.is_file(follow_symlinks=False)}
        for name, stamp in stamps(folder, (".json",)):
            content = name.removesuffix(".json")
            if not _HASH.fullmatch(content):
                continue
            key = f"{FOLDERS[kind]}/{name}"
            row = index.rows.get(key)
            if row is None or row.stamp != stamp:
                try:
                    card = load_card(folder / name, kind)
                except PedalError:
                    card = Card(kind, content, content[:12])
                row = row_of(stamp, card)
            rows[key] = row
            yield content, (row, content + suffix in contents)

    def _named(self, kind: AssetKind, index: Index, rows: dict[str, Row]) -> Iterator[tuple[Row, Path, Source, str]]:
        """What lies in folders under names: without what cards say about it, where, whose, and its name there."""
        taken: set[str] = set()
        for root, source in self._folders:
            for folder, below in ((root, True),) if kind == "model" else ((root / _CABS, True), (root, False)):
                for name, stamp in stamps(folder, (SUFFIXES[kind],), below=below):
                    if name in taken or not name.isprintable():
                        continue
                    taken.add(name)
                    path = folder / name
                    row = index.rows.get(str(path))
                    if row is None or row.stamp != stamp:
                        try:
                            content = content_hash(path)
                        except PedalError:
                            continue
                        category = name.rpartition("/")[0]
                        row = row_of(stamp, Card(kind, content, path.stem, category, path.name, stamp[0]))
                    rows[str(path)] = row
                    yield row, path, source, name


def _with_card(row: Row, theirs: Card) -> Row:
    """What can be said of a file of a folder, with what the player made of its content."""
    known = {"favourite": theirs.favourite, "about": theirs.about, "added_s": theirs.added_s}
    return row_of(row.stamp, msgspec.structs.replace(row.card, **known))
