"""The editor's deeds, undone and done again: each is a cell with what stood there before and after. Pure.

A deed is undone only while what it left still stands there. What somebody else has changed since - another login, a
foot, a knob - is never taken back by us.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from pedal.editor.cells import Cell, Whole
from pedal.editor.state import State

#: Deeds that are remembered.
MOST = 500


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done.

    Attributes:
        cell: where.
        key: of the preset that it was done to.
        before, after: what stood there.
    """

    cell: Cell
    key: str
    before: Any
    after: Any

    def goes_on_in(self, later: Deed) -> bool:
        """Whether the later one turns on at the same cell, and nothing came in between."""
        is_turned = self.cell.is_turned and (self.cell, self.key) == (later.cell, later.key)
        return is_turned and self.cell.same(self.after, later.before)

    def is_overtaken(self, state: State) -> bool:
        """Whether something else stands there by now."""
        now = self.cell.read(state)
        return now is None or not self.cell.same(now, self.after)

    def is_elsewhere(self, state: State) -> bool:
        """Whether it is about another preset than the one in hand."""
        return self.key != state.key and not isinstance(self.cell, Whole)


@dataclass(slots=True)
class Journal:
    """What can be undone, newest last, and what can be done again."""

    done: list[Deed] = field(default_factory=list)
    undone: list[Deed] = field(default_factory=list)
    _is_open: bool = False

    def note(self, deed: Deed) -> None:
        """A deed was done. Turning on at the same knob is one deed with what was turned before."""
        self.undone.clear()
        if self._is_open and self.done and self.done[-1].goes_on_in(deed):
            deed = replace(deed, before=self.done.pop().before)
        if not deed.cell.same(deed.before, deed.after):
            self.done.append(deed)
            del self.done[:-MOST]
        self._is_open = True

    def follow(self, key: str, to: str) -> None:
        """The preset of one key is that of another from now on: it was saved under a new name."""
        self.done = [replace(deed, key=to) if deed.key == key else deed for deed in self.done]
        self.undone = [replace(deed, key=to) if deed.key == key else deed for deed in self.undone]

    def seal(self) -> None:
        """What comes next is a deed of its own."""
        self._is_open = False
