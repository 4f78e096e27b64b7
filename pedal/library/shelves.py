"""What lies in the library's folders now: each thing with what its card or its name says of it.

Used by the catalog alone, at every question. Thousands of files are looked at and none of them is read that has not
changed since the index was written; a search then makes entries of those few that it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from pedal.errors import PedalError
from pedal.library.cards import AssetKind, Card, load_card
from pedal.library.index import Index, Row, content_hash, load_index, paired, row_of, save_index, stamps

Source = Literal["library", "folder", "factory"]
#: Folders of named files, in the order in which names are looked up, each with whose it is.
NamedFolders = tuple[tuple[Path, Source], ...]
KINDS: tuple[AssetKind, ...] = ("model", "impulse")
FOLDERS: dict[AssetKind, str] = {"model": "models", "impulse": "impulses"}
SUFFIXES: dict[AssetKind, str] = {"model": ".nam", "impulse": ".wav"}
HASH = re.compile(r"[0-9a-f]{64}")
#: Impulse responses lie here, inside a folder of models, or among them.
_CABS = "cabs"
#: What is known of it, whose it is, its name in a folder (of what was imported: none), where its content lies (or "").
Seen = tuple[Row, Source, str, str]


def look(home: Path, folders: NamedFolders, kind: AssetKind | None) -> list[Seen]:
    """All there is of one kind, or of both, by category and name.

    Args:
        home: of what was imported.
        folders: of named files.
        kind: None for both.
    """
    index = load_index(home)
    rows = {key: row for key, row in index.rows.items() if kind not in (None, row.card.kind)}
    seen: list[Seen] = []
    for each in KINDS if kind is None else (kind,):
        cards = _cards(home, each, index, rows)
        lies_elsewhere: set[str] = set()
        for row, path, source, name in _named(folders, each, index, rows):
            content = row.card.hash
            lies_elsewhere.add(content)
            if content in cards:
                row = _with_card(row, cards[content][0].card)
            seen.append((row, source, name, str(path)))
        for content, (row, at) in cards.items():
            if at or content not in lies_elsewhere:  # else it is a card about a file of a folder
                seen.append((row, "library", "", at))
    if rows != index.rows:
        save_index(home, Index(rows))
    seen.sort(key=lambda one: one[0].place)
    return seen


def _cards(home: Path, kind: AssetKind, index: Index, rows: dict[str, Row]) -> dict[str, tuple[Row, str]]:
    """By hash: what its card says, and where its content lies; empty if it does not lie beside it."""
    folder, suffix = home / FOLDERS[kind], SUFFIXES[kind]
    at = f"{folder}/"
    found: dict[str, tuple[Row, str]] = {}
    cards, contents = paired(folder, suffix)
    for content, stamp in cards:
        key = f"{FOLDERS[kind]}/{content}.json"
        row = index.rows.get(key)
        if row is None or row.stamp != stamp:
            if not HASH.fullmatch(content):
                continue
            try:
                card = load_card(folder / f"{content}.json", kind)
            except PedalError:
                card = Card(kind, content, content[:12])
            row = row_of(stamp, card)
        rows[key] = row
        found[content] = (row, f"{at}{content}{suffix}" if content in contents else "")
    return found


def _named(
    folders: NamedFolders, kind: AssetKind, index: Index, rows: dict[str, Row]
) -> Iterator[tuple[Row, Path, Source, str]]:
    """What lies in folders under names: without what cards say about it, where, whose, and its name there."""
    taken: set[str] = set()
    for root, source in folders:
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
