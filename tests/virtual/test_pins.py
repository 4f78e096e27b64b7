"""Virtual footswitches take the road of real ones."""

from __future__ import annotations

import queue
import threading
import time

import pytest
from gpiozero import Device

from pedal.errors import BoardError
from pedal.panel.controls.gestures import Gesture
from pedal.panel.controls.inputs import Pull, open_footswitches
from pedal.virtual.pins import VirtualPins

PINS = {"bypass": 17, "next": 27}


def test_a_press_arrives_at_once_and_the_foot_lifts_later() -> None:
    presses: queue.SimpleQueue[Gesture] = queue.SimpleQueue()
    with VirtualPins(PINS) as pins, open_footswitches(PINS, presses.put):
        pins.press("next", hold_s=0.05)
        assert presses.get_nowait().name == "next"
        assert not pins.pin("next").state
        for _ in range(500):
            if pins.pin("next").state:
                break
            time.sleep(0.01)
        assert pins.pin("next").state
        time.sleep(0.05)
        pins.press("next")
        assert presses.get_nowait().name == "next"
        assert presses.empty()


def test_a_switch_that_is_held_cannot_be_pressed() -> None:
    presses: queue.SimpleQueue[Gesture] = queue.SimpleQueue()
    with VirtualPins(PINS) as pins, open_footswitches(PINS, presses.put):
        for _ in range(3):
            pins.press("bypass", hold_s=60.0)
        assert presses.qsize() == 1


@pytest.mark.parametrize("pull", ["up", "down", "none"])
def test_whichever_way_a_switch_is_pulled(pull: Pull) -> None:
    presses: queue.SimpleQueue[Gesture] = queue.SimpleQueue()
    pulls: dict[str, Pull] = {"next": pull}
    with VirtualPins(PINS, pulls) as pins, open_footswitches(PINS, presses.put, pulls=pulls):
        at_rest = pins.pin("next").state
        assert at_rest == (pull != "down") and presses.empty()
        pins.press("next", hold_s=0.01)
        assert presses.get_nowait().name == "next" and pins.pin("next").state != at_rest
        for _ in range(500):
            if pins.pin("next").state == at_rest:
                break
            time.sleep(0.01)
        assert pins.pin("next").state == at_rest and presses.empty()


def test_an_unknown_switch_is_a_sentence() -> None:
    with VirtualPins(PINS) as pins, pytest.raises(BoardError, match=r"no switch 'nxt'\. Did you mean 'next'\?"):
        pins.press("nxt")


def test_closing_leaves_no_foot_and_no_factory_behind() -> None:
    before = Device.pin_factory
    threads = threading.active_count()
    with VirtualPins(PINS) as pins, open_footswitches(PINS, queue.SimpleQueue().put):
        pins.press("bypass", hold_s=60.0)
    assert Device.pin_factory is before
    assert threading.active_count() == threads
