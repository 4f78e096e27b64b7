"""Virtual hands take the road of real ones: mock pins, the converter's thread, and what they mean."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Any

import pytest

from pedal.config import parse_board
from pedal.errors import BoardError
from pedal.panel.controls.encoder import Push, Rotation
from pedal.panel.controls.gestures import Knows
from pedal.panel.controls.inputs import open_footswitches
from pedal.panel.controls.inputs_adc import open_knobs
from pedal.panel.controls.inputs_encoders import EncoderPins, open_encoders
from pedal.virtual.hands import EXPRESSION, Touch, VirtualHands

BOARD = parse_board(
    """
virtual = true
[audio]
card = "virtual"
[switches.a]
pin = 5
action = "bypass"
hold = "tuner"
[switches.b]
pin = 6
action = "tap"
[chords.up]
switches = ["a", "b"]
action = "next_bank"
[encoders.menu]
pin_a = 16
pin_b = 17
pin_push = 20
role = "menu"
[knobs.bass]
channel = 0
parameter = "tone.bass_db"
[expression]
channel = 3
""",
    "hands.toml",
)


@pytest.fixture
def hands() -> Iterator[VirtualHands]:
    with VirtualHands(BOARD) as made:
        yield made


@pytest.fixture
def felt(hands: VirtualHands) -> Iterator[queue.SimpleQueue[Any]]:
    """What comes of it, as the panel's loop gets it."""
    items: queue.SimpleQueue[Any] = queue.SimpleQueue()
    pins = {name: switch.pin for name, switch in BOARD.switches.items()}
    with (
        open_footswitches(pins, items.put) as feet,
        open_encoders({"menu": EncoderPins(16, 17, 20)}, items.put),
        open_knobs({"bass": 0, "[expression]": 3}, items.put, hands.converter),
    ):
        feet.learn({"a": Knows(hold=True)}, {"up": ("a", "b")})
        assert {items.get(timeout=60.0).knob for _ in range(2)} == {"bass", "[expression]"}
        yield items


@pytest.mark.parametrize(
    ("touch", "name", "kind"),
    [
        (Touch("press", "b"), "b", "tap"),
        (Touch("press", "a"), "a", "tap"),
        (Touch("long press", "a"), "a", "hold"),
        (Touch("chord", "up"), "up", "chord"),
    ],
)
def test_feet(hands: VirtualHands, felt: queue.SimpleQueue[Any], touch: Touch, name: str, kind: str) -> None:
    hands.touch(touch)
    gesture = felt.get(timeout=60.0)
    assert (gesture.name, gesture.kind) == (name, kind)


def test_an_encoder(hands: VirtualHands, felt: queue.SimpleQueue[Any]) -> None:
    hands.touch(Touch("turn", "menu", 2))
    hands.touch(Touch("turn", "menu", -1))
    turned = [felt.get(timeout=60.0) for _ in range(3)]
    assert all(isinstance(event, Rotation) for event in turned) and [event.clicks for event in turned] == [1, 1, -1]
    for deed, kind in (("push", "tap"), ("hold", "hold")):
        hands.touch(Touch(deed, "menu"))  # type: ignore[arg-type]
        pushed = felt.get(timeout=60.0)
        assert isinstance(pushed, Push) and pushed.kind == kind


def test_knobs_and_the_expression_pedal(hands: VirtualHands, felt: queue.SimpleQueue[Any]) -> None:
    for knob, known in ((EXPRESSION, "[expression]"), ("bass", "bass")):
        hands.move(knob, 0.5)
        turn = felt.get(timeout=60.0)
        while turn.value_norm < 1.0:  # smoothed on its way
            assert turn.knob == known
            turn = felt.get(timeout=60.0)
        hands.move(knob, 0.5)  # there is no further
    assert felt.empty()


@pytest.mark.parametrize(
    "touch", [Touch("press", "c"), Touch("turn", "men", 1), Touch("push", "men"), Touch("move", "treble", 1)]
)
def test_what_is_not_there_is_a_sentence(hands: VirtualHands, touch: Touch) -> None:
    with pytest.raises(BoardError, match=r"^board: there is no .* '\w+'.*\. (Did you mean|Known)"):
        hands.touch(touch)
