"""The editor's app: wiring, the main screen, and when it is drawn. Run by ``pedal.cli.editor``.

A process of its own for each login, and a client of the control socket like any command. It holds nothing that the
pedal does not have: every edit is asked for at once, and a line that is cut takes nothing with it.
"""

from __future__ import annotations

import time
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen

from pedal.editor import draw, keys
from pedal.editor.pages import ListPage
from pedal.editor.rows import rows_of, tiles_of
from pedal.editor.session import Session
from pedal.editor.text_pages import GonePage, HelpPage, LogPage
from pedal.editor.verbs import Verbs
from pedal.editor.widgets import Chain, Knobs, Line, Pressed

#: Drawn at most so often: more is wasted on a slow line, and no eye misses it.
DRAW_S = 0.125
#: From so many columns on there is room for what the pedal says, beside the knobs.
WIDE = 110
#: What was done stands there for so long before the pedal's own message may.
NOTICE_S = 5.0


class Editor(Verbs):
    """The whole of it.

    Args:
        socket_path: of the pedal's control socket.
    """

    CSS_PATH = "editor.tcss"
    TITLE = "pedal"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, socket_path: Path) -> None:
        super().__init__(Session(socket_path, self._told))
        self._drawn_at_s = 0.0
        self._drawn: object = None
        self._noticed, self._noticed_at_s = 0, 0.0

    def compose(self) -> ComposeResult:
        """From the top: what plays, the chain, its knobs, levels, widths, what was done, keys."""
        yield Line(id="header")
        yield Chain(id="chain")
        with Horizontal(id="middle"):
            yield Knobs(id="knobs")
            with VerticalScroll(id="aside", can_focus=False):
                yield Line(id="about")
        with Horizontal(id="meters"):
            yield Line(id="in")
            yield Line(id="out")
        yield Line(id="governor")
        yield Line(id="notice")
        yield Line(id="keys")

    def on_mount(self) -> None:
        """Begin."""
        self.session.start()
        self.set_interval(DRAW_S, self._look)

    def on_unmount(self) -> None:
        """End: what was ordered is done first."""
        self.session.close()

    def on_resize(self) -> None:
        """Another size, other lines."""
        self.set_class(self.size.width >= WIDE, "-wide")
        self.call_after_refresh(self.redraw)

    def on_pressed(self, message: Pressed) -> None:
        """Somebody has a mouse."""
        state, block = self.state, self.block()
        if state is not None and block is not None:
            if message.of == "tile":
                self.choose(tiles_of(state)[message.place].id, 0)
            else:
                self.choose(block.id, message.place)

    async def action_log(self) -> None:
        """What the pedal said."""
        await self.push_screen(LogPage(self.session))

    async def action_help(self) -> None:
        """Every key."""
        await self.push_screen(HelpPage(self.session))

    def _told(self) -> None:
        """From the session's thread: there is something new, which is drawn at once unless something just was."""
        if self.is_running:
            self.call_later(self._look)

    async def _look(self) -> None:
        if self.session.view is not self._drawn and time.monotonic() - self._drawn_at_s >= DRAW_S:
            await self._draw()

    def redraw(self) -> None:
        """What one looks at is another: at once."""
        self.call_later(self._draw)

    async def _draw(self) -> None:
        view = self.session.view
        self._drawn, self._drawn_at_s = view, time.monotonic()
        self._open_or_close_gone(view.trouble if view.state is None else "")
        for screen in self.screen_stack[1:]:
            if isinstance(screen, ListPage):
                screen.look(view)
        main = self.screen_stack[0]
        block, row = self.block(), self.row()
        if view.state is not None and block is not None:
            tiles = tiles_of(view.state)
            await main.query_one(Chain).draw(view, tiles, [tile.id for tile in tiles].index(block.id))
            rows = rows_of(view.state, block)
            await main.query_one(Knobs).draw(rows, rows.index(row) if row else 0)
        self._say_lines(main)

    def _say_lines(self, main: Screen[object]) -> None:
        view, width = self.session.view, self.size.width
        live = view.live

        def say(name: str, content: Content) -> None:
            main.query_one(f"#{name}", Line).say(content)

        tuner = live.status.get("tuner")
        is_tuning = isinstance(tuner, dict) and bool(tuner.get("on"))
        say("header", draw.header(view, width))
        half = width // 2
        clipped = bool(live.status.get("in_clipped"))
        say("in", draw.meter("in", live.number("in_peak_db", draw.FLOOR_DB), half, clipped=clipped))
        say("out", draw.meter("out", live.number("out_peak_db", draw.FLOOR_DB), width - half))
        say("governor", draw.tuner(live, width) if is_tuning else draw.governor(live))
        say("notice", self._notice())
        say("keys", draw.foot(keys.FOOT, width))
        if self.has_class("-wide"):
            say("about", draw.aside(view, main.query_one("#aside").size.width))

    def _notice(self) -> Content:
        """What was done last; after a while what the pedal has to say, if it has."""
        view, now_s = self.session.view, time.monotonic()
        if view.count != self._noticed:
            self._noticed, self._noticed_at_s = view.count, now_s
        message = view.live.text("message")
        if message and now_s - self._noticed_at_s > NOTICE_S:
            return Content(f" {message}")
        return Content.styled(f" {view.notice}", "bold $text-error" if view.is_refusal else "$text-success")

    def _open_or_close_gone(self, trouble: str) -> None:
        top = self.screen
        if trouble and isinstance(top, GonePage):
            top.say(trouble)
        elif trouble:
            self.push_screen(GonePage(trouble))
        elif isinstance(top, GonePage):
            self.pop_screen()
