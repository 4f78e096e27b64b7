"""The panel's end of the looper: asks the period thread, and says what the loop does.

Owned by ``player``; used by the panel's loop, and by a footswitch's own thread (``reflexes``). A request is one word in
the link, which the period thread takes at its next edge (``dsp/looper.py``); who presses does not wait for the panel.
"""

from __future__ import annotations

import math
import threading
from typing import Any

from pedal import layout
from pedal.config import LooperSettings
from pedal.errors import ControlError
from pedal.notes import RigNotes
from pedal.panel.display.pages import LoopState, LoopView
from pedal.panel.rigs import Rigs
from pedal.params import KINDS

_KIND = KINDS["looper"]
_LEVEL = _KIND.index("level_db")
#: What the looper's footswitches ask for.
ACTIONS = {"looper": "press", "looper_stop": "halt", "looper_undo": "undo"}
STATES: tuple[LoopState, ...] = ("empty", "recording", "playing", "overdubbing", "stopped")


class Looper:
    """Its verbs, its level, and what it is doing.

    Args:
        settings: of the board; None: it has no looper.
        rigs: whose link it is.

    Attributes:
        level_db: of the loop, for all presets; None where the board has no looper.
    """

    def __init__(self, settings: LooperSettings | None, rigs: Rigs) -> None:
        self._rigs = rigs
        self._asking = threading.Lock()
        self.level_db: float | None = None if settings is None else self._recalled_db()

    def lacks(self, rig: RigNotes) -> bool:
        """Whether a rig was built before the board had a looper."""
        return self.level_db is not None and not any(block.kind == _KIND.name for block in rig.blocks)

    def press(self, verb: str) -> None:
        """What a footswitch does, in any thread: the kernel knows what makes sense."""
        link = self._rigs.link
        with self._asking:
            count = link.get(layout.LOOP_ASKED) // layout.LOOP_VERB_SPAN + 1
            link.put(layout.LOOP_ASKED, count * layout.LOOP_VERB_SPAN + layout.LOOP_VERBS.index(verb))

    def ask(self, verb: str) -> None:
        """What a command does.

        Raises:
            ControlError: there is no looper, or nothing that this could be done with.
        """
        self._check()
        state = self._state()
        if verb == "record" and state != "empty":
            raise ControlError("there is a loop already", hint="Overdub, or clear it first")
        if state == "empty" and verb in ("play", "overdub", "stop", "clear"):
            raise ControlError("there is no loop", hint="Record one")
        if verb == "undo" and not self._has_undo(state):
            raise ControlError("there is nothing to undo")
        self.press(verb)

    def set_level(self, level_db: float) -> None:
        """Of the loop; it ramps there.

        Raises:
            ControlError: there is no looper.
            PresetError: out of range.
        """
        self._check()
        param = _KIND.params[_LEVEL]
        self.level_db = param.checked(level_db, "looper")
        self._rigs.set_target(_KIND.name, _LEVEL, param.kernel_value(self.level_db))

    def status(self) -> dict[str, Any]:
        """For ``pedal status`` and ``pedal looper``; empty where there is no looper."""
        words = self._rigs.link.arena.i64
        if self.level_db is None:
            return {}
        state, rate_hz = self._state(), max(1, int(words[layout.RATE_HZ]))
        place, length = int(words[layout.LOOP_PLACE]), int(words[layout.LOOP_LENGTH])
        return {
            "state": state,
            "length_frames": 0 if state in ("empty", "recording") else length,
            "length_s": 0.0 if state in ("empty", "recording") else round(length / rate_hz, 3),
            "place_s": round(place / rate_hz, 3),
            "longest_s": round(int(words[layout.LOOP_CAPACITY]) / rate_hz, 3),
            "can_undo": self._has_undo(state),
            "level_db": self.level_db,
        }

    def view(self) -> LoopView | None:
        """For the page; None while there is no loop."""
        said = self.status()
        if not said or said["state"] == "empty":
            return None
        whole_s = said["longest_s"] if said["state"] == "recording" else said["length_s"]
        return LoopView(said["state"], said["place_s"], whole_s)

    def _check(self) -> None:
        if self.level_db is None:
            raise ControlError("this board has no looper", hint="Write [looper] into its file (docs/looper.md)")
        if self._rigs.link.get(layout.LOOP_CAPACITY) == 0:
            raise ControlError("there was no memory for the looper", hint="Give it fewer seconds in the board file")

    def _state(self) -> LoopState:
        return STATES[self._rigs.link.get(layout.LOOP_STATE) % len(STATES)]

    def _has_undo(self, state: LoopState) -> bool:
        words = self._rigs.link.arena.i64
        if state == "empty":
            return bool(words[layout.LOOP_LENGTH] > 0)
        return state != "recording" and bool(words[layout.LOOP_HAS_TWO])

    def _recalled_db(self) -> float:
        """Where a killed panel had it: it lies in the rig."""
        wanted, param = self._rigs.wanted, _KIND.params[_LEVEL]
        for block in wanted.blocks if wanted else ():
            if block.kind == _KIND.name:
                gain = float(self._rigs.link.arena.f32[block.params_idx + _LEVEL])
                if gain > 0.0 and math.isfinite(gain):
                    return min(param.high, max(param.low, round(20.0 * math.log10(gain), 2)))
        return param.default
