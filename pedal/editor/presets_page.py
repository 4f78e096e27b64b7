"""The pages of presets, snapshots and banks: played, saved, named, taken away.

Opened by the app over the main screen, in the editor's process.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from pedal.editor.goods import Goods, Kept
from pedal.editor.pages import Item, ListPage, Typed
from pedal.editor.session import Session, View
from pedal.panel.bank_requests import AddToBank, DeleteBank, MoveInBank, NewBank, RemoveFromBank, RenameBank, UseBank
from pedal.panel.chain_requests import NewPreset
from pedal.panel.preset_requests import (
    ClearSnapshot,
    CopyPreset,
    DeletePreset,
    RecallSnapshot,
    RenamePreset,
    RevertPreset,
    TakeSnapshot,
)
from pedal.panel.protocol import Request, SelectPreset
from pedal.preset import MAX_SNAPSHOTS


class PresetsPage(ListPage):
    """All presets; one that is gone to leaves what was not saved behind, and undo brings it back."""

    TITLE = "Presets"
    HINT = "Enter play  n new  s save  S save as  v as saved  r rename  c copy  d delete  k to bank"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New"),
        Binding("s", "app.save", "Save"),
        Binding("S", "save_as", "Save as"),
        Binding("v", "revert", "Revert"),
        Binding("r", "rename", "Rename"),
        Binding("c", "copy", "Copy"),
        Binding("d", "delete", "Delete"),
        Binding("k", "into_bank", "Into bank"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._goods = Goods(session, "preset", self._told)
        self._came = False

    def start(self) -> None:
        """Ask what there is."""
        self._goods.look()

    def _told(self) -> None:
        self.app.call_later(self.came)

    def came(self) -> None:
        """The list has come: the first time, go to what plays."""
        self.look(self.session.view)
        if self._is_made and not self._came:
            key = self.session.view.state.key if self.session.view.state else ""
            self.highlight(next((kept for kept in self._kept() if kept.key == key), None))
            self._came = True

    def items(self, view: View) -> Sequence[Item]:
        """In the order of the list; the one that plays has a mark."""
        if not self._goods.is_read:
            return [Item(None, Content("Looking ..."))]
        return [Item(kept, self._text(kept, view)) for kept in self._kept()]

    def chosen(self, value: object) -> None:
        """Play it."""
        if isinstance(value, Kept):
            self.session.do(lambda editing: editing.go(SelectPreset(name=value.key)))
            self.dismiss(None)

    def action_new(self) -> None:
        """One without blocks."""
        self.app.push_screen(Typed("Name of the new preset"), self._go_new)

    def _go_new(self, name: str | None) -> None:
        if name:
            self.session.do(lambda editing: editing.go(NewPreset(name=name)))
            self.dismiss(None)

    def action_save_as(self) -> None:
        """What plays, under a new name."""
        self.app.push_screen(Typed("Save as"), self._save_as)

    def _save_as(self, name: str | None) -> None:
        if name:
            self.session.do(lambda editing: editing.save(name))
            self._goods.look()

    def action_revert(self) -> None:
        """What plays as it was saved."""
        self.session.do(lambda editing: editing.go(RevertPreset()))

    def action_rename(self) -> None:
        """Another name; its file's name stays."""
        if isinstance(kept := self.current, Kept):
            self._type("New name", kept.name, lambda name: RenamePreset(preset=kept.key, name=name))

    def action_copy(self) -> None:
        """A new one like it."""
        if isinstance(kept := self.current, Kept):
            self._type("Name of the copy", f"{kept.name} 2", lambda name: CopyPreset(preset=kept.key, name=name))

    def action_delete(self) -> None:
        """It is asked for by its name: what is gone by a slip of a finger is missed."""
        if isinstance(kept := self.current, Kept):
            question = f"Delete {kept.name}? Type yes"
            self._type(question, "", lambda word: DeletePreset(preset=kept.key, sure=True) if word == "yes" else None)

    def action_into_bank(self) -> None:
        """Behind the last of the bank under the feet."""
        state = self.session.view.state
        if isinstance(kept := self.current, Kept) and state is not None:
            bank = state.bank or (state.banks[0].name if state.banks else "")
            if bank:
                self._ask(AddToBank(bank=bank, preset=kept.key))
            else:
                self.app.push_screen(Typed("There is no bank yet. Name of the first"), self._new_bank)

    def _new_bank(self, name: str | None) -> None:
        if name:
            self._ask(NewBank(name=name))

    def _type(self, label: str, text: str, request: object) -> None:
        def typed(word: str | None) -> None:
            wish = request(word) if word and callable(request) else None
            if isinstance(wish, Request):
                self._ask(wish)

        self.app.push_screen(Typed(label, text), typed)

    def _ask(self, request: Request) -> None:
        self.session.ask(request, lambda _: None)
        self._goods.look()

    def _kept(self) -> tuple[Kept, ...]:
        return tuple(Kept(*row) for row in self._goods.rows)

    def _text(self, kept: Kept, view: View) -> Content:
        state = view.state
        plays = state is not None and state.key == kept.key
        mark = "▶ " if plays else "  "
        banks = [bank.name for bank in state.banks if kept.key in bank.presets] if state else []
        aside = ", ".join([*(["factory"] if kept.is_factory else []), *banks])
        edited = " *" if plays and state and state.edited else ""
        return Content.assemble(f"{mark}{kept.name + edited:<28} ", (f"{kept.key:<24} {aside}", "$text-muted"))


class SnapshotsPage(ListPage):
    """Other settings of the preset in hand."""

    TITLE = "Snapshots"
    HINT = "Enter: recall   s: keep what plays here   d: clear   Esc: back"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "keep", "Keep"), Binding("d", "clear", "Clear")]

    def items(self, view: View) -> Sequence[Item]:
        """All places, with what is in them."""
        if view.state is None:
            return []
        there = {kept.number: kept.name or "without a name" for kept in view.state.preset.snapshots}
        recalled = view.state.preset.snapshot
        return [
            Item(number, Content(f"{'▶' if number == recalled else ' '} {number}  {there.get(number, '-')}"))
            for number in range(1, MAX_SNAPSHOTS + 1)
        ]

    def chosen(self, value: object) -> None:
        """Play it; undo goes back to what was turned before."""
        if isinstance(value, int):
            self.session.do(lambda editing: editing.go(RecallSnapshot(number=value)))

    def action_keep(self) -> None:
        """What plays, at this place; its name stays unless another is typed."""
        if isinstance(number := self.current, int):
            state = self.session.view.state
            names = {kept.number: kept.name for kept in state.preset.snapshots} if state else {}
            self.app.push_screen(
                Typed(f"Name of snapshot {number}", names.get(number, "")),
                lambda name: None if name is None else self._ask(TakeSnapshot(number=number, name=name)),
            )

    def action_clear(self) -> None:
        """Forget it."""
        if isinstance(number := self.current, int):
            self._ask(ClearSnapshot(number=number))

    def _ask(self, request: Request) -> None:
        self.session.ask(request, lambda _: None)


class BanksPage(ListPage):
    """Presets under the feet."""

    TITLE = "Banks"
    HINT = "Enter use/play  n new  a add preset in hand  x take out  < > move  r rename  d delete"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New"),
        Binding("a", "add", "Add"),
        Binding("x", "take_out", "Take out"),
        Binding("less_than_sign", "move(-1)", "Up"),
        Binding("greater_than_sign", "move(1)", "Down"),
        Binding("r", "rename", "Rename"),
        Binding("d", "delete", "Delete"),
    ]

    def items(self, view: View) -> Sequence[Item]:
        """Each bank, and below it its presets; the values are a bank's name and a place (0: the bank itself)."""
        if view.state is None or not view.state.banks:
            return [Item(None, Content("There is no bank yet: n makes one."))]
        items = []
        for bank in view.state.banks:
            mark = "▶ " if bank.name == view.state.bank else "  "
            items.append(Item((bank.name, 0), Content.styled(f"{mark}{bank.name}", "bold")))
            items += [Item((bank.name, n), Content(f"     {n}  {key}")) for n, key in enumerate(bank.presets, 1)]
        return items

    def chosen(self, value: object) -> None:
        """A bank comes under the feet, a preset of it plays."""
        if isinstance(value, tuple):
            name, place = value
            self.session.do(lambda editing: editing.go(UseBank(bank=name, place=place or None)))

    def action_new(self) -> None:
        """An empty one."""
        page = Typed("Name of the new bank")
        self.app.push_screen(page, lambda name: self._ask(NewBank(name=name)) if name else None)

    def action_add(self) -> None:
        """The preset in hand, behind the last."""
        state = self.session.view.state
        if isinstance(value := self.current, tuple) and state is not None and state.key:
            self._ask(AddToBank(bank=value[0], preset=state.key))

    def action_take_out(self) -> None:
        """Out of the bank; the preset stays."""
        if isinstance(value := self.current, tuple) and value[1]:
            self._ask(RemoveFromBank(bank=value[0], place=value[1]))

    def action_move(self, by: int) -> None:
        """Within the bank."""
        state = self.session.view.state
        if isinstance(value := self.current, tuple) and value[1] and state is not None:
            length = next((len(bank.presets) for bank in state.banks if bank.name == value[0]), 0)
            if 1 <= value[1] + by <= length:
                self._ask(MoveInBank(bank=value[0], place=value[1], to=value[1] + by))
                self.highlight((value[0], value[1] + by))

    def action_rename(self) -> None:
        """Another name."""
        if isinstance(value := self.current, tuple):
            self.app.push_screen(
                Typed("New name", value[0]),
                lambda name: self._ask(RenameBank(bank=value[0], name=name)) if name else None,
            )

    def action_delete(self) -> None:
        """The bank; its presets stay."""
        if isinstance(value := self.current, tuple) and not value[1]:
            self.app.push_screen(
                Typed(f"Delete the bank {value[0]}? Type yes"),
                lambda word: self._ask(DeleteBank(bank=value[0])) if word == "yes" else None,
            )

    def _ask(self, request: Request) -> None:
        self.session.ask(request, lambda _: None)
