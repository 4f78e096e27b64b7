"""The panel's end of the looper: words in the link, sentences for what makes no sense, a view for the page."""

from __future__ import annotations

import queue
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pedal import layout
from pedal.config import LooperSettings, parse_board
from pedal.errors import ControlError, PresetError
from pedal.link import Link, Word
from pedal.notes import BlockNote, RigNotes, encode_notes
from pedal.panel.controls.gestures import Gesture
from pedal.panel.display.oled import open_display
from pedal.panel.display.pages import LoopView
from pedal.panel.loop import Panel
from pedal.panel.looper import STATES, Looper
from pedal.panel.reflexes import Reflexes
from pedal.panel.rigs import Rigs
from pedal.panel.workshop import Workshop

RATE_HZ, CAPACITY = 48000, 60 * 48000
PARAMS_IDX = layout.HEAP_AT_BYTE // 4
BOARD = """
virtual = true
[audio]
card = "virtual"
[looper]
seconds = 60
[switches.loop]
pin = 17
action = "looper"
[switches.halt]
pin = 27
action = "looper_stop"
[switches.undo]
pin = 22
action = "looper_undo"
"""


@pytest.fixture
def link(tmp_path: Path) -> Link:
    link = Link.create(tmp_path / "link")
    link.put(Word.RATE_HZ, RATE_HZ)
    link.put(layout.LOOP_CAPACITY, CAPACITY)
    return link


def looper(link: Link) -> Looper:
    return Looper(LooperSettings(seconds=60), Rigs(link))


def asked(link: Link) -> tuple[int, str]:
    """Count and verb of the last request."""
    count, verb = divmod(link.get(layout.LOOP_ASKED), layout.LOOP_VERB_SPAN)
    return count, layout.LOOP_VERBS[verb]


def loops(link: Link, state: str, *, length: int = 5 * RATE_HZ, place: int = RATE_HZ, has_two: bool = False) -> None:
    """As the period thread says it."""
    link.put(layout.LOOP_STATE, STATES.index(state))  # type: ignore[arg-type]
    link.put(layout.LOOP_LENGTH, length)
    link.put(layout.LOOP_PLACE, place)
    link.put(layout.LOOP_HAS_TWO, int(has_two))


def test_states_are_those_of_the_link() -> None:
    order = {
        "empty": layout.LOOP_EMPTY,
        "recording": layout.LOOP_RECORDING,
        "playing": layout.LOOP_PLAYING,
        "overdubbing": layout.LOOP_OVERDUBBING,
        "stopped": layout.LOOP_STOPPED,
    }
    assert {name: index for index, name in enumerate(STATES)} == order


def test_every_request_has_a_number_of_its_own(link: Link) -> None:
    mine = looper(link)
    mine.ask("record")
    loops(link, "recording")
    mine.ask("play")
    mine.press("press")
    assert asked(link) == (3, "press")
    looper(link).press("halt")  # a panel that was started again goes on counting
    assert asked(link) == (4, "halt")


@pytest.mark.parametrize(
    ("state", "verb", "says"),
    [
        ("playing", "record", "already"),
        ("stopped", "record", "already"),
        ("empty", "play", "no loop"),
        ("empty", "overdub", "no loop"),
        ("empty", "stop", "no loop"),
        ("empty", "clear", "no loop"),
        ("recording", "undo", "nothing to undo"),
        ("playing", "undo", "nothing to undo"),
    ],
)
def test_what_makes_no_sense_is_said(link: Link, state: str, verb: str, says: str) -> None:
    loops(link, state, length=0 if state == "empty" else 5 * RATE_HZ)
    with pytest.raises(ControlError, match=says):
        looper(link).ask(verb)
    assert asked(link)[0] == 0


@pytest.mark.parametrize(("state", "has_two"), [("playing", True), ("stopped", True), ("empty", False)])
def test_undo_where_there_is_something(link: Link, state: str, has_two: bool) -> None:
    loops(link, state, has_two=has_two)  # empty with a length: it was cleared
    looper(link).ask("undo")
    assert asked(link) == (1, "undo")


def test_without_one_and_without_memory(link: Link) -> None:
    none = Looper(None, Rigs(link))
    assert none.status() == {} and none.view() is None and none.level_db is None
    for call in (lambda: none.ask("record"), lambda: none.set_level(0.0)):
        with pytest.raises(ControlError, match=r"no looper.*\[looper\]"):
            call()
    link.put(layout.LOOP_CAPACITY, 0)
    with pytest.raises(ControlError, match=r"no memory.*fewer seconds"):
        looper(link).ask("record")


def test_what_it_says(link: Link) -> None:
    mine = looper(link)
    assert mine.view() is None
    loops(link, "recording", length=0, place=3 * RATE_HZ)
    assert mine.view() == LoopView("recording", 3.0, 60.0)
    loops(link, "overdubbing", has_two=True)
    assert mine.view() == LoopView("overdubbing", 1.0, 5.0)
    said = mine.status()
    assert (said["length_frames"], said["can_undo"], said["longest_s"]) == (5 * RATE_HZ, True, 60.0)


def rig(link: Link, kind: str, gain: float) -> RigNotes:
    """A rig with one block, that plays."""
    notes = RigNotes(
        "rig", 1, (BlockNote(kind, kind, f"{kind}#0", 1, (layout.HEAP_AT_BYTE, 64), PARAMS_IDX, (0.0, gain)),)
    )
    link.arena.f32[PARAMS_IDX : PARAMS_IDX + 2] = 0.0, gain
    link.write_notes(0, encode_notes(notes))
    link.put(Word.PLAYING_SLOT, 0)
    link.put(Word.WANTED_SLOT, 0)
    return notes


def test_its_level(link: Link) -> None:
    rig(link, "looper", 1.0)
    mine = looper(link)
    mine.set_level(-6.0)
    assert link.arena.f32[PARAMS_IDX + 1] == pytest.approx(10 ** (-6 / 20))
    assert looper(link).level_db == -6.0  # after a panel was killed
    with pytest.raises(PresetError, match="-40 to 6"):
        mine.set_level(7.0)


def test_a_rig_of_before_the_board_had_one(link: Link) -> None:
    assert looper(link).lacks(rig(link, "tone", 1.0))
    assert not looper(link).lacks(rig(link, "looper", 1.0))
    assert not Looper(None, Rigs(link)).lacks(rig(link, "tone", 1.0))


def test_a_press_does_not_wait_for_the_panel(tmp_path: Path) -> None:
    """Its reflex is a word in the link; in safe mode the press comes to the loop, which says so."""
    board, items = parse_board(BOARD, "loops.toml"), queue.SimpleQueue[Any]()
    with ExitStack() as stack:
        link, reflexes = Link.create(tmp_path / "link"), Reflexes(items)
        link.put(layout.LOOP_CAPACITY, CAPACITY)
        workshop, display = Workshop(link.path, items), open_display(None)
        stack.callback(workshop.close)
        stack.callback(display.close)
        over = threading.Event()
        panel = Panel(board, link, items, display, workshop, reflexes, None, over.is_set)
        loop = threading.Thread(target=panel.run)
        loop.start()
        stack.callback(loop.join)
        stack.callback(over.set)
        deadline_s = time.monotonic() + 60.0
        while ("loop", "tap") not in reflexes._deeds and time.monotonic() < deadline_s:
            time.sleep(0.01)
        for count, (switch, verb) in enumerate([("loop", "press"), ("halt", "halt"), ("undo", "undo")], start=1):
            reflexes.feel(Gesture(switch, "tap", 1.0))
            assert asked(link) == (count, verb)
