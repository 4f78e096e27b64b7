"""All that there is to choose from, as lines of JSON on standard output. A process of its own, started by the panel.

``python -m pedal.library.listing [KIND HASH on|off]``; with arguments something becomes a favourite first, or no longer
is one. Reading an index of thousands holds Python's lock for longer than a footswitch may wait, hence another process;
and short lines, because whoever reads them has a lock too.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator

import msgspec

from pedal.errors import LibraryError, PedalError
from pedal.library.cards import AssetKind
from pedal.library.catalog import Catalog, Entry
from pedal.library.presets import PresetStore

#: Things in a line.
CHUNK = 100


class ListedPreset(msgspec.Struct, frozen=True, array_like=True):
    """A preset of the list; one that cannot be read says so in place of its name."""

    key: str
    name: str
    is_factory: bool


class ListedThing(msgspec.Struct, frozen=True, array_like=True):
    """A model or impulse response: what presets call it, what is shown, the folders it lies in, its hash."""

    asset_name: str
    label: str
    folder: str
    content: str
    favourite: bool


class Lines(msgspec.Struct, frozen=True, omit_defaults=True):
    """Some of it: a line."""

    presets: tuple[ListedPreset, ...] = ()
    models: tuple[ListedThing, ...] = ()
    impulses: tuple[ListedThing, ...] = ()


def favour(catalog: Catalog, kind: AssetKind, content: str, on: bool) -> None:
    """Keep that something is liked, or no longer.

    Raises:
        LibraryError: it is gone, or a newer pedal wrote its card.
        OSError: the disk refuses.
    """
    entry = next((entry for entry in catalog.entries(kind) if entry.hash == content), None)
    if entry is None:
        raise LibraryError("is not in the library any more", where=f"the {kind}")
    catalog.write_card(msgspec.structs.replace(entry.card, favourite=on))


def lines_of(catalog: Catalog, store: PresetStore) -> Iterator[Lines]:
    """All of it, in the order of lists."""
    yield Lines(presets=tuple(_presets(store)))
    for kind in ("model", "impulse"):
        there = (_thing(entry) for entry in catalog.entries(kind) if not entry.missing)
        while chunk := tuple(itertools.islice(there, CHUNK)):
            yield Lines(models=chunk) if kind == "model" else Lines(impulses=chunk)


def _presets(store: PresetStore) -> Iterator[ListedPreset]:
    for entry in store.entries():
        try:
            name = store.load(entry.key).preset.name
        except PedalError:
            name = f"{entry.key} (cannot be read)"
        yield ListedPreset(entry.key, name, entry.is_factory)


def _thing(entry: Entry) -> ListedThing:
    return ListedThing(entry.asset_name, entry.name, entry.card.category, entry.hash, entry.card.favourite)


def main(arguments: list[str]) -> int:
    """The command line of the process."""
    catalog = Catalog.default()
    try:
        if arguments:
            kind, content, state = arguments
            favour(catalog, "model" if kind == "model" else "impulse", content, state == "on")
        for lines in lines_of(catalog, PresetStore.default()):
            sys.stdout.buffer.write(msgspec.json.encode(lines) + b"\n")
    except (PedalError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
