"""What MIDI does: programs play presets, controllers move what they have learnt, a clock gives the tempo.

Used by the panel's loop. The wires are ``controls/inputs_midi``; which controller does what is kept in ``midi.toml``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pedal.actions import Action
from pedal.errors import ControlError, PedalError
from pedal.library.midi_map import MidiMapStore, Target, parse_target
from pedal.panel.banks import BankSwitches
from pedal.panel.controls.inputs_midi import Midi
from pedal.panel.controls.midi import HIGHEST, Beat, ControlChange, Event, ProgramChange, is_down
from pedal.panel.expression import ExpressionPedal, move_to
from pedal.panel.feeds import NOBODY, News
from pedal.panel.player import Player
from pedal.preset import Expression

#: The controller that MIDI's makers meant for an expression pedal: it is ours unless it has learnt something else.
EXPRESSION_CONTROLLER = 11
#: For so long a controller is waited for, and so far it must be moved: what trembles is not meant.
LEARN_S, LEAST_MOVE = 60.0, 8
#: A clock's tempo is news when it differs by so much: clocks tremble.
NEWS_BPM = 0.5


@dataclass(slots=True)
class _Learning:
    """What the next controller that moves will do, and where each one began."""

    target: Target
    until_s: float
    began: dict[int, int]


class MidiIn:
    """Messages, done.

    Args:
        player, banks, expression: do it.
        do: does an action, and says on the page why it cannot.
        store: keeps which controller does what.
        wires: that are listened to; None: the board has no MIDI.
        news: where subscribers are told what is heard.
    """

    def __init__(
        self,
        player: Player,
        banks: BankSwitches,
        expression: ExpressionPedal,
        do: Callable[[Action, float], None],
        store: MidiMapStore,
        wires: Midi | None,
        news: News = NOBODY,
    ) -> None:
        self._player = player
        self._banks = banks
        self._expression = expression
        self._do = do
        self._store = store
        self._wires = wires
        self._news = news
        self._watch = store.watch()
        self._map, trouble = store.load()
        player.message = player.message or trouble
        self._learning: _Learning | None = None
        self._down: set[int] = set()
        self._bpm = 0.0

    def look(self, now_s: float) -> None:
        """Do what was heard."""
        for event in self._wires.take() if self._wires is not None else ():
            self.heard(event, now_s)

    def look_at_file(self) -> None:
        """What a restore brought, or a hand wrote, counts from now on; what cannot be read changes nothing."""
        if self._watch.is_news():
            found, trouble = self._store.load()
            self._map = self._map if trouble else found
            self._player.message = trouble or self._player.message

    def heard(self, event: Event, now_s: float) -> None:
        """Do what a message means; why it cannot be done is said on the page."""
        if "midi" in self._news.wanted:
            self._news.publish("midi", self._told(event))
        try:
            match event:
                case ProgramChange(program=program):
                    self._banks.play_program(program)
                case Beat(bpm=bpm, at_s=at_s):
                    self._beat(bpm, at_s)
                case ControlChange(number=number, value=value):
                    if self._learning is None or not self._learn(number, value, now_s):
                        self._control(number, value, now_s)
        except PedalError as error:
            self._player.message = str(error)

    def _told(self, event: Event) -> dict[str, Any]:
        """A message in words, and what it does here."""
        match event:
            case ProgramChange(channel=channel, program=program):
                return {"text": f"channel {channel}: program {program}", "channel": channel, "program": program}
            case Beat(bpm=bpm):
                return {"text": f"clock: {bpm:.1f} bpm", "bpm": round(bpm, 1)}
            case ControlChange(channel=channel, number=number, value=value):
                target = self._map.get(number)
                does = "" if target is None else _shown(target)
                text = f"channel {channel}: controller {number} at {value}" + (f", {does}" if does else "")
                return {"text": text, "channel": channel, "controller": number, "value": value, "does": does}

    def learn(self, target: str, now_s: float) -> None:
        """The next controller that is moved does this from then on.

        Raises:
            PedalError: it is neither a parameter nor an action, or the board has no MIDI.
        """
        if self._wires is None:
            raise ControlError("this board has no MIDI", hint="Write [midi] into its file")
        self._learning = _Learning(parse_target(target, "MIDI"), now_s + LEARN_S, {})

    def stop_learning(self) -> None:
        """Whatever is moved next is no lesson."""
        self._learning = None

    def forget(self, number: int | None) -> None:
        """A controller does nothing any more; None: none of them does.

        Raises:
            PedalError: it did nothing, or the disk refuses.
        """
        if number is not None and number not in self._map:
            known = ", ".join(map(str, sorted(self._map))) or "none"
            raise ControlError(f"controller {number} has learnt nothing", hint=f"Those that have: {known}")
        kept = {} if number is None else {key: target for key, target in self._map.items() if key != number}
        self._store.save(kept)
        self._map = kept
        self._learning = None

    def status(self, now_s: float) -> dict[str, Any]:
        """For ``pedal midi``."""
        waiting = self._learning is not None and now_s < self._learning.until_s
        return {
            "ports": None if self._wires is None else self._wires.port_names(),
            "controllers": {str(number): _shown(target) for number, target in sorted(self._map.items())},
            "learning": _shown(self._learning.target) if waiting and self._learning else None,
            "clock_bpm": round(self._bpm, 1) or None,
        }

    def _beat(self, bpm: float, at_s: float) -> None:
        if abs(bpm - self._bpm) < NEWS_BPM:
            self._player.beat_at_s = at_s
            return
        self._bpm = bpm
        self._player.set_tempo(round(bpm, 1), at_s)

    def _learn(self, number: int, value: int, now_s: float) -> bool:
        """Whether this was only shown: while one learns, no controller does anything."""
        learning = self._learning
        assert learning is not None
        if now_s >= learning.until_s:
            self._learning = None
            return False
        began = learning.began.setdefault(number, 0 if value == HIGHEST else value)  # switches send only their ends
        if abs(value - began) < LEAST_MOVE:
            return True
        self._learning = None
        kept = self._map | {number: learning.target}
        self._store.save(kept)
        self._map = kept
        self._player.message = f"Controller {number}: {_shown(learning.target)}"
        return True

    def _control(self, number: int, value: int, now_s: float) -> None:
        target = self._map.get(number)
        if isinstance(target, Expression):
            self._player.message = move_to(self._player, target, value / HIGHEST, now_s)
        elif isinstance(target, Action):  # at the press: a switch that is held sends no other
            was_down = number in self._down
            (self._down.add if is_down(value) else self._down.discard)(number)
            if is_down(value) and not was_down:
                self._do(target, now_s)
        elif number == EXPRESSION_CONTROLLER:
            self._expression.play(value / HIGHEST, now_s)


def _shown(target: Target) -> str:
    return target.parameter if isinstance(target, Expression) else str(target)
