"""The hands and feet of a board without hardware: presses, holds, chords, turns, pushes, and knobs that move.

Used by the panel of a virtual board (pedal-panel), for the keyboard and for ``pedal press``, and by tests. Pins are
driven as a foot or a hand would drive them (``pins``), and a knob is a number that the converter's thread reads; from
there everything goes the same road as on a real board.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pedal.config import Board
from pedal.errors import BoardError, did_you_mean
from pedal.panel.controls.gestures import HOLD_S
from pedal.virtual.pins import TAP_S, VirtualPins

#: The name of the expression pedal, where knobs have theirs.
EXPRESSION = "expression pedal"
#: Long enough for a hold, and not for a long one.
HELD_S = 1.5 * HOLD_S
#: How far a key moves a knob, of its whole way.
MOVE_NORM = 1.0 / 32.0
#: Both contacts of an encoder on the way to the right, as levels of the pins (a, b); it rests at the first.
_TO_THE_RIGHT = ((True, True), (False, True), (False, False), (True, False))


Deed = Literal["press", "long press", "chord", "turn", "push", "hold", "move"]


@dataclass(frozen=True, slots=True)
class Touch:
    """What a key does.

    Attributes:
        deed: of a switch or a chord, of an encoder, of a knob.
        name: of that.
        by: how many clicks, or moves.
    """

    deed: Deed
    name: str
    by: int = 0


class _Input:
    """One input of a converter that nobody wired."""

    def __init__(self) -> None:
        self.value = 0.5

    def close(self) -> None:
        """Nothing to free."""


class VirtualHands:
    """Mock pins and a converter for all that a board has, until ``close``.

    Args:
        board: as loaded.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        switches = board.switches.items()
        self._feet = VirtualPins(
            {name: switch.pin for name, switch in switches}, {name: switch.pull for name, switch in switches}
        )
        self._fingers: dict[str, int] = {
            name: encoder.pin_push for name, encoder in board.encoders.items() if encoder.pin_push is not None
        }
        self._places = dict.fromkeys(board.encoders, 0)
        self._inputs: dict[int, _Input] = {}

    def touch(self, touch: Touch) -> None:
        """Do what a key does.

        Raises:
            BoardError: the board has nothing of that name.
        """
        match touch.deed:
            case "press":
                self.press(touch.name)
            case "long press":
                self.press(touch.name, HELD_S)
            case "chord":
                for switch in self._board.chords[touch.name].switches:
                    self.press(switch)
            case "turn":
                self.turn(touch.name, touch.by)
            case "push" | "hold":
                self.push(touch.name, HELD_S if touch.deed == "hold" else TAP_S)
            case "move":
                self.move(touch.name, touch.by * MOVE_NORM)

    def press(self, switch: str, for_s: float = TAP_S) -> None:
        """A foot on a switch, for so long; nobody waits for that.

        Raises:
            BoardError: there is no such switch.
        """
        self._feet.press(switch, for_s)

    def turn(self, encoder: str, clicks: int) -> None:
        """Turn an encoder by so many clicks, to the right where positive.

        Raises:
            BoardError: there is no such encoder.
        """
        settings = self._board.encoders.get(encoder)
        if settings is None:
            raise BoardError(
                f"there is no encoder '{encoder}'", where="board", hint=did_you_mean(encoder, self._board.encoders)
            )
        for _ in range(abs(clicks) * settings.steps_per_detent):
            self._places[encoder] += 1 if clicks > 0 else -1
            levels = _TO_THE_RIGHT[self._places[encoder] % 4]
            for pin, high in zip((settings.pin_a, settings.pin_b), levels, strict=True):
                self._feet.drive(pin, high)

    def push(self, encoder: str, for_s: float = TAP_S) -> None:
        """Push an encoder's button, and let go after ``for_s``, without waiting for that.

        Raises:
            BoardError: there is no such button.
        """
        if encoder not in self._fingers:
            hint = did_you_mean(encoder, self._fingers)
            raise BoardError(f"there is no encoder '{encoder}' with a button", where="board", hint=hint)
        self._feet.hold_pin(self._fingers[encoder], for_s)

    def move(self, knob: str, by_norm: float) -> None:
        """Move a knob, or the expression pedal, by a share of its way.

        Raises:
            BoardError: there is no such knob.
        """
        channels = {name: settings.channel for name, settings in self._board.knobs.items()}
        if self._board.expression is not None:
            channels[EXPRESSION] = self._board.expression.channel
        if knob not in channels:
            raise BoardError(f"there is no knob '{knob}'", where="board", hint=did_you_mean(knob, channels))
        wired = self.converter(channels[knob])
        wired.value = min(max(wired.value + by_norm, 0.0), 1.0)

    def converter(self, channel: int) -> _Input:
        """An input of the converter."""
        return self._inputs.setdefault(channel, _Input())

    def close(self) -> None:
        """Let go of everything."""
        self._feet.close()

    def __enter__(self) -> VirtualHands:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
