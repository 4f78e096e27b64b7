"""What opens over the main screen: a list to choose from, and a line to type. Other pages are made of these.

Used by the app, in the editor's process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from pedal.editor.session import Session, View
from pedal.editor.widgets import Line


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list: what it stands for, and what it says."""

    value: Any
    text: Content


class ListPage(ModalScreen[Any]):
    """A list; the pages below say what is on it, and what their keys do.

    Args:
        session: with the pedal.
    """

    TITLE = ""
    HINT = "Enter: choose   Esc: back"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "back", "Back")]
    AUTO_FOCUS = "OptionList"
    can_search = False

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._items: list[Item] = []
        self._texts: list[Content] = []
        self._is_made = False

    def compose(self) -> ComposeResult:
        """A title, the list, what its keys do; and a line to search in, where one can."""
        with Vertical(id="page"):
            yield Line(id="title")
            if self.can_search:
                yield Input(placeholder="search", id="search", compact=True)
            yield OptionList(markup=False, compact=True)
            yield Line(id="hint")

    def on_mount(self) -> None:
        """It is there; keys that come at once are the list's."""
        self._is_made = True
        self.set_focus(self.query_one(OptionList))
        self.query_one("#hint", Line).say(Content(self.HINT))
        self.look(self.session.view)
        self.start()

    def start(self) -> None:
        """Where the list stands at first; at its top unless a page knows better."""

    def heading(self, view: View) -> str:
        """Above the list."""
        return self.TITLE

    def items(self, view: View) -> Sequence[Item]:
        """What is on it."""
        raise NotImplementedError

    def chosen(self, value: Any) -> None:
        """Enter was pressed on something; by default it is the page's result."""
        self.dismiss(value)

    def look(self, view: View) -> None:
        """Show what there is now; what was highlighted stays so."""
        if not self._is_made:
            return
        self.query_one("#title", Line).say(Content.styled(self.heading(view), "bold"))
        items = list(self.items(view))
        texts = [item.text for item in items]
        if len(texts) == len(self._texts) and all(a.is_same(b) for a, b in zip(texts, self._texts, strict=True)):
            self._items = items
            return
        before = self.current
        options = self.query_one(OptionList)
        at = options.highlighted or 0
        self._items, self._texts = items, texts
        options.clear_options()
        options.add_options(Option(text) for text in texts)
        self.highlight(before, at)

    def highlight(self, value: Any, otherwise: int = 0) -> None:
        """Go to what stands for ``value``; else to a place."""
        places = [place for place, item in enumerate(self._items) if item.value == value]
        if self._items:
            self.query_one(OptionList).highlighted = places[0] if places else min(otherwise, len(self._items) - 1)

    @property
    def current(self) -> Any:
        """What the highlighted line stands for; None where there is none."""
        at = self.query_one(OptionList).highlighted
        return self._items[at].value if at is not None and at < len(self._items) else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click."""
        event.stop()
        if event.option_index < len(self._items):
            self.chosen(self._items[event.option_index].value)

    def action_back(self) -> None:
        """Leave."""
        self.dismiss(None)


class Choice(ListPage):
    """One of some things that are known beforehand."""

    def __init__(self, session: Session, title: str, items: Sequence[Item], at: Any = None) -> None:
        super().__init__(session)
        self._title, self._given, self._at = title, items, at

    def heading(self, view: View) -> str:
        """As given."""
        return self._title

    def items(self, view: View) -> Sequence[Item]:
        """As given."""
        return self._given

    def start(self) -> None:
        """At what is so now."""
        self.highlight(self._at)


class Typed(ModalScreen[str]):
    """A line to type; what cannot be is said, and the line stays.

    Args:
        label: what is to be typed.
        text: what stands there at first.
        trouble: why a text cannot be; empty if it can.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "back", "Back")]

    def __init__(self, label: str, text: str = "", trouble: Callable[[str], str] = lambda _: "") -> None:
        super().__init__()
        self._label, self._text, self._trouble = label, text, trouble

    def compose(self) -> ComposeResult:
        """What is asked, a line, and room for why not."""
        with Vertical(id="asked"):
            yield Line(id="title")
            yield Input(self._text, id="typed", compact=True)
            yield Line(id="hint")

    def on_mount(self) -> None:
        """It is there; what is typed at once is typed here."""
        self.set_focus(self.query_one(Input))
        self.query_one("#title", Line).say(Content.styled(self._label, "bold"))
        self.query_one("#hint", Line).say(Content("Enter: so be it   Esc: back"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        event.stop()
        if trouble := self._trouble(event.value):
            self.query_one("#hint", Line).say(Content.styled(trouble, "$text-error"))
        else:
            self.dismiss(event.value)

    def action_back(self) -> None:
        """Leave; nothing was typed."""
        self.app.pop_screen()
