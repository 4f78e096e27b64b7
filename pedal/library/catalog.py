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

from collections.abc import Iterable
from pathlib import Path

import msgspec

from pedal.errors import LibraryError, PedalError, did_you_mean
from pedal.library.atomic import sync_folder, write_atomic
from pedal.library.cards import VERSION, AssetKind, Card, format_card, load_card
from pedal.library.index import content_hash, row_of
from pedal.library.names import fold
from pedal.library.shelves import FOLDERS, HASH, KINDS, SUFFIXES, Seen, Source, look
from pedal.library.used import NEVER, Use, load_used
from pedal.paths import factory_dir, library_dir, models_dir


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
        once: what there is is looked at once and then remembered; for who asks a thousand times and soon ends.
    """

    def __init__(self, home: Path, folders: Iterable[tuple[Path, Source]] = (), *, once: bool = False) -> None:
        self.home = home
        self._folders = tuple(folders)
        self._once = once
        self._kept: tuple[Entry, ...] | None = None

    @classmethod
    def default(cls, *, once: bool = False) -> Catalog:
        """The player's, over the factory's, as ``pedal.paths`` names them."""
        return cls(library_dir(), ((models_dir(), "folder"), (factory_dir("models"), "factory")), once=once)

    def content_path(self, kind: AssetKind, content: str) -> Path:
        """Where content of this hash lies if it was imported."""
        return self.home / FOLDERS[kind] / f"{content}{SUFFIXES[kind]}"

    def card_path(self, kind: AssetKind, content: str) -> Path:
        """Where its card lies."""
        return self.home / FOLDERS[kind] / f"{content}.json"

    def path_of(self, content: str, kind: AssetKind | None = None) -> Path | None:
        """The file with content of this hash, wherever it lies; None if there is none. Its content is not read."""
        if not HASH.fullmatch(content):
            return None
        for each in KINDS if kind is None else (kind,):
            path = self.content_path(each, content)
            if path.is_file() and not path.is_symlink():
                return path
        for entry in self.entries(kind):
            if entry.hash == content and not entry.missing:
                return entry.path
        return None

    def named(self, name: str, kind: AssetKind, known: str = "") -> Entry | None:
        """What a preset calls ``name``; if nothing bears it in full, what bears it without its category.

        ``known`` is the hash that it had: if the card of that still has this very name, no other is looked at.
        """
        likely = self._imported(known, kind)
        if likely is not None and likely.asset_name == name and not likely.missing:
            return likely
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
        if not self._once:
            return self._shown(look(self.home, self._folders, kind))
        if self._kept is None:
            self._kept = self._shown(look(self.home, self._folders, None))
        return tuple(entry for entry in self._kept if kind in (None, entry.card.kind))

    def search(self, text: str, kind: AssetKind | None = None) -> tuple[Entry, ...]:
        """Entries in which every word of ``text`` begins some word; those it is the name of first, then favourites."""
        wanted = [f" {word}" for word in fold(text).split()]
        all_seen = look(self.home, self._folders, kind)
        found = self._shown(seen for seen in all_seen if all(word in seen[0].words for word in wanted))
        start = f" {fold(text)}"  # words begin with those of the name
        return tuple(sorted(found, key=lambda e: (not e.words.startswith(start), not e.card.favourite)))

    def _imported(self, content: str, kind: AssetKind) -> Entry | None:
        """What was imported with content of this hash, from its card alone."""
        if not HASH.fullmatch(content):
            return None
        try:
            card = load_card(self.card_path(kind, content), kind)
        except PedalError:
            return None
        path = self.content_path(kind, content)
        here = path.is_file() and not path.is_symlink()
        return self._shown([(row_of((0, 0, 0, 0), card), "library", "", str(path) if here else "")])[0]

    def _shown(self, all_seen: Iterable[Seen]) -> tuple[Entry, ...]:
        uses = load_used(self.home)
        found = []
        for row, source, name, at in all_seen:
            card = row.card
            if source == "library":
                suffix = SUFFIXES[card.kind]
                name = (f"{card.category}/{card.name}" if card.category else card.name) + suffix
                path = at or f"{self.home}/{FOLDERS[card.kind]}/{card.hash}{suffix}"
            else:
                path = at
            found.append(Entry(card, path, source, name, not at, uses.get(card.hash, NEVER), row.words))
        return tuple(found)

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
