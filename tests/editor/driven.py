"""The editor, driven by keys: without a terminal, on a panel that is served. Conditions are waited for, never times."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from textual.pilot import Pilot

from pedal.editor.app import Editor
from tests.editor.served import PATIENCE_S, Served

SMALL, LARGE = (80, 24), (160, 50)


class Hand:
    """Presses keys, and reads the screen."""

    def __init__(self, app: Editor, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        for letter in text:
            await self.pilot.press({" ": "space", "-": "minus", "+": "plus", ".": "full_stop"}.get(letter, letter))

    async def until(self, truth: Callable[[], bool]) -> None:
        deadline_s = time.monotonic() + PATIENCE_S
        while not truth():
            assert time.monotonic() < deadline_s, f"it never came true:\n{self.screen()}"
            await self.pilot.pause(0.01)

    async def sees(self, *words: str) -> None:
        """Wait for all of these on the screen."""
        await self.until(lambda: all(word in self.screen() for word in words))

    def screen(self) -> str:
        """As a terminal would show it, without colours."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def drive(panel: Served, size: tuple[int, int], story: Callable[[Hand], Awaitable[Any]]) -> None:
    """An editor on this panel, from its start to its end."""

    async def run() -> None:
        app = Editor(panel.path)
        async with app.run_test(size=size) as pilot:
            await story(Hand(app, pilot))

    asyncio.run(run())
