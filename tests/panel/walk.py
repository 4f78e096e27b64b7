"""A player's walk through the menu, by clicks and pushes of one encoder, over a test stand: real pages, real presets.

Used by the tests, which count; ``python -m tests.panel.walk docs/walk-through.gif`` makes the animated picture.
"""

from __future__ import annotations

import itertools
import os
import queue
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PIL import Image

from pedal.config import parse_board
from pedal.library.calibration import CalibrationStore
from pedal.library.midi_map import MidiMapStore
from pedal.panel.actions import Actions
from pedal.panel.answers import Answers
from pedal.panel.controls.encoder import Push, Rotation
from pedal.panel.controls.gestures import Gesture
from pedal.panel.desk import Desk
from pedal.panel.display.pages import draw_page, picture
from pedal.panel.display.text import draw_text
from pedal.panel.display.tuner_page import draw_tuner
from pedal.panel.expression import ExpressionPedal
from pedal.panel.footwork import Footwork
from pedal.panel.governor_report import GovernorReport
from pedal.panel.hands import Hands
from pedal.panel.menu.sheets import ChainSheet
from pedal.panel.menus import Menus
from pedal.panel.midi import MidiIn
from pedal.panel.pitch import Reading
from pedal.panel.reflexes import Reflexes
from pedal.panel.report import Reporter
from pedal.panel.setting_up import SettingUp
from pedal.panel.setup_ways import Started, Ways
from pedal.panel.shelf import Shelf
from pedal.panel.tuner import Tuner, TunerView
from pedal.preset import Block, Preset
from tests.panel.display.gallery import FRAME, WORDS, in_four_colours
from tests.panel.stand import Stand

BOARD = parse_board(
    """
title = "Four switches and an encoder"
[audio]
card = "M2"
[switches.bypass]
pin = 17
action = "bypass"
[switches.next]
pin = 27
action = "next_preset"
[encoders.menu]
pin_a = 5
pin_b = 6
pin_push = 13
role = "menu"
[looper]
seconds = 60
""",
    "walk.toml",
)
PATIENCE_S = 20.0
CRUNCH = Preset(
    "Crunch", (Block("gate1", "gate"), Block("amp1", "amp", "starter-crunch.nam"), Block("cab1", "cab", "4x12.wav"))
)
MODELS = ("starter-crunch.nam", "American/Twin clean.nam", "British/Plexi.nam", "British/Plexi bright.nam")
FILES = (*MODELS, "cabs/4x12.wav", "cabs/1x12.wav")


def until(truth: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not truth():
        assert time.monotonic() < deadline_s, "it never came true"
        time.sleep(0.002)


@dataclass
class Walker:
    """A hand on the encoder of a stand; every click and every push is a key press, and is counted."""

    stand: Stand
    menus: Menus
    tuner: Tuner
    footwork: Footwork
    page: Callable[[], Image.Image]
    presses: int = 0
    frames: list[tuple[Image.Image, float]] = field(default_factory=list)
    clock: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def turn(self, clicks: int) -> None:
        """By single clicks."""
        for _ in range(abs(clicks)):
            self._felt(Rotation("menu", 1 if clicks > 0 else -1, 1 if clicks > 0 else -1, next(self.clock)), 0.25)

    def push(self) -> None:
        self._felt(Push("menu", "tap", next(self.clock)), 0.7)

    def hold(self) -> None:
        self._felt(Push("menu", "hold", next(self.clock)), 0.7)

    def foot(self, switch: str, kind: Any = "tap") -> None:
        self.presses += 1
        self.footwork.felt(Gesture(switch, kind, next(self.clock)))
        self.footwork.look_after()
        self.settle()

    def choose(self, label: str) -> None:
        """Turn to a row, the short way around, and push."""
        until(lambda: label in [row.label for row in self.sheet().rows])  # the lists are read beside the loop
        rows = [row.label for row in self.sheet().rows]
        self._turn_to(rows.index(label), len(rows))
        self.push()

    def choose_box(self, name: str) -> None:
        """Along the chain to the first block of this name, or ``Add``; and push."""
        sheet = self.sheet()
        assert isinstance(sheet, ChainSheet)
        self._turn_to([box.name for box in sheet.boxes].index(name), len(sheet.boxes))
        self.push()

    def sheet(self) -> Any:
        return self.menus.sheet()

    def settle(self) -> None:
        """The builder builds, the period thread adopts, the lists are read."""
        bench = self.stand.bench
        while bench.jobs and bench.jobs[-1].number not in self._built:
            self._built.add(bench.jobs[-1].number)
            self.stand.answer()
            self.stand.adopt()
        until(lambda: self.menus.shelf.goods.is_read or not self.menus.is_open)

    _built: set[int] = field(default_factory=set)

    def _felt(self, event: Rotation | Push, seconds: float) -> None:
        self.presses += 1
        self.menus.felt(event)
        self.footwork.look_after()  # as the panel's loop does
        self.settle()
        self.menus.tick(event.at_s)
        self.frames.append((self.page(), seconds))

    def _turn_to(self, at: int, count: int) -> None:
        way = (at - self.sheet().at) % count
        self.turn(way if way <= count - way else way - count)


@contextmanager
def walker(folder: Path) -> Iterator[Walker]:
    """A walker in front of the playing page of ``Crunch``."""
    for name in FILES:
        path = folder / "models" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    for name in ("board", "models/presets"):
        (folder / "data" / name).mkdir(parents=True)
    here = {"PEDAL_HOME": "", "PEDAL_PRESETS_DIR": "mine", "PEDAL_MODELS_DIR": "models", "PEDAL_DATA_DIR": "data"}
    before = dict(os.environ)
    os.environ |= {name: str(folder / place) for name, place in here.items()}  # as the process of the lists sees it
    stand = Stand(folder, {"01-crunch": CRUNCH, "02-swell": replace(CRUNCH, name="Swell")}, BOARD)
    shelf = Shelf()
    tuner = Tuner(stand.link, BOARD.tuner)
    expression = ExpressionPedal(BOARD, stand.player, CalibrationStore(folder / "calibration.toml"))
    reflexes = Reflexes(queue.SimpleQueue())
    actions = Actions(stand.player, tuner, stand.snapshots, stand.banks, expression.point, shelf)
    footwork = Footwork(BOARD, stand.link, stand.player, actions, reflexes)
    reporter = Reporter(BOARD, stand.hand, stand.rigs, stand.widths, stand.player, stand.keeping, [])
    kept = MidiMapStore(folder / "midi.toml")
    midi = MidiIn(stand.player, stand.banks, expression, footwork.do, kept, None)
    ways = Ways(Started(BOARD.name), stand.link.path.parent, tuner.hold_silent, stand.player.tell)
    setting_up = SettingUp(BOARD, ways)
    hands = Hands(BOARD, stand.player, expression, midi)
    governor = GovernorReport(stand.rigs, stand.hand, stand.widths, stand.books)
    answers = Answers(
        stand.player, stand.hand, dict, lambda: page(), None, tuner, stand.keeping, stand.snapshots, stand.banks,
        hands, shelf, setting_up,
        Desk(stand.player, shelf, lambda: menus.facts()), dict, lambda lines: [], governor,
    )  # fmt: skip
    own = stand.link, stand.player, stand.keeping, tuner, shelf, footwork, stand.banks
    menus = Menus(BOARD, *own, hands, answers.answer, setting_up, governor)
    actions.open_menu = menus.open_by_foot

    def page() -> Image.Image:
        menu = menus.page(0.0)  # nothing scrolls
        if menu is not None:
            return menu
        if tuner.is_on:
            return draw_tuner(TunerView(Reading(110.3, "A2", 4.7, True), tuner.reference_hz, True))
        view = reporter.view(stand.link.status(), 0)
        return draw_page(replace(view, audio_state="playing", load_norm=0.4, in_peak_db=-17.0, out_peak_db=-11.0))

    stand.play("01-crunch")
    made = Walker(stand, menus, tuner, footwork, page)
    footwork.look_after(False)
    try:
        yield made
    finally:
        shelf.close()
        os.environ.clear()
        os.environ |= before


def choose_a_model(walk: Walker) -> None:
    """From the playing page to another amp, and back."""
    walk.push()
    walk.choose("Model")
    walk.choose("British")
    walk.choose("Plexi bright")
    for _ in range(3):
        walk.hold()


def build_a_chain(walk: Walker) -> None:
    """A new preset of five blocks."""
    walk.turn(-1)
    walk.choose("New preset")
    walk.choose_box("Add")
    walk.push()  # the gate
    for kind in ("amp", "cab"):
        walk.push()
        walk.push()
        walk.push() if kind == "cab" else walk.choose("starter-crunch")
    for _ in ("delay", "reverb"):
        walk.push()
        walk.push()


def save_it(walk: Walker) -> None:
    """Under the name that is offered."""
    walk.push()
    walk.choose("Save")
    walk.push()


def assign_a_switch(walk: Walker) -> None:
    """The second footswitch switches the reverb."""
    walk.push()
    walk.choose("Switches")
    walk.choose("next")
    walk.choose("Tap")
    walk.choose("Reverb on/off")
    walk.hold()
    walk.hold()
    walk.hold()


def tune(walk: Walker) -> None:
    """And play on."""
    walk.hold()
    walk.hold()


#: What a player does, in an order that makes sense; the caption, and the deed.
WALK = (
    ("Choose a model", choose_a_model),
    ("Build a chain", build_a_chain),
    ("Save it", save_it),
    ("Assign a switch", assign_a_switch),
    ("Tune", tune),
)


def _captioned(page: Image.Image, caption: str) -> Image.Image:
    """The glass over a line that says what is being done, and with how many presses so far."""
    glass, words = picture(page, 4), Image.new("1", (128, 15))
    draw_text(words, (2, 0, 128, 15), caption, "bold")
    image = Image.new("RGB", (glass.width, glass.height + 36), FRAME)
    image.paste(glass)
    image.paste(WORDS, (6, glass.height + 3), words.resize((256, 30)))
    return image


def draw(path: Path) -> None:
    """All of it, as an animated picture."""
    frames: list[tuple[Image.Image, float]] = []
    with tempfile.TemporaryDirectory() as folder, walker(Path(folder)) as walk:
        for caption, deed in WALK:
            while walk.menus.is_open:
                walk.hold()
            walk.presses, walk.frames = 0, []
            frames.append((_captioned(walk.page(), f"{caption}:"), 1.2))
            deed(walk)
            frames += [
                (_captioned(page, f"{caption}: {number}"), seconds)
                for number, (page, seconds) in enumerate(walk.frames, 1)
            ]
            frames[-1] = (_captioned(walk.frames[-1][0], f"{caption}: {walk.presses} presses"), 2.0)
    images = [in_four_colours(page) for page, _ in frames]
    durations = [round(1000 * seconds) for _, seconds in frames]
    images[0].save(path, save_all=True, append_images=images[1:], duration=durations, loop=0, optimize=True)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
