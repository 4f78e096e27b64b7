"""Footswitches on gpiozero's real classes with mock pins: the road of a press from the pin to the queue."""

from __future__ import annotations

import queue
import random
import threading
from collections.abc import Iterator

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from pedal.errors import BoardError
from pedal.gpio import install_pins
from pedal.panel.controls.gestures import HOLD_S, Gesture, Knows
from pedal.panel.controls.inputs import open_footswitches
from pedal.virtual.pins import VirtualPins

PINS = {"bypass": 17, "next": 27}


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def pins() -> Iterator[VirtualPins]:
    with VirtualPins(PINS) as virtual:
        yield virtual


def test_a_press_acts_on_the_first_edge(pins: VirtualPins) -> None:
    presses: queue.SimpleQueue[Gesture] = queue.SimpleQueue()
    with open_footswitches(PINS, presses.put, clock=Clock()):
        pins.pin("next").drive_low()
        # the edge is all it takes: no time has passed, nothing was released
        assert presses.get_nowait() == Gesture("next", "tap", 100.0)


def test_bounces_do_nothing(pins: VirtualPins) -> None:
    presses: queue.SimpleQueue[Gesture] = queue.SimpleQueue()
    clock = Clock()
    pin = pins.pin("bypass")
    with open_footswitches(PINS, presses.put, lockout_s=0.025, clock=clock):
        for _ in range(5):
            pin.drive_low()
            clock.now_s += 0.002
            pin.drive_high()
            clock.now_s += 0.002
        pin.drive_low()
        clock.now_s += 0.4
        pin.drive_high()
        clock.now_s += 0.003
        pin.drive_low()
        clock.now_s += 0.001
        pin.drive_high()
        assert presses.get_nowait() == Gesture("bypass", "tap", 100.0)
        assert presses.empty()
        clock.now_s += 0.1
        pin.drive_low()
        assert presses.get_nowait().at_s == pytest.approx(clock.now_s)


def test_ten_thousand_bouncing_presses(pins: VirtualPins) -> None:
    """None lost, none invented, each at its first edge; seeded, on gpiozero's own classes."""
    chance, clock, meant = random.Random(8), Clock(), []
    presses: queue.SimpleQueue[Gesture] = queue.SimpleQueue()
    with open_footswitches(PINS, presses.put, clock=clock):
        for _ in range(10_000):
            name = chance.choice(list(PINS))
            pin, clock.now_s = pins.pin(name), clock.now_s + chance.uniform(0.05, 0.5)
            meant.append(Gesture(name, "tap", clock.now_s))
            for drive, back in ((pin.drive_low, pin.drive_high), (pin.drive_high, pin.drive_low)):
                drive()
                for _ in range(chance.randrange(4)):
                    clock.now_s += chance.uniform(0.0001, 0.003)
                    back()
                    clock.now_s += chance.uniform(0.0001, 0.003)
                    drive()
                clock.now_s += chance.uniform(0.03, 0.3)
        heard = [presses.get_nowait() for _ in range(presses.qsize())]
    assert heard == meant


def test_a_hold_is_told_while_the_foot_is_still_down(pins: VirtualPins) -> None:
    gestures: queue.SimpleQueue[Gesture] = queue.SimpleQueue()
    clock = Clock()
    with open_footswitches(PINS, gestures.put, clock=clock) as feet:
        feet.learn({"bypass": Knows(hold=True)})
        pins.pin("bypass").drive_low()
        pins.pin("next").drive_low()
        assert gestures.get_nowait() == Gesture("next", "tap", 100.0)
        assert gestures.empty()
        clock.now_s += HOLD_S
        assert gestures.get(timeout=60.0) == Gesture("bypass", "hold", 100.0)  # nobody touched a pin
        pins.pin("bypass").drive_high()
        assert gestures.empty()


def test_two_switches_down_together_are_a_chord(pins: VirtualPins) -> None:
    gestures: queue.SimpleQueue[Gesture] = queue.SimpleQueue()
    with open_footswitches(PINS, gestures.put, clock=Clock()) as feet:
        feet.learn({}, {"both": ("bypass", "next")})
        pins.pin("bypass").drive_low()
        pins.pin("next").drive_low()
        assert gestures.get_nowait() == Gesture("both", "chord", 100.0)


def test_a_switch_to_the_supply(pins: VirtualPins) -> None:
    gestures: queue.SimpleQueue[Gesture] = queue.SimpleQueue()
    with open_footswitches(PINS, gestures.put, pulls={"bypass": "down"}, clock=Clock()):
        pins.pin("bypass").drive_high()
        assert gestures.get_nowait().name == "bypass"


def test_no_thread_outlives_its_switches(pins: VirtualPins) -> None:
    open_footswitches(PINS, queue.SimpleQueue().put).close()
    assert not any(thread.name == "footswitches" for thread in threading.enumerate())


def test_one_switch_does_not_lock_the_other(pins: VirtualPins) -> None:
    presses: queue.SimpleQueue[Gesture] = queue.SimpleQueue()
    with open_footswitches(PINS, presses.put, clock=Clock()):
        pins.pin("bypass").drive_low()
        pins.pin("next").drive_low()
        assert [presses.get_nowait().name for _ in range(2)] == ["bypass", "next"]


def test_a_switch_held_at_the_start_is_no_press(pins: VirtualPins) -> None:
    presses: queue.SimpleQueue[Gesture] = queue.SimpleQueue()
    pins.pin("bypass").pull = "up"
    pins.pin("bypass").drive_low()
    with open_footswitches(PINS, presses.put):
        assert presses.empty()


def test_closing_frees_the_pins_and_stops_listening(pins: VirtualPins) -> None:
    presses: queue.SimpleQueue[Gesture] = queue.SimpleQueue()
    open_footswitches(PINS, presses.put).close()
    with open_footswitches(PINS, presses.put):
        pass
    pins.pin("bypass").drive_low()
    assert presses.empty()


def test_a_pin_used_twice_is_a_sentence_and_frees_what_was_opened(pins: VirtualPins) -> None:
    presses: queue.SimpleQueue[Gesture] = queue.SimpleQueue()
    with pytest.raises(BoardError, match=r"switches\.b\.pin = 17: this pin is already in use\. Give each switch"):
        open_footswitches({"a": 17, "b": 17}, presses.put)
    with open_footswitches({"a": 17}, presses.put):
        pass


def test_a_pin_that_is_none(pins: VirtualPins) -> None:
    with pytest.raises(BoardError, match=r"pin = 77: there is no such pin"):
        open_footswitches({"a": 77}, queue.SimpleQueue().put)


def test_a_machine_without_gpio_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Device, "pin_factory", None)
    try:
        install_pins("switches")
    except BoardError as error:
        assert str(error).startswith("switches: no GPIO on this machine (")
    else:
        pytest.skip("this machine has GPIO")


def test_an_installed_factory_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    factory = MockFactory()
    monkeypatch.setattr(Device, "pin_factory", factory)
    install_pins("switches")
    assert Device.pin_factory is factory
    factory.close()


def test_no_switches_need_no_gpio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Device, "pin_factory", None)
    open_footswitches({}, queue.SimpleQueue().put).close()
    assert Device.pin_factory is None
