"""Pages of words: every key, what the pedal said, and that there is no pedal.

Opened by the app over the main screen, in the editor's process.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from pedal.editor import draw, keys
from pedal.editor.pages import Item, ListPage
from pedal.editor.session import View
from pedal.editor.widgets import Line


class HelpPage(ListPage):
    """Every key of the main screen."""

    TITLE = "Keys"
    HINT = "Esc: back"

    def items(self, view: View) -> Sequence[Item]:
        """Line by line."""
        return [Item(line, Content(line)) for line in keys.HELP]


class LogPage(ListPage):
    """What the pedal said, and what the governor did, newest first."""

    TITLE = "Log"
    HINT = "Esc: back"

    def items(self, view: View) -> Sequence[Item]:
        """Line by line."""
        return [Item(line, Content(line)) for line in draw.log_lines(view)] or [Item(None, Content("Nothing yet."))]

    def chosen(self, value: object) -> None:
        """Nothing to be chosen."""


class GonePage(ModalScreen[None]):
    """There is no pedal; it is looked for all the while."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.quit", "Shell")]

    def __init__(self, trouble: str) -> None:
        super().__init__()
        self._trouble = trouble
        self._is_made = False

    def compose(self) -> ComposeResult:
        """Why, and what goes on."""
        with Vertical(id="asked"):
            yield Line(id="title")
            yield Line(id="trouble")
            yield Line(id="hint")

    def on_mount(self) -> None:
        """It is there."""
        self._is_made = True
        self.query_one("#title", Line).say(Content.styled("No pedal", "bold"))
        self.query_one("#hint", Line).say(
            Content("It is looked for, and the editor goes on when it is there. q: shell")
        )
        self.say(self._trouble)

    def say(self, trouble: str) -> None:
        """Why, by now."""
        if self._is_made:
            self.query_one("#trouble", Line).say(Content(trouble))
