"""The editor's widgets: lines that are sent to the terminal only when they say something else, tiles, lists of knobs.

Used by the main screen, in the editor's process. What they say is made by ``draw``.
"""

from __future__ import annotations

from typing import Any

from textual.containers import HorizontalScroll, VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from pedal.editor import draw
from pedal.editor.rows import Row
from pedal.editor.session import View
from pedal.params import KINDS
from pedal.preset import Block

#: Columns of a tile: as many as fit, within these.
TILE_LEAST, TILE_MOST = 11, 18
#: Of a tile's columns, for its border and a space at either side.
_TILE_EDGES = 4


class Line(Static):
    """Text that is drawn again only when it changes."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__("", **arguments)
        self._said = Content("")

    def say(self, content: Content) -> None:
        """From now on it says this."""
        if not content.is_same(self._said):
            self._said = content
            self.update(content)

    @property
    def plain(self) -> str:
        """What it says, without colours."""
        return self._said.plain


class Pressed(Message):
    """A tile or a row was clicked."""

    def __init__(self, place: int, of: str) -> None:
        super().__init__()
        self.place, self.of = place, of


class _Clickable(Line):
    def __init__(self, place: int, of: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._place, self._of = place, of

    def on_click(self, event: Click) -> None:
        """Somebody has a mouse."""
        event.stop()
        self.post_message(Pressed(self._place, self._of))


class Chain(HorizontalScroll, can_focus=False):
    """The blocks, in the order of the signal."""

    async def draw(self, view: View, blocks: tuple[Block, ...], chosen: int) -> None:
        """Show these, one of them chosen."""
        if len(self.children) != len(blocks):
            with self.app.batch_update():
                await self.remove_children()
                await self.mount_all(_Clickable(place, "tile", classes="tile") for place in range(len(blocks)))
        width = min(max(self.size.width // max(len(blocks), 1), TILE_LEAST), TILE_MOST)
        for place, (child, block) in enumerate(zip(self.query(_Clickable), blocks, strict=True)):
            if child.styles.width is None or child.styles.width.value != width:
                child.styles.width = width
            # What plays no file says in its first line what it is; a title would say it twice.
            child.border_title = Content(KINDS[block.kind].label) if block.asset else None
            child.set_class(place == chosen, "-chosen")
            child.set_class(not block.on, "-off")
            child.say(draw.tile(block, view.live, width - _TILE_EDGES))
        if 0 <= chosen < len(self.children):
            self.scroll_to_widget(self.children[chosen], animate=False)


class Knobs(VerticalScroll, can_focus=False):
    """The knobs of one block."""

    async def draw(self, rows: tuple[Row, ...], chosen: int) -> None:
        """Show these, one of them chosen."""
        if len(self.children) != len(rows):
            with self.app.batch_update():
                await self.remove_children()
                await self.mount_all(_Clickable(place, "row", classes="row") for place in range(len(rows)))
        for place, (child, row) in enumerate(zip(self.query(_Clickable), rows, strict=True)):
            child.set_class(place == chosen, "-chosen")
            child.say(draw.slider(row, self.size.width - 1, chosen=place == chosen))
        if 0 <= chosen < len(self.children):
            self.scroll_to_widget(self.children[chosen], animate=False)
