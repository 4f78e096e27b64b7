"""What gestures mean: by the board, and otherwise by a preset."""

from __future__ import annotations

from pedal.actions import Action
from pedal.config import parse_board
from pedal.panel.controls.feet import feet_of
from pedal.panel.controls.gestures import Knows

BOARD = parse_board(
    """
[audio]
card = "M2"
[switches.a]
pin = 5
action = "bypass"
momentary = true
[switches.b]
pin = 6
action = "next_preset"
hold = "tuner"
double_tap = "previous_preset"
[switches.c]
pin = 13
action = "tap"
[chords.up]
switches = ["b", "c"]
action = "next_bank"
""",
    "feet.toml",
)


def test_a_board_says_what_its_switches_do() -> None:
    feet = feet_of(BOARD)
    assert feet.actions == {
        ("a", "tap"): Action("bypass"),
        ("a", "release"): Action("bypass"),
        ("b", "tap"): Action("next_preset"),
        ("b", "hold"): Action("tuner"),
        ("b", "double_tap"): Action("previous_preset"),
        ("c", "tap"): Action("tap"),
        ("up", "chord"): Action("next_bank"),
    }
    assert feet.knows == {"a": Knows(momentary=True), "b": Knows(hold=True, double_tap=True), "c": Knows()}
    assert feet.chords == {"up": ("b", "c")}


def test_a_preset_says_otherwise_and_the_rest_stays() -> None:
    feet = feet_of(BOARD, {"b": {"action": "bypass:delay1", "hold": "none"}, "elsewhere": {"action": "tap"}})
    assert feet.actions[("b", "tap")] == Action("bypass", "delay1")
    assert feet.actions[("b", "double_tap")] == Action("previous_preset")
    assert ("b", "hold") not in feet.actions
    assert feet.knows["b"] == Knows(double_tap=True)
    assert "elsewhere" not in feet.knows


def test_a_switch_that_cannot_be_momentary_any_more_is_not() -> None:
    assert not feet_of(BOARD, {"a": {"action": "tap"}}).knows["a"].momentary
    assert feet_of(BOARD, {"a": {"hold": "tuner"}}).knows["a"] == Knows(hold=True)
    assert feet_of(BOARD, {"a": {"action": "tuner"}}).actions[("a", "release")] == Action("tuner")


def test_a_switch_may_be_told_to_be_quiet() -> None:
    assert feet_of(BOARD, {"c": {"action": "none"}}).actions[("c", "tap")] == Action("none")
