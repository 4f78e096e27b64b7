"""The panel's loop: waits on one queue, and ticks between what comes out of it.

Run by ``app`` in pedal-panel. Into the queue come footswitch presses that need an order (gpiozero's thread), turns of
knobs, requests from the control socket and the builder's answers (each from a thread of its own). A tick is the
governor, events, the page. It never touches a PCM and parses no model.
"""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable
from typing import Any

from PIL import Image

from pedal import layout
from pedal.config import Board
from pedal.errors import PedalError
from pedal.health import load_health
from pedal.library.banks import BankStore
from pedal.library.calibration import CalibrationStore
from pedal.library.connections import ConnectionStore
from pedal.library.midi_map import MidiMapStore
from pedal.library.presets import PresetStore
from pedal.link import Link, Word
from pedal.panel.actions import Actions
from pedal.panel.answers import Answers
from pedal.panel.banks import BankSwitches
from pedal.panel.bookkeeping import Bookkeeping
from pedal.panel.control import Ask
from pedal.panel.controls.encoder import Push, Rotation
from pedal.panel.controls.feet import button_action
from pedal.panel.controls.gestures import Gesture
from pedal.panel.controls.inputs_midi import Midi, MidiHeard
from pedal.panel.controls.knobs import Turn
from pedal.panel.controls.outputs_lights import Lights
from pedal.panel.desk import Desk
from pedal.panel.display.oled import Display
from pedal.panel.events import Events
from pedal.panel.expression import INPUT, ExpressionPedal
from pedal.panel.feeds import NOBODY, Feeds, LogFeed, News
from pedal.panel.footwork import Footwork
from pedal.panel.glass import Glass
from pedal.panel.governor_report import GovernorReport
from pedal.panel.hand import Hand
from pedal.panel.hands import Hands
from pedal.panel.imports import Imports
from pedal.panel.jobs import Done
from pedal.panel.keeping import Keeping
from pedal.panel.lighting import Lighting
from pedal.panel.menus import Menus
from pedal.panel.message import Message
from pedal.panel.midi import MidiIn
from pedal.panel.outlet import Outlet
from pedal.panel.player import Player
from pedal.panel.reflexes import Reflexes
from pedal.panel.report import Reporter
from pedal.panel.rigs import Rigs
from pedal.panel.setting_up import SettingUp
from pedal.panel.setup_ways import Started, Ways
from pedal.panel.shelf import Shelf
from pedal.panel.snapshots import Snapshots
from pedal.panel.state import State
from pedal.panel.tuner import Tuner
from pedal.panel.turns import Turns
from pedal.panel.widths import Widths
from pedal.panel.workshop import Workshop

_log = logging.getLogger("pedal.panel")

TICK_S = 0.05
#: Ticks from one look at the link's file to the next.
LINK_TICKS = 10


class Panel:
    """Everything the loop holds.

    Args:
        board: as loaded.
        link: attached.
        items: the loop's queue.
        display: open.
        workshop: its answers come through ``items``.
        reflexes: taught what a press does without waiting for the loop.
        press: presses a footswitch of a virtual board; None on a real one.
        stopped: asked every tick; True ends the loop.
        lights: open; None: there are none.
        midi: the wires that are listened to; None: there are none.
        news: where subscribers of the control socket are told from.
        log: what the process has said.
        started: how the process was; None: with this board, for good.
    """

    def __init__(
        self,
        board: Board,
        link: Link,
        items: queue.SimpleQueue[Any],
        display: Display,
        workshop: Workshop,
        reflexes: Reflexes,
        press: Callable[[str, float], None] | None,
        stopped: Callable[[], bool],
        lights: Lights | None = None,
        midi: Midi | None = None,
        news: News = NOBODY,
        log: LogFeed | None = None,
        started: Started | None = None,
    ) -> None:
        self.link_is_gone = False
        self._board = board
        self._link = link
        self._items = items
        self._stopped = stopped
        self._rigs = Rigs(link)
        self._hand = Hand(PresetStore.default(), link)
        self._widths = Widths(self._rigs, self._hand, board.budget_share)
        self._workshop = workshop
        outlet = Outlet(ConnectionStore.default(), self._rigs)
        self._books = Bookkeeping(board, link, self._rigs, self._widths, workshop)
        self._player = Player(board, link, self._hand, self._rigs, self._widths, workshop, outlet, self._books.costs)
        self._turns = Turns(board, self._player)
        self._tuner = Tuner(link, board.tuner)
        self._imports = Imports(link.path.parent)
        banks = BankSwitches(self._player, self._hand, BankStore.default(), board)
        keeping = Keeping(self._player, self._hand.store, banks.naming)
        snapshots = Snapshots(self._player, self._hand.store)
        self._expression = ExpressionPedal(board, self._player, CalibrationStore.default())
        point, shelf = self._expression.point, Shelf()
        self._actions = Actions(self._player, self._tuner, snapshots, banks, point, shelf)
        self._footwork = Footwork(board, link, self._player, self._actions, reflexes)
        self._lighting = Lighting(board, lights, self._player, self._rigs, self._tuner, banks, self._footwork)
        self._events = Events(self._rigs, self._widths, self._player)
        overruns = self._events.overruns
        self._reporter = Reporter(board, self._hand, self._rigs, self._widths, self._player, keeping, overruns)
        self._midi = MidiIn(
            self._player, banks, self._expression, self._footwork.do, MidiMapStore.default(), midi, news
        )
        hands = Hands(board, self._player, self._expression, self._midi)
        about = self._status, self._view, press
        ways = Ways(started or Started(board.name), link.path.parent, self._tuner.hold_silent, self._player.tell)
        self._setting_up = SettingUp(board, ways)
        state = State(self._hand, self._player, keeping)
        desk, said = Desk(self._player, shelf, lambda: self._menus.facts()), log or LogFeed(news)
        verbs = self._player, self._hand, *about, self._tuner, keeping, snapshots, banks, hands, shelf, self._setting_up
        governor = GovernorReport(self._rigs, self._hand, self._widths, self._books)
        self._answers = Answers(*verbs, desk, state.whole, said.last, governor)
        does = hands, self._answers.answer, self._setting_up, governor
        self._menus = Menus(board, link, self._player, keeping, self._tuner, shelf, self._footwork, banks, *does)
        self._actions.open_menu = self._menus.open_by_foot
        shown = self._player, self._tuner, self._imports, self._menus, self._footwork, self._reporter
        self._glass = Glass(display, *shown, self._books.learning, time.monotonic())
        self._feeds = Feeds(news, self._status, self._meters, state.flat, lambda: self._player.preset)
        self._tick = 0
        self._message = Message(self._player)
        self._asked = ""

    def run(self, plain: str = "") -> None:
        """Go on with what plays, or play the first preset; serve until asked to stop, or until the link is gone.

        Args:
            plain: why this panel starts with a plain preset instead; empty as a rule.
        """
        if plain:
            self._player.begin_plain(plain)
        else:
            self._player.begin(time.monotonic())
        try:
            self._look_at_health()
            self._midi.look(time.monotonic())  # while nobody was here to be told
            self._menus.greet(time.monotonic())
            self._serve()
        finally:
            self._footwork.forget()
            self._menus.end()
            self._books.close()

    def _serve(self) -> None:
        next_tick_s = time.monotonic()
        while not (self._stopped() or self.link_is_gone):
            wait_s = next_tick_s - time.monotonic()
            try:
                item = self._items.get(timeout=wait_s) if wait_s > 0 else self._items.get_nowait()
            except queue.Empty:
                self._on_tick(time.monotonic())
                next_tick_s = max(next_tick_s + TICK_S, time.monotonic())
                continue
            self._on_item(item)
            self._footwork.look_after()
            if time.monotonic() > next_tick_s + TICK_S:  # a flood of requests must not starve the tick
                self._on_tick(time.monotonic())
                next_tick_s = time.monotonic() + TICK_S

    def _on_item(self, item: object) -> None:
        if isinstance(item, (Gesture, Turn, Rotation, Push)):
            self._glass.touched(time.monotonic())
            self._books.learning.touched()
        if isinstance(item, Gesture):
            if (
                item.kind == "long_hold"
                and item.name == self._footwork.agrees
                and self._imports.agree(time.monotonic())
            ):
                return
            self._imports.dismiss(time.monotonic())
            self._footwork.felt(item)
        elif isinstance(item, Turn):
            if item.knob == INPUT:
                self._expression.moved(item.value_norm, time.monotonic())
            else:
                self._turns.turned(item, time.monotonic())
        elif isinstance(item, (Rotation, Push)):
            self._on_encoder(item)
        elif isinstance(item, MidiHeard):
            self._midi.look(time.monotonic())
        elif isinstance(item, Ask):
            try:
                item.answer(self._answers.answer(item.request))
            except PedalError as error:
                item.refuse(str(error))
        elif isinstance(item, Done):
            self._workshop.received(item)
            if not self._books.heard(item):
                self._player.built(item)

    def _on_encoder(self, event: Rotation | Push) -> None:
        settings = self._board.encoders[event.encoder]
        if settings.role == "menu":
            self._imports.dismiss(time.monotonic())
            self._menus.felt(event)
        elif settings.parameter is not None and isinstance(event, Rotation):
            self._turns.rotated(settings.parameter, event)
        elif isinstance(event, Push):
            own = self._player.preset.switches.get(event.encoder, {})
            if (action := button_action(settings, own, event.kind)) is not None:
                self._footwork.do(action, event.at_s)

    def _status(self) -> dict[str, Any]:
        also = {"tuner": self._tuner.status(), "learning": self._books.learning.status()}
        return self._reporter.status(self._link.status()) | also

    def _meters(self) -> dict[str, Any]:
        return self._reporter.meters(self._link.status()) | {"tuner": self._tuner.status()}

    def _view(self) -> Image.Image:
        return self._glass.page(self._link.status(), time.monotonic())

    def _on_tick(self, now_s: float) -> None:
        self._tick += 1
        self._link.put(Word.PANEL_BEAT_NS, time.monotonic_ns())
        self._workshop.look_after(now_s)
        status = self._link.status()
        self._player.tick(now_s)
        self._tuner.tick(now_s)
        self._setting_up.tick(status, now_s)
        self._lighting.tick(status)
        for event in self._link.new_events():
            self._events.heard(event, status, now_s)
        self._books.tick(status, now_s, is_building=self._player.work.is_building)
        if status.card_state == layout.CARD_RUNNING:
            self._widths.tick(status, self._hand.quality, now_s)
        self._actions.tick(now_s)
        self._menus.tick(now_s)
        self._message.tick(now_s)
        self._feeds.tick(now_s)
        self._glass.tick(status, now_s)
        if self._tick % LINK_TICKS == 0:
            self._imports.look()
            self._look_at_question(now_s)
            self._look_at_health()
            self._expression.look_at_file()
            self._midi.look_at_file()
            # A file that is missing is no other link: what is mapped may still play.
            self.link_is_gone = self._link.path.exists() and self._link.was_replaced()

    def _look_at_question(self, now_s: float) -> None:
        """A stick asks something: one switch is to answer, and no menu may cover it or have the feet."""
        question = self._imports.question(now_s)
        if question is not None and question.token != self._asked:
            self._asked = question.token
            self._menus.close()
        self._footwork.look_after(asked=question is not None)

    def _look_at_health(self) -> None:
        """Follow the sound into safe mode and out of it: there the bypass switch is the way out."""
        reason = load_health(self._link.path.parent, "audio").safe_mode
        self._reporter.tell_safe_mode(reason)
        if reason:
            self._menus.let_go_of_feet()
        self._footwork.look_after(bool(reason))
