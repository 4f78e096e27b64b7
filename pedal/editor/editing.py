"""Editing: what a player does, asked of the panel and noted, so that it can be undone.

Used by the session's thread in the editor's process. Every change is asked for at once and lies in the pedal from then
on: an editor that dies takes nothing with it but its list of what can be undone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pedal.cli.client import RefusedError
from pedal.editor.cells import Cell, Knob, Whole
from pedal.editor.journal import Deed, Journal
from pedal.editor.state import State
from pedal.errors import ControlError
from pedal.panel.desk_requests import HoldPreset
from pedal.panel.preset_requests import SavePreset
from pedal.panel.protocol import Request
from pedal.params import KINDS
from pedal.params.words import stepped

Ask = Callable[[Request], dict[str, Any]]
Look = Callable[[], State]

#: A change that was overtaken while it was made is made again, from what there is then.
TRIES = 3


class Editing:
    """One object for each editor.

    Args:
        ask: asks the panel.
        look: what there is to edit, now.
    """

    def __init__(self, ask: Ask, look: Look) -> None:
        self.journal = Journal()
        self._ask = ask
        self._look = look

    def change(self, cell: Cell, value: Any) -> str:
        """Put something else into a cell; returns what was done, in words.

        Raises:
            PedalError: it cannot be so; nothing was changed.
        """
        return self._do(cell, lambda state: cell.request(state, value))

    def turn(self, knob: Knob, clicks: int, steps: int) -> str:
        """Turn a knob by so many clicks, which are so many steps; from where it now is.

        Raises:
            PedalError: there is no such knob.
        """
        state = self._look()
        kind = KINDS[state.preset.block(knob.block_id).kind]
        option = kind.option(knob.name)
        if option is not None and option.words:
            at = option.words.index(str(knob.read(state))) + clicks
            return self.change(knob, option.words[min(max(at, 0), len(option.words) - 1)])
        if option is not None and not option.asset:
            return self.change(knob, int(min(max(knob.read(state) + steps, option.low), option.high)))
        param = kind.params[kind.index(knob.name, f"block '{knob.block_id}'")]
        return self.change(knob, stepped(param, knob.read(state), clicks, steps))

    def go(self, request: Request) -> str:
        """Whatever puts another preset into the hand: it can be gone back to, with what was not saved of it.

        Raises:
            PedalError: it cannot be done.
        """
        self.journal.seal()
        return self._do(Whole(), lambda _: request)

    def save(self, name: str | None = None) -> str:
        """Save the preset in hand; with a name, as a new one, and what was done to it can still be undone.

        Raises:
            PedalError: it cannot be saved.
        """
        before = self._look().key
        answer = self._ask(SavePreset(name=name))
        self.journal.follow(before, self._look().key)
        return f"Saved: {answer.get('preset', '')}"

    def undo(self) -> str:
        """Take the last deed back; returns what was done, in words.

        Raises:
            PedalError: there is none, or it was overtaken; the pedal stays as it is.
        """
        return self._take_back(self.journal.done, self.journal.undone, "Undone")

    def redo(self) -> str:
        """Do the last deed that was undone again.

        Raises:
            PedalError: there is none, or it was overtaken; the pedal stays as it is.
        """
        return self._take_back(self.journal.undone, self.journal.done, "Done again")

    def _do(self, cell: Cell, request_for: Callable[[State], Request]) -> str:
        before = self._look()
        self._send(request_for)
        after = self._look()
        deed = Deed(cell, before.key if not isinstance(cell, Whole) else "", cell.read(before), cell.read(after))
        self.journal.note(deed)
        return f"{cell}: {cell.words(deed.after)}"

    def _take_back(self, done: list[Deed], undone: list[Deed], word: str) -> str:
        self.journal.seal()
        if not done:
            raise ControlError(f"there is nothing to be {'undone' if done is self.journal.done else 'done again'}")
        deed = done[-1]
        state = self._look()
        if deed.is_elsewhere(state):
            raise ControlError(f"that was in another preset ({deed.key or 'one without a file'})", where=str(deed.cell))
        if deed.is_overtaken(state):
            done.pop()
            hint = "It stays as it is; undo goes on with what was before" if word == "Undone" else "It stays as it is"
            raise ControlError("was changed by somebody else since", where=str(deed.cell), hint=hint)
        self._send(lambda now: deed.cell.request(now, deed.before))
        done.pop()
        now = deed.cell.read(self._look())
        undone.append(replace(deed, before=deed.after, after=now))
        return f"{word}: {deed.cell}, {deed.cell.words(now)}"

    def _send(self, request_for: Callable[[State], Request]) -> None:
        """Ask for it; a whole preset that was made from an older one is made again from what there is now."""
        for left in reversed(range(TRIES)):
            state = self._look()
            request = request_for(state)
            try:
                self._ask(request)
                return
            except RefusedError:
                lost = isinstance(request, HoldPreset) and self._look().preset_mark != state.preset_mark
                if not lost or not left:
                    raise
