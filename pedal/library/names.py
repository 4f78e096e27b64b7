"""Names from outside, made fit to be shown: on the OLED, in a terminal, in a preset. Pure.

Called by the importer and the catalog. A cleaned name is for people and for presets, never a path: what a name stands
for lies on disk under the hash of its content (``catalog.py``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

#: Of one name, as of a preset's; with a category it is still less than a preset's ``MAX_ASSET_NAME``.
MAX_NAME = 64
#: Of a category: folders, joined by ``/``; a folder below the fourth counts to that.
MAX_CATEGORY, MAX_FOLDERS = 100, 4
UNNAMED = "unnamed"
#: Accents on one letter; more are there to cover the lines above and below.
_MAX_MARKS = 3
#: What a name may not hold, because a preset joins folder and name by it, or because shells and FAT read it otherwise.
_SEPARATORS = str.maketrans({"/": "-", "\\": "-"})


def clean_name(raw: str, most: int = MAX_NAME) -> str:
    """``raw`` as one printable line of at most ``most`` characters, composed (NFC), never empty.

    Control characters, marks of direction and of no width, halves of surrogates (what ``os.fsdecode`` makes of bytes
    that are no UTF-8) and characters of no assigned meaning go; separators of folders become ``-``; a dot cannot lead,
    for such files are hidden. Cleaning twice changes nothing.
    """
    # Only so much of a hostile name is looked at; composing can make it shorter, so some more than is kept.
    kept = "".join(_shown(unicodedata.normalize("NFC", raw[: 8 * most]).translate(_SEPARATORS)))
    text = " ".join(unicodedata.normalize("NFC", kept).split()).lstrip(". ")
    return _cut(text, most) or UNNAMED


def clean_stem(file_name: str) -> str:
    """The name of a file without its ending, cleaned."""
    stem, dot, _ = file_name.rpartition(".")
    return clean_name(stem if dot and stem else file_name)


def clean_category(folders: Sequence[str]) -> str:
    """Folders as a category: ``Marshall/Clean``; empty for none."""
    parts = [clean_name(folder, MAX_NAME) for folder in folders[:MAX_FOLDERS]]
    while parts and len("/".join(parts)) > MAX_CATEGORY:
        parts.pop()
    return "/".join(parts)


def free_name(name: str, taken: Iterable[str]) -> str:
    """``name``, or with the first number that makes it differ from all in ``taken``, large and small letters alike."""
    used = {fold(other) for other in taken}
    number, candidate = 2, name
    while fold(candidate) in used:
        ending = f" {number}"
        candidate = _cut(name, MAX_NAME - len(ending)) + ending
        number += 1
    return candidate


def fold(text: str) -> str:
    """``text`` as searching reads it: no accents, no large letters, words by single spaces, ``ß`` as ``ss``."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare.casefold()).split())


def _shown(text: str) -> Iterable[str]:
    marks = 0
    for char in text:
        if not (char.isspace() or char.isprintable()):
            continue
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MAX_MARKS:
            yield " " if char.isspace() else char


def _cut(text: str, most: int) -> str:
    """At most ``most`` characters, never between a letter and its accent."""
    end = most
    if len(text) > most:
        while end > 0 and unicodedata.combining(text[end]):
            end -= 1
    return text[:end].rstrip()
