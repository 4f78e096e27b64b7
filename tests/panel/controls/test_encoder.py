"""Clicks of an encoder: none lost and none invented, however its contacts bounce; further the faster it is turned."""

from __future__ import annotations

import queue
import random
from collections.abc import Iterator
from typing import Literal

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPin
from hypothesis import given
from hypothesis import strategies as st

from pedal.errors import BoardError
from pedal.panel.controls.encoder import QUICK, QUICK_S, SPIN, Pace, Push, Quadrature, Rotation
from pedal.panel.controls.gestures import HOLD_S
from pedal.panel.controls.inputs_encoders import EncoderPins, open_encoders

#: (a closed, b closed), a turn to the right.
CYCLE = ((False, False), (True, False), (True, True), (False, True))
PINS = EncoderPins(a=5, b=6, push=13)
Edge = tuple[Literal["a", "b"], bool]


class Hand:
    """Turns an encoder by changes of its contacts; where it is, modulo a whole cycle."""

    def __init__(self) -> None:
        self.place = 0

    def change(self, by: int, bounces: int = 0) -> list[Edge]:
        """One change to the right or left (1, -1), with so many bounces."""
        before, self.place = CYCLE[self.place % 4], self.place + by
        after = CYCLE[self.place % 4]
        contact: Literal["a", "b"] = "a" if before[0] != after[0] else "b"
        new = after[0] if contact == "a" else after[1]
        return [(contact, new), *[(contact, new if i % 2 else not new) for i in range(2 * bounces)]]


@given(
    st.sampled_from([1, 2, 4]),
    st.lists(st.tuples(st.sampled_from([1, -1]), st.integers(0, 4)), max_size=60),
)
def test_clicks_are_where_the_hand_is(per_click: Literal[1, 2, 4], changes: list[tuple[int, int]]) -> None:
    """Whatever way it takes there, and whether it trembles or not: at rest, clicks have added up to the place."""
    hand, quadrature, clicks = Hand(), Quadrature(per_click), 0
    for by, bounces in changes:
        for edge in hand.change(by, bounces):
            clicks += quadrature.edge(*edge)
        if hand.place % per_click == 0:
            assert clicks * per_click == hand.place


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=60), st.sampled_from([1, 2, 4]))
def test_any_edges_are_at_most_a_click_each(edges: list[Edge], per_click: Literal[1, 2, 4]) -> None:
    quadrature = Quadrature(per_click)
    assert all(quadrature.edge(*edge) in (-1, 0, 1) for edge in edges)


@given(st.integers(0, 3), st.sampled_from([1, -1]))
def test_one_lost_edge_costs_one_click_at_most(lost: int, by: int) -> None:
    hand, quadrature, clicks = Hand(), Quadrature(4), 0
    for number in range(4 * 10):
        for edge in hand.change(by):
            if number != lost:
                clicks += quadrature.edge(*edge)
    assert abs(clicks - 10 * by) <= 1


def test_ten_thousand_bouncing_clicks() -> None:
    chance, hand, quadrature, meant, heard = random.Random(31), Hand(), Quadrature(4), [], []
    for _ in range(10_000):
        by = chance.choice((1, -1))
        meant.append(by)
        for _ in range(4):
            if chance.random() < 0.2:  # the hand hesitates and comes back
                undone = hand.change(-by, chance.randrange(3)) + hand.change(by, chance.randrange(3))
                heard += [click for edge in undone if (click := quadrature.edge(*edge))]
            heard += [click for edge in hand.change(by, chance.randrange(4)) if (click := quadrature.edge(*edge))]
    assert heard == meant


def test_the_faster_the_further_and_back_slowly() -> None:
    pace = Pace()
    assert pace.steps(1, 1.0) == 1
    assert pace.steps(1, 1.0 + 0.8 * QUICK_S) == QUICK
    assert pace.steps(1, 1.0 + 1.2 * QUICK_S) == SPIN
    assert pace.steps(-1, 1.0 + 1.3 * QUICK_S) == -1
    assert pace.steps(-1, 9.0) == -1


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def factory() -> Iterator[MockFactory]:
    before, made = Device.pin_factory, MockFactory()
    Device.pin_factory = made
    yield made
    made.reset()
    Device.pin_factory = before


def test_ten_thousand_clicks_on_pins(factory: MockFactory) -> None:
    """The same on gpiozero's own classes, seeded."""
    events: queue.SimpleQueue[Rotation | Push] = queue.SimpleQueue()
    chance, hand, clock, meant = random.Random(5), Hand(), Clock(), []
    with open_encoders({"menu": PINS}, events.put, clock=clock):
        pins: dict[str, MockPin] = {"a": factory.pin(PINS.a), "b": factory.pin(PINS.b)}
        for _ in range(10_000):
            by, clock.now_s = chance.choice((1, -1)), clock.now_s + 1.0
            meant.append(Rotation("menu", by, by, clock.now_s))
            for _ in range(4):
                for contact, closed in hand.change(by, chance.randrange(3)):
                    (pins[contact].drive_low if closed else pins[contact].drive_high)()
        heard = [events.get_nowait() for _ in range(events.qsize())]
    assert heard == meant


def test_an_encoder_that_stands_between_two_clicks_at_the_start() -> None:
    quadrature = Quadrature(4, a=True, b=True)
    assert [quadrature.edge("a", False), quadrature.edge("b", False)] == [0, 1]


def test_its_button_is_pushed_or_held(factory: MockFactory) -> None:
    events: queue.SimpleQueue[Rotation | Push] = queue.SimpleQueue()
    clock = Clock()
    with open_encoders({"menu": PINS}, events.put, clock=clock):
        button = factory.pin(13)
        button.drive_low()
        clock.now_s += 0.1
        button.drive_high()
        assert events.get_nowait() == Push("menu", "tap", 100.0)
        clock.now_s += 1.0
        button.drive_low()
        clock.now_s += HOLD_S
        assert events.get(timeout=60.0) == Push("menu", "hold", 101.1)


def test_a_pin_used_twice_is_a_sentence_and_frees_the_others(factory: MockFactory) -> None:
    with pytest.raises(BoardError, match=r"encoders\.menu\.pin_push = 5: this pin is already in use"):
        open_encoders({"menu": EncoderPins(5, 6, 5)}, queue.SimpleQueue().put)
    open_encoders({"menu": PINS}, queue.SimpleQueue().put).close()


def test_no_encoders_need_no_gpio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Device, "pin_factory", None)
    open_encoders({}, queue.SimpleQueue().put).close()
    assert Device.pin_factory is None
