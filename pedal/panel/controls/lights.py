"""What the lights show: lit, dark or blinking, by what the pedal does. Pure: time is an argument.

``lights_of`` is called by ``lighting`` (the panel's loop), ``Light`` by ``outputs_lights`` (its thread).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from pedal.actions import Action
from pedal.config import Board
from pedal.panel.display.pages import LoopState

#: A beat is lit for so long; a lamp that asks for something blinks in this time.
BEAT_LIT_S, ASKS_S = 0.06, 0.25


@dataclass(frozen=True, slots=True)
class Light:
    """One light: lit, dark, or lit for the first ``lit_s`` of every ``period_s``, counted from ``since_s``."""

    lit: bool = False
    period_s: float = 0.0
    lit_s: float = 0.0
    since_s: float = 0.0

    def is_lit(self, at_s: float) -> bool:
        """Whether it is lit at ``at_s`` (seconds of the clock of ``since_s``)."""
        return self.lit if self.period_s <= 0.0 else self._into_s(at_s) < self.lit_s

    def changes_at_s(self, at_s: float) -> float | None:
        """When it changes next; None: not by itself."""
        if self.period_s <= 0.0:
            return None
        into_s = self._into_s(at_s)
        return at_s + (self.lit_s if into_s < self.lit_s else self.period_s) - into_s

    def _into_s(self, at_s: float) -> float:
        return math.fmod(math.fmod(at_s - self.since_s, self.period_s) + self.period_s, self.period_s)


DARK, LIT = Light(), Light(lit=True)


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to show.

    Attributes:
        bypassed, tuning, clipped: the pedal, now.
        held_down: an amp plays narrower than the player would have it, or a block waits for room.
        safe_mode: the sound is in safe mode.
        loop: what the looper does.
        beat_s, beat_at_s: length of a beat and when one was; 0: nothing follows a tempo.
        blocks_on: by id, and by kind the first of it.
        blocks_waiting: likewise, of those that are on those that wait until there is room for them.
        snapshot: number of the one that was recalled, or 0.
        place: of the preset in the bank, from 1, or 0.
        width: "full", "lite" or "auto" as chosen for the first amp.
    """

    bypassed: bool = False
    tuning: bool = False
    clipped: bool = False
    held_down: bool = False
    safe_mode: bool = False
    loop: LoopState = "empty"
    beat_s: float = 0.0
    beat_at_s: float = 0.0
    blocks_on: Mapping[str, bool] | None = None
    blocks_waiting: frozenset[str] = frozenset()
    snapshot: int = 0
    place: int = 0
    width: str = "auto"


def lights_of(board: Board, taps: Mapping[str, Action], scene: Scene) -> dict[str, Light]:
    """Every light of a board.

    Args:
        board: says what each shows.
        taps: what a press of each switch does now.
        scene: what there is to show.
    """
    switches = {switch.led: taps[name] for name, switch in board.switches.items() if switch.led and name in taps}
    lights = {}
    for name, led in board.leds.items():
        match led.shows:
            case "switch":
                lights[name] = _of_action(switches[name], scene) if name in switches else DARK
            case "bypass":
                lights[name] = _of_action(Action("bypass"), scene)
            case "tempo":
                lights[name] = _of_action(Action("tap"), scene)
            case "looper":
                lights[name] = _of_action(Action("looper"), scene)
            case "tuner":
                lights[name] = _of_action(Action("tuner"), scene)
            case "clip":
                lights[name] = LIT if scene.clipped else DARK
            case "governor":
                lights[name] = LIT if scene.held_down else DARK
    return lights


def _of_action(action: Action, scene: Scene) -> Light:
    """What a press has done: lit while it is so."""
    match action.name, action.argument:
        case "bypass", "":
            return _asking() if scene.safe_mode else DARK if scene.bypassed else LIT
        case "bypass", block if block in scene.blocks_waiting:
            return _waiting()
        case "bypass", block:
            return LIT if (scene.blocks_on or {}).get(block, False) else DARK
        case "tap", _:
            return Light(False, scene.beat_s, BEAT_LIT_S, scene.beat_at_s) if scene.beat_s > 0.0 else DARK
        case "tuner", _:
            return LIT if scene.tuning else DARK
        case "snapshot", number:
            return LIT if scene.snapshot == int(number) else DARK
        case "preset", number:
            return LIT if scene.place == int(number) else DARK
        case "looper" | "looper_stop" | "looper_undo", _:
            return _of_loop(scene.loop)
        case ("width_full" | "width_lite" | "width_auto") as name, _:
            return LIT if name == f"width_{scene.width}" else DARK
        case "width", _:
            return DARK if scene.width == "auto" else LIT
    return DARK


def _of_loop(state: LoopState) -> Light:
    match state:
        case "recording":
            return _asking()
        case "overdubbing":
            return Light(period_s=2.0 * ASKS_S, lit_s=ASKS_S)
        case "playing":
            return LIT
        case "stopped":
            return _waiting()
    return DARK


def _waiting() -> Light:
    """A short blink now and then: it is there, and does not sound."""
    return Light(period_s=8.0 * ASKS_S, lit_s=ASKS_S / 2.0)


def _asking() -> Light:
    return Light(period_s=ASKS_S, lit_s=ASKS_S / 2.0)
