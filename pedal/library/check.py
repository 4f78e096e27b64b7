"""Every file of the library against its hash, and every card against its file. Called by ``pedal library check``.

Reads all of it, changes nothing. What is damaged is mended by importing it again.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from pedal.errors import LibraryError
from pedal.library.cards import load_card
from pedal.library.catalog import Catalog
from pedal.library.index import content_hash, listed
from pedal.library.shelves import FOLDERS, KINDS, SUFFIXES


class Finding(msgspec.Struct, frozen=True):
    """Something that is not as it should be.

    Attributes:
        state: "missing": a card without its content, or what is named and not here; "damaged": content that is not
            what its name says, or what cannot be read; "unknown": content without a card, which an import that was cut
            short leaves; "changed": a name that stands for other content than it did; and two notes, for all is well:
            "renamed": what is meant has another name now; "orphaned": what nobody needs.
        path: where.
        what: in words, and how to mend it.
    """

    state: str
    path: str
    what: str

    @property
    def is_note(self) -> bool:
        """Whether there is nothing to mend."""
        return self.state in ("renamed", "orphaned")


def check_library(
    catalog: Catalog, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[int, list[Finding]]:
    """How many files are whole, and what is not as it should be."""
    found: list[Finding] = []
    whole, done = 0, 0
    folders = [(kind, catalog.home / FOLDERS[kind]) for kind in KINDS]
    names = {kind: [entry.name for entry in listed(folder)] for kind, folder in folders}
    total = sum(len(some) for some in names.values())
    elsewhere = {entry.hash for entry in catalog.entries() if entry.source != "library"}
    for kind, folder in folders:
        there = set(names[kind])
        for name in names[kind]:
            done += 1
            on_progress(done, total)
            path = folder / name
            content, dot, ending = name.partition(".")
            if dot + ending == ".json":
                try:
                    card = load_card(path, kind)
                except LibraryError as error:
                    found.append(Finding("damaged", str(path), f"{error} Its name and star are lost, not its sound."))
                    continue
                if content + SUFFIXES[kind] not in there and content not in elsewhere:
                    what = f"'{card.name}' has no content any more: import it again"
                    found.append(Finding("missing", str(path), what))
            elif dot + ending == SUFFIXES[kind]:
                try:
                    actual = content_hash(path)
                except LibraryError as error:
                    found.append(Finding("damaged", str(path), str(error)))
                    continue
                if actual != content:
                    found.append(Finding("damaged", str(path), "is not what it was: import it again"))
                elif f"{content}.json" not in there:
                    what = "came with an import that was cut short: import it again, or delete it"
                    found.append(Finding("unknown", str(path), what))
                else:
                    whole += 1
            else:
                found.append(Finding("unknown", str(path), "is nothing of the library's"))
    return whole, found
