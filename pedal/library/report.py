"""What an import did: a line for each file, and how far it is. Pure.

Made by the importer; printed by the commands, written for the panel's page, kept by nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from pedal.library.names import clean_name

Outcome = Literal["imported", "known", "refused"]
#: Words for people and programs, in the order in which they are counted.
OUTCOMES: tuple[Outcome, ...] = ("imported", "known", "refused")
#: A report has no more lines than this; what goes beyond is counted.
MOST_LINES = 20_000


class Line(msgspec.Struct, frozen=True):
    """One file.

    Attributes:
        path: below what was imported, cleaned for a screen; nobody opens it.
        outcome: what became of it.
        what: what it is called in the library, or why it was refused; one sentence at most.
        kind: of content, empty where it was never known.
        hash: of its content, where it is in the library.
    """

    path: str
    outcome: Outcome
    what: str
    kind: str = ""
    hash: str = ""

    def text(self) -> str:
        """As one line of a terminal."""
        about = {"imported": "as", "known": "already here as", "refused": ""}[self.outcome]
        return f"{self.outcome:<9} {self.path}: {about} {self.what}".replace(":  ", ": ")


class Report(msgspec.Struct):
    """An import.

    Attributes:
        lines: one for each file that may have been ours.
        others: files that are none of ours, counted only.
        problem: why it ended before its end; empty if it did not.
        backup_wanted: the tree asks for a backup.
    """

    lines: list[Line] = []
    others: int = 0
    problem: str = ""
    backup_wanted: bool = False

    def count(self, outcome: Outcome) -> int:
        """Lines of this outcome."""
        return sum(line.outcome == outcome for line in self.lines)

    @property
    def is_clean(self) -> bool:
        """Whether all that was found is in the library now."""
        return not self.problem and not self.count("refused")

    def summary(self) -> str:
        """One sentence."""
        parts = [f"{self.count(outcome)} {outcome}" for outcome in OUTCOMES if self.count(outcome)]
        text = ", ".join(parts) if parts else "nothing found that the pedal can use"
        others = f"; {self.others} other file{'s' if self.others != 1 else ''} left alone" if self.others else ""
        return f"{text}{others}." if not self.problem else f"{text}{others}. {self.problem}"


class Progress(msgspec.Struct, frozen=True):
    """How far an import or a backup is, for whoever watches.

    Attributes:
        phase: what is being done.
        found: files that may be ours.
        done: of those.
        models, impulses, presets: imported so far.
        known, refused: so far.
        text: a sentence at the end: what went wrong, or what to do.
    """

    phase: Literal["looking", "importing", "saving", "asking", "restoring", "done", "failed"]
    found: int = 0
    done: int = 0
    models: int = 0
    impulses: int = 0
    presets: int = 0
    known: int = 0
    refused: int = 0
    text: str = ""


def shown_path(folders: Sequence[str], name: str) -> str:
    """A path as people may see it: every part cleaned, dots that climb taken out, long ones shortened in the middle."""
    parts = [clean_name(part, 100) for part in (*folders, name) if part]
    if len(parts) > 6:
        parts = [*parts[:2], "…", *parts[-3:]]
    return "/".join(parts) or "/"
