"""What there is to choose from, brought from the pedal in pieces; thousands of models take some looks.

Used by the browser and the page of presets, in the editor's process; pieces come in the session's thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pedal.editor.session import Session
from pedal.panel.desk_requests import Things

#: In place of a folder: all that is liked.
FAVOURITES = "*"


@dataclass(frozen=True, slots=True)
class Thing:
    """A model or impulse response: what presets call it, what is shown, the folders it lies in, its hash."""

    name: str
    label: str
    folder: str
    content: str
    favourite: bool

    def is_found(self, words: list[str]) -> bool:
        """Whether every word begins a word of its name or its folders."""
        own = words_of(f"{self.label} {self.folder} {self.name}")
        return all(any(mine.startswith(word) for mine in own) for word in words)


def words_of(text: str) -> list[str]:
    """A text's words for a search: parts of names and folders are words, too."""
    return re.split(r"[\s/_-]+", text.casefold().strip())


@dataclass(frozen=True, slots=True)
class Kept:
    """A preset of the list."""

    key: str
    name: str
    is_factory: bool


class Goods:
    """A list of one kind.

    Args:
        session: with the pedal.
        kind: which.
        told: called, in the session's thread, when there is more, or other.
    """

    def __init__(self, session: Session, kind: Literal["preset", "model", "impulse"], told: Callable[[], None]) -> None:
        self.rows: tuple[tuple[Any, ...], ...] = ()
        self.is_read = False
        self._session, self._kind, self._told = session, kind, told
        self._coming: list[tuple[Any, ...]] = []

    def look(self) -> None:
        """Bring it anew."""
        self._coming = []
        self._session.ask(Things(kind=self._kind, look=True), self._first)

    def _first(self, answer: dict[str, Any]) -> None:
        self._ask(0)

    def _ask(self, start: int) -> None:
        self._session.ask(Things(kind=self._kind, start=start), self._piece)

    def _piece(self, answer: dict[str, Any]) -> None:
        if answer["is_looking"]:  # what is there is of the last time; soon there is other
            self._coming = []
            self._session.later(lambda: self._ask(0))
            return
        self._coming += [tuple(thing) for thing in answer["things"]]
        if answer["things"] and len(self._coming) < answer["total"]:
            self._ask(len(self._coming))
            return
        self.rows, self.is_read = tuple(self._coming), True
        self._told()


def folders_in(things: tuple[Thing, ...], folder: str) -> list[str]:
    """The folders right inside a folder, each once, by their whole names."""
    below = f"{folder}/" if folder else ""
    inside = [thing.folder for thing in things if thing.folder.startswith(below) and thing.folder != folder]
    return list(dict.fromkeys(below + name[len(below) :].partition("/")[0] for name in inside))
