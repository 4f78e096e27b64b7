"""The process pedal-panel: wiring only. ``python -m pedal.panel.app BOARD LINK [--chooses] [--plain REASON]``.

Opens switches, screen and control socket, starts the builder, waits for the link that pedal-audio
makes, and runs the loop. While there is no link it says so, on the screen and to whoever asks.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pedal import __version__, layout
from pedal.config import Board, load_board
from pedal.errors import BoardError, LinkError, PedalError
from pedal.health import ask_resume, load_health
from pedal.link import Link, Word
from pedal.panel.control import SOCKET_NAME, Ask, ControlServer
from pedal.panel.controls.feet import feet_of
from pedal.panel.controls.gestures import Gesture
from pedal.panel.controls.inputs import open_footswitches
from pedal.panel.controls.inputs_adc import Converter, open_knobs
from pedal.panel.controls.inputs_encoders import EncoderPins, open_encoders
from pedal.panel.controls.inputs_midi import open_midi
from pedal.panel.controls.knobs import Turn
from pedal.panel.controls.outputs_lights import open_lights
from pedal.panel.display.oled import Display, open_display
from pedal.panel.display.pages import message_page, splash
from pedal.panel.expression import INPUT
from pedal.panel.feeds import LogFeed
from pedal.panel.footwork import BYPASS
from pedal.panel.jobs import Done
from pedal.panel.loop import Panel
from pedal.panel.reflexes import Reflexes
from pedal.panel.report import way_out
from pedal.panel.setup_ways import Started
from pedal.panel.work import STARTING
from pedal.panel.workshop import Workshop

_log = logging.getLogger("pedal.panel")

#: How often a missing link is looked for.
LINK_RETRY_S = 0.1
#: A thread that draws gives way to one that feels a press after so long (Python's own choice is 5 ms).
GIVE_WAY_S = 0.0005
#: With warm kernels the link is there sooner; after it the page says what is going on.
SPLASH_S = 4.0


def run_panel(
    board: Board,
    link_path: Path,
    *,
    screen: Callable[[], Any] | None = None,
    press: Callable[[str, float], None] | None = None,
    converter: Callable[[int], Converter] | None = None,
    plain: str = "",
    started: Started | None = None,
) -> None:
    """The panel, from an empty process to its end.

    Args:
        board: as loaded.
        link_path: of the link, waited for.
        screen: opens the luma device of a virtual board.
        press: presses a switch of a virtual board.
        converter: opens an input of a virtual board's converter.
        plain: why to start with a plain preset, not with the one in hand; empty as a rule.
        started: how the process was; None: with this board, for good.

    Raises:
        PedalError: pins, display or socket cannot be opened.
    """
    sys.setswitchinterval(GIVE_WAY_S)
    items: queue.SimpleQueue[Any] = queue.SimpleQueue()
    reflexes = Reflexes(items)
    signals: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda caught, _: signals.append(caught))
    log = LogFeed()
    with ExitStack() as stack:
        logging.getLogger("pedal").addHandler(log)
        stack.callback(logging.getLogger("pedal").removeHandler, log)
        pins = {name: switch.pin for name, switch in board.switches.items()}
        display = open_display(board.display, screen)
        stack.callback(display.close)
        display.show(splash(__version__))
        pulls = {name: switch.pull for name, switch in board.switches.items()}
        reflexes.attach(stack.enter_context(open_footswitches(pins, reflexes.feel, pulls=pulls)))
        reflexes.learn({}, feet_of(board))
        stack.enter_context(open_encoders(_encoders(board), items.put))
        midi = open_midi(board.midi, items.put)
        if midi is not None:
            stack.callback(midi.close)
        lights = stack.enter_context(open_lights(board.leds))
        positions: dict[str, Turn] = {}  # where knobs stand: told once, and every panel has to know

        def turned(turn: Turn) -> None:
            positions[turn.knob] = turn
            items.put(turn)

        stack.enter_context(open_knobs(_channels(board), turned, converter))
        workshop = Workshop(link_path, items)
        stack.callback(workshop.close)
        server = stack.enter_context(ControlServer(link_path.parent / SOCKET_NAME, items))
        log.news = server
        _log.info("version %s on board '%s'", __version__, board.name)
        lobby = _Lobby(board, link_path, items, display, workshop, lambda: bool(signals))
        link = lobby.wait_for_link()
        while link is not None:
            link.put(Word.PANEL_BEAT_NS, time.monotonic_ns())  # first: with our number it counts as ours
            link.put(Word.PANEL_PID, os.getpid())
            stopped, heard = lambda: bool(signals), (lights, midi, server, log, started)
            panel = Panel(board, link, items, display, workshop, reflexes, press, stopped, *heard)
            for turn in list(positions.values()):
                items.put(turn)
            panel.run(plain)
            plain = ""
            if not panel.link_is_gone:
                return
            _log.warning("the link was replaced: taking over what was in hand")
            fresh = lobby.wait_for_link()
            if fresh is not None:
                _carry_over(link, fresh)
            link = fresh


@dataclass(frozen=True, slots=True)
class _Lobby:
    """Where the panel waits for a link, deaf to feet (but for the way out of safe mode) and not to questions."""

    board: Board
    path: Path
    items: queue.SimpleQueue[Any]
    display: Display
    workshop: Workshop
    stopped: Callable[[], bool]

    def wait_for_link(self) -> Link | None:
        """The link, as soon as there is one; None if it was asked to stop before."""
        since_s = time.monotonic()
        told: tuple[str, str] | None = None
        while not self.stopped():
            try:
                return Link.attach(self.path)
            except LinkError:
                self._serve()
            now_s = time.monotonic()
            self.workshop.look_after(now_s)
            page = self._page(now_s - since_s)
            if page is not None and page != told:
                self.display.show(message_page(*page))
                told = page
        return None

    def _page(self, waited_s: float) -> tuple[str, str] | None:
        """Title and text; None while the splash may stay."""
        if told := self._safe_mode():
            return "Safe mode", told
        return ("Starting", STARTING) if waited_s > SPLASH_S else None

    def _safe_mode(self) -> str:
        """Why the sound is in safe mode and how to leave it; empty if it is not."""
        reason = load_health(self.path.parent, "audio").safe_mode
        return f"{way_out(self.board)} {reason}" if reason else ""

    def _serve(self) -> None:
        try:
            item = self.items.get(timeout=LINK_RETRY_S)
        except queue.Empty:
            return
        if isinstance(item, Ask):
            item.refuse(f"The pedal is not ready yet. {self._safe_mode() or STARTING}")
        elif isinstance(item, Gesture) and feet_of(self.board).actions.get((item.name, item.kind)) == BYPASS:
            try:
                ask_resume(self.path.parent, "audio")
            except PedalError as error:
                _log.warning("%s", error)
        elif isinstance(item, Done):
            self.workshop.received(item)


def _carry_over(old: Link, fresh: Link) -> None:
    """What the player holds, from a link that nobody plays any more into its successor."""
    for place in layout.HAND_NOTES:
        fresh.write_notes(place, old.read_notes(place))
    fresh.put(Word.BYPASSED, old.get(Word.BYPASSED))


def _encoders(board: Board) -> dict[str, EncoderPins]:
    return {
        name: EncoderPins(encoder.pin_a, encoder.pin_b, encoder.pin_push, encoder.steps_per_detent)
        for name, encoder in board.encoders.items()
    }


def _channels(board: Board) -> dict[str, int]:
    pedal = {INPUT: board.expression.channel} if board.expression else {}
    return {name: knob.channel for name, knob in board.knobs.items()} | pedal


def plain_reason(arguments: list[str]) -> str:
    """What follows ``--plain`` in a command line; empty without it."""
    return arguments[arguments.index("--plain") + 1] if "--plain" in arguments[:-1] else ""


def how_started(arguments: list[str]) -> Started:
    """What a command line says of the board."""
    return Started(arguments[1], chooses="--chooses" in arguments)


def main() -> int:
    """The command line of the process."""
    logging.basicConfig(level=logging.INFO, format="pedal-panel: %(message)s")
    if len(sys.argv) < 3:
        print("usage: python -m pedal.panel.app BOARD LINK [--chooses] [--plain REASON]", file=sys.stderr)
        return 2
    try:
        board = load_board(sys.argv[1])
        if board.virtual:
            raise BoardError("is a virtual board", where=board.name, hint="Start it with `pedal run`")
        run_panel(board, Path(sys.argv[2]), plain=plain_reason(sys.argv), started=how_started(sys.argv))
    except PedalError as error:
        print(f"pedal-panel: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
