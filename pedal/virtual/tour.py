"""The demo's script: what a player would do in half a minute, and whether the pedal did it.

Called by ``pedal demo`` in a thread beside the running pedal; talks to it over the control socket
like any command. Time and the socket are handed in.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pedal.errors import ControlError
from pedal.panel import protocol

Call = Callable[[protocol.Request], dict[str, Any]]

#: The first start compiles the kernels.
START_TIMEOUT_S = 1800.0
STEP_TIMEOUT_S = 8.0
WIDEN_TIMEOUT_S = 45.0
_POLL_S = 0.1
#: The preset with more blocks than a small board can carry, and the blocks it keeps switched off.
HEAVY_PRESET = "04-stack"
HEAVY_BLOCKS = ("push", "room")
#: Lines that a tour tells if all goes well, for a progress bar.
STEPS = 15


class TourError(ControlError):
    """The pedal did not do what the tour waited for."""


@dataclass
class Tour:
    """Plays the script.

    Args:
        call: sends one request to the pedal.
        out: where pages are saved.
        seconds: how long the sound should last at least.
        tell: one line for the player at each step.

    Attributes:
        steps: what happened: ``{"at_s", "step"}``.
        pages: names of the saved pages.
        last: the last status read.
    """

    call: Call
    out: Path
    seconds: float
    tell: Callable[[str], None]
    steps: list[dict[str, Any]] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    last: dict[str, Any] = field(default_factory=dict)
    _began_s: float = 0.0

    def play(self) -> None:
        """The whole script.

        Raises:
            TourError: a step did not happen in time.
            ControlError: the pedal does not answer.
        """
        self._step("starting")
        self._wait("the first preset plays", self._plays_a_preset, START_TIMEOUT_S)
        self._began_s = time.monotonic()
        self._listen(3.0)
        self._save_page("preset")
        self._bypass()
        self._go_to_heavy_preset()
        self._narrow()
        self._widen()
        self._listen(max(2.0, self.seconds - (time.monotonic() - self._began_s)))
        self._step("done")

    def _bypass(self) -> None:
        for word, wanted in (("bypassed", True), ("back from bypass", False)):
            self.call(protocol.Press(switch="bypass"))
            self._wait(word, partial(self._is_bypassed, wanted), STEP_TIMEOUT_S)
            self._listen(1.2)
            if wanted:
                self._save_page("bypass")

    def _go_to_heavy_preset(self) -> None:
        for _ in range(self.last["preset_count"]):
            if self.last["preset_key"] == HEAVY_PRESET:
                return
            before = self.last["preset_key"]
            self.call(protocol.Press(switch="next"))
            self._await("the next preset", partial(self._plays_other, before), STEP_TIMEOUT_S)
            self._step(f"preset {self.last['preset']}")
            self._listen(1.2)
        if self.last["preset_key"] != HEAVY_PRESET:
            raise TourError(f"preset '{HEAVY_PRESET}' is not in the list")

    def _narrow(self) -> None:
        self._wait("all amps play Full", self._all_full, WIDEN_TIMEOUT_S)
        self._listen(1.0)
        self._save_page("full")
        for block in HEAVY_BLOCKS:
            self.call(protocol.SwitchBlock(block=block, on=True))
            self._step(f"{block} on")
            was_full = self._all_full()
            self._listen(2.5)
            if was_full and not self._all_full():
                self._step("plays Lite: no room for Full and all blocks")
        if self._all_full():
            raise TourError("all heavy blocks are on, and no width dropped", hint="Is cpu_scale set on this board?")
        self._save_page("lite")

    def _widen(self) -> None:
        for block in reversed(HEAVY_BLOCKS):
            self.call(protocol.SwitchBlock(block=block, on=False))
            self._step(f"{block} off")
            self._listen(0.5)
        self._wait("plays Full again", self._all_full, WIDEN_TIMEOUT_S)
        self._save_page("full-again")

    def _is_bypassed(self, wanted: bool) -> bool:
        return bool(self.last["bypassed"] == wanted)

    def _plays_other(self, before: str) -> bool:
        return bool(self.last["preset_key"] != before and self.last["blocks"])

    def _plays_a_preset(self) -> bool:
        return bool(self.last["audio"] == "playing" and self.last["blocks"] and self.last["preset_key"])

    def _all_full(self) -> bool:
        sounding = [amp for amp in self.last["amps"] if amp["width"]]
        return bool(sounding) and all(amp["width"] == amp["widths"][-1] for amp in sounding)

    def _wait(self, what: str, happened: Callable[[], bool], timeout_s: float) -> None:
        self._await(what, happened, timeout_s)
        self._step(what)

    def _await(self, what: str, happened: Callable[[], bool], timeout_s: float) -> None:
        for _ in self._looks(timeout_s):
            if happened():
                return
        raise TourError(f"waited {timeout_s:g} s for this, and it did not happen: {what}")

    def _listen(self, duration_s: float) -> None:
        for _ in self._looks(duration_s):
            pass

    def _looks(self, duration_s: float) -> Iterator[None]:
        end_s = time.monotonic() + duration_s
        while time.monotonic() < end_s:
            try:
                self.last = self.call(protocol.Status())
            except ControlError:
                if self._began_s:
                    raise
            else:
                yield
            time.sleep(_POLL_S)

    def _step(self, text: str) -> None:
        at_s = round(time.monotonic() - self._began_s, 2) if self._began_s else 0.0
        self.steps.append({"at_s": at_s, "step": text})
        self.tell(text)

    def _save_page(self, name: str) -> None:
        page = self.call(protocol.Page(scale=4))
        file_name = f"page-{len(self.pages) + 1}-{name}.png"
        (self.out / file_name).write_bytes(base64.b64decode(page["png"]))
        self.pages.append(file_name)
