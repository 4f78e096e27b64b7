"""The process pedal-panel: wiring only. ``python -m pedal.panel.app BOARD LINK``.

One loop waits on one queue. Into it come footswitch presses (gpiozero's thread), requests from the
control socket (its thread) and the builder's answers (its thread); between them the loop ticks:
governor, events, page. It never touches a PCM and parses no model.
"""

from __future__ import annotations

import base64
import io
import logging
import os
import queue
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pedal import layout
from pedal.config import Board, load_board
from pedal.errors import BoardError, ControlError, LinkError, PedalError
from pedal.library.presets import PresetStore
from pedal.link import Link, Word
from pedal.panel import protocol
from pedal.panel.control import SOCKET_NAME, Ask, ControlServer
from pedal.panel.controls.inputs import Press, open_footswitches
from pedal.panel.display.oled import Display, open_display
from pedal.panel.display.pages import draw_page, enlarged
from pedal.panel.hand import Hand
from pedal.panel.jobs import Done
from pedal.panel.player import Player
from pedal.panel.report import make_status, make_view
from pedal.panel.rigs import Rigs
from pedal.panel.widths import Widths
from pedal.panel.workshop import Workshop

_log = logging.getLogger("pedal.panel")

TICK_S = 0.05
#: Pages a second: every second tick.
PAGE_TICKS = 2
#: How often a missing link is looked for.
LINK_RETRY_S = 0.1
#: How long a message stays on the page.
MESSAGE_S = 6.0


class Panel:
    """Everything the loop holds.

    Args:
        board: as loaded.
        link: attached.
        items: the loop's queue.
        display: open.
        press: presses a footswitch of a virtual board; None on a real one.
    """

    def __init__(
        self,
        board: Board,
        link: Link,
        items: queue.SimpleQueue[Any],
        display: Display,
        workshop: Workshop,
        press: Callable[[str], None] | None,
    ) -> None:
        self._board = board
        self._link = link
        self._items = items
        self._display = display
        self._press_virtual = press
        self._rigs = Rigs(link)
        self._widths = Widths(self._rigs, board.budget_share)
        self._hand = Hand(PresetStore.default(), link)
        self._workshop = workshop
        self._player = Player(board, link, self._hand, self._rigs, self._widths, workshop)
        self._stopping = False
        self._tick = 0
        self._page: Any = None
        self._shown_message = ("", 0.0)

    def start(self) -> None:
        """Go on with what plays, or play the first preset."""
        if self._hand.recall():
            if self._rigs.wanted is None:
                self._player.resume()
            return
        try:
            self._player.step(1)
        except PedalError as error:
            self._player.message = str(error)

    def run(self) -> None:
        """Serve until asked to stop."""
        next_tick_s = time.monotonic()
        while not self._stopping:
            wait_s = next_tick_s - time.monotonic()
            try:
                item = self._items.get(timeout=max(0.0, wait_s)) if wait_s > 0 else self._items.get_nowait()
            except queue.Empty:
                self._on_tick(time.monotonic())
                next_tick_s = max(next_tick_s + TICK_S, time.monotonic())
                continue
            self._on_item(item)
            if time.monotonic() > next_tick_s + TICK_S:  # a flood of requests must not starve the tick
                self._on_tick(time.monotonic())
                next_tick_s = time.monotonic() + TICK_S

    def stop(self) -> None:
        """Ask ``run`` to end; from any thread or signal handler."""
        self._stopping = True

    def _on_item(self, item: object) -> None:
        if isinstance(item, Press):
            self._on_press(item)
        elif isinstance(item, Ask):
            try:
                item.answer(self._answer(item.request))
            except PedalError as error:
                item.refuse(str(error))
        elif isinstance(item, Done):
            self._workshop.received(item)
            if item.number != 0:
                self._player.built(item)

    def _on_press(self, press: Press) -> None:
        action = self._board.switches[press.switch].action
        try:
            if action == "bypass":
                self._player.bypass(None)
            else:
                self._player.step(1 if action == "next_preset" else -1)
        except PedalError as error:
            self._player.message = str(error)

    def _answer(self, request: protocol.AnyRequest) -> dict[str, Any]:
        player = self._player
        match request:
            case protocol.Status():
                return self._status()
            case protocol.Press(switch=switch):
                if self._press_virtual is None:
                    raise ControlError("only a virtual board has switches to press from here", hint="Use your foot")
                self._press_virtual(switch)
                return {"pressed": switch}
            case protocol.SelectPreset(name=name, step=step):
                key = player.step(step) if step is not None else self._hand.store.find(name or "")
                preset = self._hand.store.load(key).preset if step is not None else player.select(key)
                return {"preset": preset.name, "preset_key": key}
            case protocol.Bypass(on=on):
                return {"bypassed": player.bypass(on)}
            case protocol.SetParam(target=target, value=value):
                player.set_param(target, value)
                return {"target": target, "value": value}
            case protocol.SwitchBlock(block=block, on=on):
                at_once = player.switch_block(block, on, time.monotonic())
                return {"block": block, "on": on, "waits_for_room": not at_once}
            case protocol.SetWidth(width=width, amp=amp):
                return {"amps": player.set_quality(width, amp), "width": width}
            case protocol.Page(scale=scale):
                return self._page_as_png(scale)
            case protocol.Reload():
                player.select(self._hand.key)
                return {"preset_key": self._hand.key}
            case protocol.Stop():
                self._link.put(Word.STOP, 1)
                self.stop()
                return {"stopping": True}
        raise ControlError("a request that this pedal does not know", hint="Update both")

    def _status(self) -> dict[str, Any]:
        status = self._link.status()
        return make_status(self._board, status, self._hand, self._rigs, self._widths, self._player)

    def _page_as_png(self, scale: int) -> dict[str, Any]:
        page = enlarged(self._page if self._page is not None else draw_page(self._view()), scale)
        file = io.BytesIO()
        page.save(file, "PNG")
        return {"png": base64.b64encode(file.getvalue()).decode(), "width": page.width, "height": page.height}

    def _view(self) -> Any:
        status = self._link.status()
        return make_view(self._board, status, self._hand, self._rigs, self._player, self._tick // PAGE_TICKS)

    def _on_tick(self, now_s: float) -> None:
        self._tick += 1
        self._link.put(Word.PANEL_BEAT_NS, time.monotonic_ns())
        self._workshop.look_after(now_s)
        status = self._link.status()
        self._player.tick(now_s)
        for event in self._link.new_events():
            self._on_event(event, status, now_s)
        if status.card_state == layout.CARD_RUNNING:
            self._widths.tick(status, self._hand.quality, now_s)
        if self._tick % PAGE_TICKS == 0:
            self._expire_message(now_s)
            self._page = draw_page(self._view())
            self._display.show(self._page)

    def _on_event(self, event: Any, status: Any, now_s: float) -> None:
        if event.kind == layout.EVENT_WIDTH:
            change = self._widths.note_event(event, status, now_s)
            if change is not None:
                _log.info("%s: %s -> %s (%s)", change.amp, change.before, change.after, change.reason)
        elif event.kind == layout.EVENT_GUARD:
            names = {block.serial: block.id for block in self._rigs.playing.blocks} if self._rigs.playing else {}
            name = names.get(event.numbers[0], "a block")
            self._player.message = f"{name} made a broken signal and was reset."
            _log.warning("%s made a signal that is not finite; muted and reset", name)
        elif event.kind == layout.EVENT_OVERRUN:
            load_milli, used_ns, wall_ns = event.numbers[:3]
            text = "frame %d: a period overran: load %.0f %% (%.2f ms of work in %.2f ms)"
            _log.warning(text, event.frame, load_milli / 10.0, used_ns / 1e6, wall_ns / 1e6)

    def _expire_message(self, now_s: float) -> None:
        text, since_s = self._shown_message
        if self._player.message != text:
            self._shown_message = (self._player.message, now_s)
            if self._player.message:
                _log.info("%s", self._player.message)
        elif text and now_s - since_s > MESSAGE_S:
            self._player.message = ""


def run_panel(
    board: Board,
    link_path: Path,
    *,
    screen: Callable[[], Any] | None = None,
    press: Callable[[str], None] | None = None,
) -> None:
    """The panel, from an empty process to its end.

    Args:
        board: as loaded.
        link_path: of the link, waited for.
        screen: opens the luma device of a virtual board.
        press: presses a switch of a virtual board.

    Raises:
        PedalError: pins, display or socket cannot be opened.
    """
    items: queue.SimpleQueue[Any] = queue.SimpleQueue()
    with ExitStack() as stack:
        pins = {name: switch.pin for name, switch in board.switches.items()}
        display = open_display(board.display, screen)
        stack.callback(display.close)
        stack.enter_context(open_footswitches(pins, items))
        workshop = Workshop(link_path, items)
        stack.callback(workshop.close)
        stopped: list[bool] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.append(True))
        link = _wait_for_link(link_path, lambda: bool(stopped))
        if link is None:
            return
        link.put(Word.PANEL_PID, os.getpid())
        panel = Panel(board, link, items, display, workshop, press)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: panel.stop())
        stack.enter_context(ControlServer(link_path.parent / SOCKET_NAME, items))
        panel.start()
        panel.run()


def _wait_for_link(path: Path, stopped: Callable[[], bool]) -> Link | None:
    while not stopped():
        try:
            return Link.attach(path)
        except LinkError:
            time.sleep(LINK_RETRY_S)
    return None


def main() -> int:
    """The command line of the process."""
    logging.basicConfig(level=logging.INFO, format="pedal-panel: %(message)s")
    if len(sys.argv) != 3:
        print("usage: python -m pedal.panel.app BOARD LINK", file=sys.stderr)
        return 2
    try:
        board = load_board(sys.argv[1])
        if board.virtual:
            raise BoardError("is a virtual board", where=board.name, hint="Start it with `pedal run`")
        run_panel(board, Path(sys.argv[2]))
    except PedalError as error:
        print(f"pedal-panel: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
