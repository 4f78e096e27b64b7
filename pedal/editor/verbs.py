"""What the keys of the main screen do to the pedal: each a few lines that give the session an order.

The app is made of this and of what it draws; in the editor's process.
"""

from __future__ import annotations

from textual.content import Content

from pedal.editor.browser import Browser
from pedal.editor.cells import ABSENT, Cell, Knob, Place, Placed, Presence, Quality, Switched
from pedal.editor.hands_pages import MidiPage
from pedal.editor.opening import Opening
from pedal.editor.pages import Choice, Item, Typed
from pedal.editor.rows import QUALITIES, Row, rows_of, tiles_of
from pedal.editor.session import Session
from pedal.errors import PresetError
from pedal.library.cards import AssetKind
from pedal.params import KINDS
from pedal.params.words import parse_shown
from pedal.preset import RESERVED, Block
from pedal.preset.editing import with_added

#: In lists of what may be added: no block of every chain.
ADDABLE = tuple(kind for kind in KINDS.values() if not kind.implicit)


class Verbs(Opening):
    """The main screen's keys.

    Args:
        session: with the pedal; not started yet.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.block_id, self.knob = "", 0

    def redraw(self) -> None:
        """Draw what one is about; the app sees to it."""
        raise NotImplementedError

    def block(self) -> Block | None:
        """The chosen block; the first amp, or the first at all, where the chosen one is gone."""
        state = self.session.view.state
        tiles = tiles_of(state) if state else ()
        chosen = [block for block in tiles if block.id == self.block_id]
        amps = [block for block in tiles if block.kind == "amp"]
        return next(iter((*chosen, *amps, *tiles)), None)

    def row(self) -> Row | None:
        """The chosen knob of the chosen block."""
        block, state = self.block(), self.session.view.state
        rows = rows_of(state, block) if block and state else ()
        return rows[min(self.knob, len(rows) - 1)] if rows else None

    def action_block(self, by: int) -> None:
        """Another block; what is turned there is a deed of its own."""
        if (state := self.state) is not None and (block := self.block()) is not None:
            ids = [tile.id for tile in tiles_of(state)]
            self.choose(ids[min(max(ids.index(block.id) + by, 0), len(ids) - 1)], 0)

    def action_knob(self, by: int) -> None:
        """Another knob."""
        if (state := self.state) is not None and (block := self.block()) is not None:
            last = len(rows_of(state, block)) - 1
            self.choose(block.id, min(max(min(self.knob, last) + by, 0), max(last, 0)))

    def choose(self, block_id: str, knob: int) -> None:
        """Look at this from now on."""
        if (block_id, knob) != (self.block_id, self.knob):
            self.block_id, self.knob = block_id, knob
            self.session.seal()
            self.redraw()

    def action_turn(self, way: int, steps: int = 1) -> None:
        """By a step; words go on by one."""
        row = self.row()
        if self.state is None or row is None:
            return
        if isinstance(row.cell, Quality):
            at = min(max(QUALITIES.index(row.value) + way, 0), len(QUALITIES) - 1)
            self.change(row.cell, QUALITIES[at])
        elif isinstance(row.cell, Knob) and row.form != "file":
            self.session.turn(row.cell, way, way * steps)

    def change(self, cell: Cell, value: object) -> None:
        """Put something else there."""
        self.session.do(lambda editing: editing.change(cell, value))

    def action_default(self) -> None:
        """The knob where it stands in a new block."""
        row, block = self.row(), self.block()
        if self.state is not None and row and block and isinstance(row.cell, Knob) and row.form != "file":
            kind, name = KINDS[block.kind], row.cell.name
            option = kind.option(name)
            self.session.seal()
            self.change(row.cell, option.default if option else kind.params[kind.index(name)].default)

    async def action_enter(self) -> None:
        """A number is typed, a word and a file are chosen."""
        row = self.row()
        if self.state is None or row is None:
            return
        if row.form == "file":
            await self.action_browse()
        elif row.form == "word":
            items = [Item(word, Content(word)) for word in row.words]
            await self.push_screen(
                Choice(self.session, row.label, items, row.value), lambda word: self._typed(row, word)
            )
        else:
            page = Typed(f"{row.label} ({row.cell})", row.value, lambda text: self._trouble(row, text))
            await self.push_screen(page, lambda text: self._typed(row, text))

    def _value(self, row: Row, text: str) -> object:
        block = self.block()
        if isinstance(row.cell, Quality) or block is None:
            return text
        assert isinstance(row.cell, Knob)
        kind, name = KINDS[block.kind], row.cell.name
        if (option := kind.option(name)) is not None:
            whole = text.strip()
            return option.parsed(text if option.words else int(whole) if whole.isdecimal() else -1, row.label)
        return parse_shown(kind.params[kind.index(name)], text, row.label)

    def _trouble(self, row: Row, text: str) -> str:
        try:
            self._value(row, text)
        except PresetError as error:
            return str(error)
        return ""

    def _typed(self, row: Row, text: str | None) -> None:
        if text is not None:
            self.session.seal()
            self.change(row.cell, self._value(row, text))

    def action_switch(self) -> None:
        """The block on or off."""
        block = self.block()
        if self.state is not None and block is not None and block.id not in RESERVED:
            self.session.seal()
            self.change(Switched(block.id), not block.on)

    def action_width(self) -> None:
        """Of this amp: the next of the three."""
        block, state = self.block(), self.state
        if state is not None and block is not None and block.kind == "amp":
            now = str(Quality(block.id).read(state))
            self.change(Quality(block.id), QUALITIES[(QUALITIES.index(now) + 1) % len(QUALITIES)])

    def action_move(self, by: int) -> None:
        """This block, along the chain."""
        block, state = self.block(), self.state
        if state is not None and block is not None and block.id not in RESERVED:
            place = int(Place(block.id).read(state)) + by
            if 1 <= place <= len(state.preset.blocks):
                self.block_id = block.id
                self.change(Place(block.id), place)

    def action_remove(self) -> None:
        """This block; undo brings it back as it was."""
        block = self.block()
        if self.state is not None and block is not None and block.id not in RESERVED:
            self.change(Presence(block.id), ABSENT)

    async def action_add(self) -> None:
        """A kind, its file if it plays one, and it is there, behind this block."""
        if self.state is not None:
            items = [
                Item(kind.name, Content.assemble(f"{kind.label:<12}", (kind.about.partition(". ")[0], "$text-muted")))
                for kind in ADDABLE
            ]
            await self.push_screen(Choice(self.session, "Add a block", items), self._add_kind)

    async def _add_kind(self, kind_name: str | None) -> None:
        if kind_name is None:
            return
        if asset := KINDS[kind_name].asset:
            page = Browser(self.session, "model" if asset == "model" else "impulse")
            await self.push_screen(page, lambda name: self._add(kind_name, name) if name else None)
        else:
            self._add(kind_name, "")

    def _add(self, kind_name: str, asset: str) -> None:
        state, block = self.state, self.block()
        if state is None:
            return
        ids = [tile.id for tile in state.preset.blocks]
        place = 0 if block is None or block.id == "input" else len(ids)
        place = ids.index(block.id) + 1 if block is not None and block.id in ids else place
        try:
            added = with_added(state.preset, kind_name, asset, place + 1)
        except PresetError as error:
            self.session.say(str(error))
            return
        new = added.blocks[place]
        self.block_id, self.knob = new.id, 0
        self.change(Presence(new.id), Placed(place + 1, new))

    async def action_browse(self) -> None:
        """Another file for this block; what is listened to is one deed with what is taken."""
        row, block, state = self.row(), self.block(), self.state
        if state is None or block is None or not KINDS[block.kind].asset:
            return
        is_file = row is not None and row.form == "file" and isinstance(row.cell, Knob)
        cell = row.cell if is_file and row is not None else Knob(block.id, KINDS[block.kind].asset)
        now = str(cell.read(state))
        self.session.seal()

        def taken(name: str | None) -> None:
            if name is not None:
                self.change(cell, name or now)
            self.session.seal()

        kind: AssetKind = "model" if str(cell).endswith(".model") else "impulse"
        await self.push_screen(Browser(self.session, kind, now, lambda name: self.change(cell, name)), taken)

    async def action_midi(self) -> None:
        """The page of MIDI; the chosen knob can be learnt there."""
        row = self.row()
        if self.state is not None and row is not None:
            await self.push_screen(MidiPage(self.session, str(row.cell) if isinstance(row.cell, Knob) else "bypass"))
