"""A press acts when it is felt, whatever the panel is busy with."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pedal.config import load_board
from pedal.link import Link, Word
from pedal.panel import protocol
from pedal.panel.control import Ask
from pedal.panel.controls.gestures import Gesture
from pedal.panel.controls.inputs import open_footswitches
from pedal.panel.display.oled import open_display
from pedal.panel.loop import Panel
from pedal.panel.reflexes import Reflexes
from pedal.panel.workshop import Workshop
from pedal.virtual.pins import VirtualPins


def test_a_press_without_a_reflex_waits_its_turn() -> None:
    items: queue.SimpleQueue[Any] = queue.SimpleQueue()
    done: list[str] = []
    reflexes = Reflexes(items)
    reflexes.feel(Gesture("bypass", "tap", 1.0))
    reflexes.learn({("bypass", "tap"): lambda: done.append("bypass")})
    reflexes.feel(Gesture("bypass", "tap", 2.0))
    reflexes.feel(Gesture("next", "tap", 3.0))
    reflexes.learn({})
    reflexes.feel(Gesture("bypass", "tap", 4.0))
    assert done == ["bypass"]
    assert [items.get_nowait().at_s for _ in range(3)] == [1.0, 3.0, 4.0]


class Stuck:
    """A request over which the loop falls asleep until it is woken."""

    def __init__(self) -> None:
        self.begun, self.woken = threading.Event(), threading.Event()
        self.ask = Ask(protocol.Status(), lambda _: self._wait())

    def _wait(self) -> None:
        self.begun.set()
        self.woken.wait(60.0)


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    made = Stuck()
    yield made
    made.woken.set()


def test_bypass_does_not_wait_for_the_loop(tmp_path: Path, stuck: Stuck) -> None:
    board = load_board("virtual")
    pins = {name: switch.pin for name, switch in board.switches.items()}
    items: queue.SimpleQueue[Any] = queue.SimpleQueue()
    with ExitStack() as stack:
        link = Link.create(tmp_path / "link")
        virtual = stack.enter_context(VirtualPins(pins))
        reflexes = Reflexes(items)
        stack.enter_context(open_footswitches(pins, reflexes.feel, clock=itertools.count().__next__))
        workshop = Workshop(link.path, items)
        stack.callback(workshop.close)
        display = open_display(None)
        stack.callback(display.close)
        over = threading.Event()
        panel = Panel(board, link, items, display, workshop, reflexes, virtual.press, over.is_set)
        loop = threading.Thread(target=panel.run)
        loop.start()
        stack.callback(loop.join)
        stack.callback(stuck.woken.set)
        stack.callback(over.set)
        items.put(stuck.ask)
        assert stuck.begun.wait(60.0)
        for expected in (1, 0, 1):
            virtual.pin("bypass").drive_low()
            assert link.get(Word.BYPASSED) == expected  # and the loop still sleeps
            virtual.pin("bypass").drive_high()
        assert not stuck.woken.is_set()
