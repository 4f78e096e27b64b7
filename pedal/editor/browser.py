"""The browser of models and impulse responses: folders, favourites, a search, and a preview that one can take back.

Opened by the app over the main screen, in the editor's process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList

from pedal.editor.goods import FAVOURITES, Goods, Thing, folders_in, words_of
from pedal.editor.pages import Item, ListPage
from pedal.editor.session import Session, View
from pedal.panel.chain_requests import Favour

#: Of what was found: nobody reads more.
FOUND_MOST = 200
_TITLES = {"model": "Models", "impulse": "Cabinets"}


class Browser(ListPage):
    """Choose a file; its result is the file's name in presets.

    Args:
        session: with the pedal.
        kind: of what.
        now: the name of what plays now; empty: of nothing.
        preview: plays a file that may be taken back; None: nothing plays before it is chosen.
    """

    HINT = "Enter: take   Space: listen   /: search   *: favourite   ←: folder up   Esc: back as it was"
    can_search = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "listen", "Listen"),
        Binding("slash", "search", "Search", priority=True),  # before the list sees what is typed behind it
        Binding("asterisk", "favour", "Favourite"),
        Binding("left,backspace", "up", "Up"),
        Binding("down", "down", "List", show=False),
    ]

    def __init__(
        self,
        session: Session,
        kind: Literal["model", "impulse"],
        now: str = "",
        preview: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(session)
        self._kind, self._now, self._preview = kind, now, preview
        self._listened = False
        self._folder: str | None = None  # until the list has come
        self._words: list[str] = []
        self._goods = Goods(session, kind, self._told)

    def start(self) -> None:
        """Ask what there is."""
        self._goods.look()

    def _told(self) -> None:
        self.app.call_later(self.came)

    def came(self) -> None:
        """The list has come: go to what plays."""
        if not self._is_made:
            return
        thing = next((thing for thing in self._things() if thing.name == self._now), None)
        if self._folder is None:
            self._folder = thing.folder if thing else ""
            self.look(self.session.view)
            self.highlight(thing)
        self.look(self.session.view)

    def heading(self, view: View) -> str:
        """Where one is."""
        where = "Favourites" if self._folder == FAVOURITES else self._folder or ""
        heading = f"{_TITLES[self._kind]}{f' / {where}' if where else ''}"
        return f"{heading}: {' '.join(self._words)}" if self._words else heading

    def items(self, view: View) -> Sequence[Item]:
        """Folders, then files; or what was found."""
        if not self._goods.is_read:
            return [Item(None, Content("Looking ..."))]
        things = self._things()
        if self._words:
            found = [thing for thing in things if thing.is_found(self._words)][:FOUND_MOST]
            return [self._item(thing, with_folder=True) for thing in found] or [Item(None, Content("Nothing found."))]
        if self._folder == FAVOURITES:
            return [Item("", Content("../")), *(self._item(thing) for thing in things if thing.favourite)]
        folder = self._folder or ""
        items = [Item(folder.rpartition("/")[0], Content("../"))] if folder else []
        if not folder and any(thing.favourite for thing in things):
            items.append(Item(FAVOURITES, Content("★ Favourites")))
        items += [Item(name, Content(f"{name.rpartition('/')[2]}/")) for name in folders_in(things, folder)]
        items += [self._item(thing) for thing in things if thing.folder == folder]
        return items or [Item(None, Content("None yet. Bring them on a USB stick, or with `pedal models import`."))]

    def chosen(self, value: object) -> None:
        """A file is the result; a folder is opened."""
        if isinstance(value, Thing):
            self.dismiss(value.name)
        elif isinstance(value, str):
            self._open(value)

    def action_listen(self) -> None:
        """Play what is highlighted, for now."""
        if isinstance(self.current, Thing) and self._preview is not None:
            self._listened, self._now = True, self.current.name
            self._preview(self.current.name)
            self.look(self.session.view)

    def action_favour(self) -> None:
        """It is liked, or no longer."""
        thing = self.current
        if isinstance(thing, Thing):
            self.session.ask(Favour(kind=self._kind, content=thing.content, on=not thing.favourite), lambda _: None)
            self._goods.look()

    def action_search(self) -> None:
        """Type words."""
        self.set_focus(self.query_one(Input))  # now, not soon: letters that follow at once are of the search

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the search a slash is a slash."""
        return not (action == "search" and isinstance(self.focused, Input))

    def action_down(self) -> None:
        """From the search into the list."""
        self.set_focus(self.query_one(OptionList))

    def action_up(self) -> None:
        """The folder above."""
        if self._folder and not isinstance(self.focused, Input):
            self._open("" if self._folder == FAVOURITES else self._folder.rpartition("/")[0])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while it is typed."""
        self._words = [word for word in words_of(event.value) if word]
        self.look(self.session.view)
        self.query_one(OptionList).action_first()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what was found first."""
        if isinstance(self.current, Thing):
            self.dismiss(self.current.name)
        else:
            self.set_focus(self.query_one(OptionList))

    def action_back(self) -> None:
        """Out of the search first; then out of here, with what played before."""
        if self._words or isinstance(self.focused, Input):
            self.query_one(Input).value = ""
            self.set_focus(self.query_one(OptionList))
        else:
            self.dismiss("" if self._listened else None)

    def _open(self, folder: str) -> None:
        before, self._folder = self._folder, folder
        if self._words:
            self.query_one(Input).value = ""
            self._words = []
        self.look(self.session.view)
        self.highlight(before)

    def _things(self) -> tuple[Thing, ...]:
        return tuple(Thing(*row) for row in self._goods.rows)

    def _item(self, thing: Thing, *, with_folder: bool = False) -> Item:
        mark = "▶ " if thing.name == self._now else "★ " if thing.favourite else "  "
        folder = Content.styled(f"   {thing.folder}", "$text-muted") if with_folder and thing.folder else Content("")
        return Item(thing, Content("").join([Content(f"{mark}{thing.label}"), folder]))
