"""What is asked about hands and feet: what switches do in a preset, the expression pedal's ends, MIDI's controllers.

Used by the panel's loop (``answers``).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from pedal.actions import parse_action
from pedal.config import Board
from pedal.errors import ControlError, did_you_mean
from pedal.library.calibration import Calibration
from pedal.panel.controls.feet import BUTTON_KEYS, GESTURES, button_action, feet_of
from pedal.panel.expression import ExpressionPedal
from pedal.panel.hands_requests import AS_THE_BOARD, AssignSwitch, Expression, HandsRequest, Midi
from pedal.panel.menu.facts import ExpressionView, MidiView
from pedal.panel.midi import MidiIn
from pedal.panel.player import Player
from pedal.preset.controls import assigned


@dataclass(frozen=True, slots=True)
class Hands:
    """Requests, done.

    Attributes:
        board: which switches there are.
        player: whose preset is in hand.
        expression: the pedal.
        midi: what it does.
    """

    board: Board
    player: Player
    expression: ExpressionPedal
    midi: MidiIn

    def answer(self, request: HandsRequest) -> dict[str, Any]:
        """Do what a request asks for; the answer says what is so now.

        Raises:
            PedalError: it cannot be done; nothing was changed.
        """
        match request:
            case AssignSwitch(switch=switch, gesture=gesture, action=action):
                if action is not None:
                    self.assign(switch, gesture, action)
                return self._about(switch)
            case Expression(end=end, moves=parameter):
                if end is not None:
                    self.expression.learn(end)
                if parameter is not None:
                    self.expression.give("" if parameter == AS_THE_BOARD else parameter)
                return self.expression.status()
            case Midi(learn=target, forget=number, cancel=cancel):
                if cancel:
                    self.midi.stop_learning()
                if target is not None:
                    self.midi.learn(target, time.monotonic())
                if number is not None:
                    self.midi.forget(None if number < 0 else number)
                return self.midi.status(time.monotonic())

    def expression_view(self) -> ExpressionView | None:
        """For the menu; None: the board has no pedal, and nothing that could be one."""
        if self.board.expression is None and self.board.midi is None:
            return None
        said = self.expression.status()
        own = self.player.preset.expression
        is_calibrated = Calibration(said["heel"], said["toe"]) != Calibration()
        is_of_preset = own is not None and own.parameter == said["moves"]
        return ExpressionView(said["moves"] or "", is_of_preset, said["reading"], said["position"], is_calibrated)

    def midi_view(self) -> MidiView | None:
        """For the menu; None: the board has no MIDI."""
        said = self.midi.status(time.monotonic())
        if said["ports"] is None:
            return None
        controllers = tuple((int(number), target) for number, target in said["controllers"].items())
        return MidiView(tuple(said["ports"]), controllers, said["learning"] or "")

    def assign(self, switch: str, gesture: str, action: str) -> None:
        """Give a gesture of a switch something else to do in the preset in hand; it is saved with the preset.

        Raises:
            PedalError: no such switch or action.
        """
        self._check(switch)
        where = f"switch '{switch}'"
        if switch not in self.board.switches and gesture not in BUTTON_KEYS:
            raise ControlError("the button of an encoder knows a push and a hold", where=where)
        wanted = None if action == AS_THE_BOARD else parse_action(action, ControlError, where)
        self.player.work.hold(assigned(self.player.preset, switch, gesture, wanted))

    def _about(self, switch: str) -> dict[str, Any]:
        self._check(switch)
        own = self.player.preset.switches.get(switch, {})
        if switch in self.board.switches:
            feet = feet_of(self.board, self.player.preset.switches)
            does = {key: feet.actions.get((switch, kind)) for key, kind in GESTURES.items()}
        else:
            button = self.board.encoders[switch]
            does = {"action": button_action(button, own, "tap"), "hold": button_action(button, own, "hold")}
        return {"switch": switch, **{key: str(action) for key, action in does.items() if action}, "of_preset": [*own]}

    def _check(self, switch: str) -> None:
        known = [*self.board.switches, *(n for n, encoder in self.board.encoders.items() if encoder.has_free_button)]
        if switch not in known:
            hint = did_you_mean(switch, known)
            raise ControlError(f"there is no switch '{switch}'", where=f"board '{self.board.name}'", hint=hint)
