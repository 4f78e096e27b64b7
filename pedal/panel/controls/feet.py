"""What gestures mean: by the board file, and by the preset where that says otherwise. Pure.

Used by ``footwork`` (the panel's loop), which teaches it to the footswitches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pedal.actions import Action, parse_action
from pedal.config import Board, EncoderSettings, FootSwitch
from pedal.errors import BoardError
from pedal.panel.controls.gestures import Kind, Knows

#: The keys of a switch's table, and the gesture that each is about.
GESTURES: Mapping[str, Kind] = {
    "action": "tap",
    "hold": "hold",
    "long_hold": "long_hold",
    "double_tap": "double_tap",
}
#: The keys of a table about an encoder's button: a finger feels no difference between more.
BUTTON_KEYS = ("action", "hold")


@dataclass(frozen=True, slots=True)
class Feet:
    """What every gesture does.

    Attributes:
        actions: by name of the switch or chord, and gesture. A ``release`` undoes.
        knows: what each switch must wait for.
        chords: by name, the two switches.
    """

    actions: Mapping[tuple[str, Kind], Action]
    knows: Mapping[str, Knows]
    chords: Mapping[str, tuple[str, str]]


def feet_of(board: Board, otherwise: Mapping[str, Mapping[str, str]] | None = None) -> Feet:
    """The gestures of a board.

    Args:
        board: as loaded.
        otherwise: what a preset says instead: actions by switch and key (``action``, ``hold``, ...). Switches that
            the board does not have are passed over: presets travel.
    """
    actions: dict[tuple[str, Kind], Action] = {}
    knows: dict[str, Knows] = {}
    for name, switch in board.switches.items():
        own = _actions(switch, (otherwise or {}).get(name, {}))
        can_wait = set(own) - {"action"}
        momentary = switch.momentary and not can_wait and own["action"].has_two_sides
        knows[name] = Knows("hold" in own, "long_hold" in own, "double_tap" in own, momentary)
        actions |= {(name, GESTURES[key]): action for key, action in own.items()}
        if momentary:
            actions[name, "release"] = own["action"]
    chords = {name: chord.switches for name, chord in board.chords.items()}
    actions |= {(name, "chord"): parse_action(c.action, BoardError, board.name) for name, c in board.chords.items()}
    return Feet(actions, knows, chords)


def button_action(button: EncoderSettings, own: Mapping[str, str], kind: Literal["tap", "hold"]) -> Action | None:
    """What the button under an encoder does; held, where nobody says otherwise, it does what a push does.

    Args:
        button: whose it is.
        own: what the preset says instead, by key (``action`` is the push).
        kind: of push.
    """
    push = own.get("action", button.push)
    text = own.get("hold", button.hold) or push if kind == "hold" else push
    return None if text is None else parse_action(text, BoardError, "push")


def _actions(switch: FootSwitch, otherwise: Mapping[str, str]) -> dict[str, Action]:
    """By key; what is ``none`` is not waited for, unless it is the tap itself."""
    texts = {key: otherwise.get(key, getattr(switch, key)) for key in GESTURES}
    given = {key: parse_action(text, BoardError, key) for key, text in texts.items() if text is not None}
    return {key: action for key, action in given.items() if key == "action" or action.name != "none"}
