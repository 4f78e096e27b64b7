"""What the keys of the main screen do to the pedal as a whole: presets, snapshots, banks, switches, undo, bypass.

The app is made of this, of ``verbs``, and of what it draws; in the editor's process.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import App
from textual.binding import BindingType

from pedal.editor import keys
from pedal.editor.hands_pages import SwitchesPage
from pedal.editor.pages import Typed
from pedal.editor.presets_page import BanksPage, PresetsPage, SnapshotsPage
from pedal.editor.session import Session
from pedal.editor.state import State
from pedal.panel.preset_requests import RecallSnapshot
from pedal.panel.protocol import Bypass, Tune


class Opening(App[None]):
    """Keys that are about no block.

    Args:
        session: with the pedal; not started yet.
    """

    BINDINGS: ClassVar[list[BindingType]] = keys.BINDINGS

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    @property
    def state(self) -> State | None:
        """What there is to edit; None while there is no pedal, or another page is open."""
        return self.session.view.state if len(self.screen_stack) == 1 else None

    def action_bypass(self) -> None:
        """The whole pedal."""
        if self.state is not None:
            self.session.ask(Bypass(), lambda _: None)

    def action_tuner(self) -> None:
        """On or off."""
        if self.state is not None:
            tuner = self.session.view.live.status.get("tuner")
            is_on = bool(tuner.get("on")) if isinstance(tuner, dict) else False
            self.session.ask(Tune(on=not is_on), lambda _: None)

    async def action_presets(self) -> None:
        """The page of presets."""
        if self.state is not None:
            await self.push_screen(PresetsPage(self.session))

    async def action_snapshots(self) -> None:
        """The page of snapshots."""
        if self.state is not None:
            await self.push_screen(SnapshotsPage(self.session))

    def action_snapshot(self, number: int) -> None:
        """Another setting, at once."""
        if self.state is not None:
            self.session.do(lambda editing: editing.go(RecallSnapshot(number=number)))

    async def action_banks(self) -> None:
        """The page of banks."""
        if self.state is not None:
            await self.push_screen(BanksPage(self.session))

    async def action_switches(self) -> None:
        """The page of footswitches."""
        if self.state is not None:
            await self.push_screen(SwitchesPage(self.session))

    async def action_save(self) -> None:
        """The preset in hand; one without a file needs a name."""
        state = self.session.view.state
        if state is not None and state.key:
            self.session.do(lambda editing: editing.save())
        elif state is not None:
            await self._ask_name(state.preset.name)

    async def action_save_as(self) -> None:
        """As a new one."""
        if self.state is not None:
            await self._ask_name("")

    async def _ask_name(self, name: str) -> None:
        page = Typed("Save as", name)
        await self.push_screen(page, lambda text: self.session.do(lambda editing: editing.save(text)) if text else None)

    def action_undo(self) -> None:
        """The last deed of this editor."""
        if self.state is not None:
            self.session.do(lambda editing: editing.undo())

    def action_redo(self) -> None:
        """What was undone last."""
        if self.state is not None:
            self.session.do(lambda editing: editing.redo())
