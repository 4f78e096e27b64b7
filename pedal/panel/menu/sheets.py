"""What a page of the menu is drawn from; ``display/menu_pages.py`` draws it. Records, and what a row does. Pure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from pedal.panel.display.pages import LoopView
from pedal.panel.menu.facts import Facts
from pedal.panel.protocol import AnyRequest

#: Lists of more rows are gone through faster the faster one turns.
LONG_LIST = 24


@dataclass(frozen=True, slots=True)
class Open:
    """Go to another page, on top of this one or in its place; ``at`` is where, None leaves that to the page."""

    page: Page
    instead: bool = False
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Do:
    """Wish for something: requests as the control socket has them.

    Then go back ``to`` the page of that kind; to none of those open: out of the menu. None stays here. And open
    ``then``, if there is one. ``at`` is the place in the page that is then on top.
    """

    wishes: tuple[AnyRequest, ...]
    to: type[object] | None = None
    at: int | None = None
    then: Page | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """One page back."""


#: What a push does.
Deed = Open | Do | Back


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: what it says, what stands at its right, and what it does.

    ``mark`` stands before it: ``>`` what is in use, ``*`` what is liked, ``/`` a folder, ``+`` something new.
    """

    label: str
    value: str = ""
    mark: str = ""
    push: Deed | None = None


@dataclass(frozen=True, slots=True)
class ListSheet:
    """A title over rows; ``at`` is the one that a push is about."""

    title: str
    rows: tuple[Row, ...]
    at: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A block in the picture of a chain; one that ``waits`` is on, but there is no room for it now."""

    short: str
    name: str
    detail: str = ""
    on: bool = True
    waits: bool = False


@dataclass(frozen=True, slots=True)
class ChainSheet:
    """The chain as boxes on a wire; ``at`` is the one that is looked at, ``held`` is moved by turning."""

    title: str
    boxes: tuple[Box, ...]
    at: int
    held: bool = False


@dataclass(frozen=True, slots=True)
class KnobSheet:
    """One value, large: in words, and as a share of its range."""

    title: str
    label: str
    value: str
    turn_norm: float


@dataclass(frozen=True, slots=True)
class NameSheet:
    """A name that is written letter by letter; ``choice`` is the letter, or the word, that a push takes."""

    title: str
    text: str
    choice: str
    choices: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class LooperSheet:
    """A loop over a list of what can be done with it."""

    loop: LoopView | None
    rows: tuple[Row, ...]
    at: int


@dataclass(frozen=True, slots=True)
class AskSheet:
    """A few words, and what one can answer; ``at`` is the answer that a push gives. Long words go on by themselves."""

    title: str
    text: str
    choices: tuple[str, ...] = ()
    at: int = 0


Sheet = ListSheet | ChainSheet | KnobSheet | NameSheet | LooperSheet | AskSheet


@dataclass(frozen=True, slots=True)
class Turned:
    """What a turn came to: where the page is now, and wishes."""

    at: int
    wishes: tuple[AnyRequest, ...] = ()


class Page(ABC):
    """A page: frozen records below, which say what they show and what is done from the facts and a place in them.

    Nothing here keeps anything: the machine keeps the pages that are open, each with its place.
    """

    __slots__ = ()

    @abstractmethod
    def sheet(self, facts: Facts, at: int) -> Sheet:
        """What is drawn."""

    def start(self, facts: Facts) -> int:
        """Where it opens."""
        return 0

    def left(self, facts: Facts) -> tuple[AnyRequest, ...]:
        """Wishes of whoever goes back from it."""
        return ()

    def is_long(self, facts: Facts) -> bool:
        """Whether a fast turn goes further than the clicks that a hand felt."""
        return False

    @abstractmethod
    def turn(self, facts: Facts, at: int, steps: int) -> Turned:
        """By so many steps, to the right if positive."""

    @abstractmethod
    def push(self, facts: Facts, at: int) -> Deed | None:
        """What a push does."""


class Home(Page):
    """The page of the playing pedal: never among those that are open, so that going back to it leaves all."""

    __slots__ = ()


class ListPage(Page):
    """A page that is a list: turning goes through it, one step beyond an end is the other end."""

    __slots__ = ()

    @abstractmethod
    def title(self, facts: Facts) -> str:
        """What stands above."""

    @abstractmethod
    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Its lines; an empty list is drawn as such."""

    def note(self, facts: Facts) -> str:
        """What is said where there are no rows."""
        return "Nothing here."

    def sheet(self, facts: Facts, at: int) -> Sheet:
        """A list, or one sentence."""
        rows = self.rows(facts)
        return ListSheet(self.title(facts), rows, within(at, len(rows)), "" if rows else self.note(facts))

    def is_long(self, facts: Facts) -> bool:
        """A list of hundreds is."""
        return len(self.rows(facts)) > LONG_LIST

    def turn(self, facts: Facts, at: int, steps: int) -> Turned:
        """Through the rows."""
        return Turned(stepped(at, steps, len(self.rows(facts))))

    def push(self, facts: Facts, at: int) -> Deed | None:
        """What the row does."""
        rows = self.rows(facts)
        return rows[within(at, len(rows))].push if rows else None


def within(at: int, count: int) -> int:
    """A place in a list that may have become shorter."""
    return max(0, min(at, count - 1))


def stepped(at: int, steps: int, count: int) -> int:
    """Through a list: a single step beyond an end comes to the other end, a fast turn stops there."""
    if count == 0:
        return 0
    at = within(at, count)
    if abs(steps) == 1:
        return (at + steps) % count
    return within(at + steps, count)
