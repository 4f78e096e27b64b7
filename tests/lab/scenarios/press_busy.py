"""Presses at rest, while a model loads, and while a stick is imported as well: how many frames from edge to sound."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pedal.library.telling import heard
from pedal.panel import protocol
from pedal.panel.imports import has_ended
from tests.lab.bringing import brought, last_word
from tests.lab.cable import RATE_HZ
from tests.lab.lab import RUNTIME, Lab
from tests.lab.listening import LOOP_FRAMES, PRESS_FRAMES, first_change, play_a_loop
from tests.lab.priced import call
from tests.lab.scenario import Breakage
from tests.lab.stick import UsbStick

LIMIT_S = 1200.0
BREAKAGE = Breakage(
    "a press is passed over while something is built",
    "pedal/panel/player.py",
    "        self.bypass(None)\n",
    "        if not self.work.is_building:\n            self.bypass(None)\n",
)
#: At rest and in a load, for each of ``--minutes``, and in an import; in less time than a builder may be silent for.
PRESSES = 20
#: On the stick.
MODELS = 40
IMPORT = "pedal-import@*.service"
#: The foot stays down until its contact has long been still.
STILL_S = 0.03
#: From one press to the next, at least: what was heard a loop before must be what is heard now.
PAUSE_S = LOOP_FRAMES / RATE_HZ + 0.06


def scenario(lab: Lab) -> None:
    lab.boot()
    play_a_loop(lab)
    rounds = max(1, round(lab.minutes))
    _tell(lab, "at rest", [_press(lab) for _ in range(rounds * PRESSES)])

    waited = []
    for number in range(rounds):
        preset = ("Clean edge", "Crunch")[number % 2]
        waited += _while_loading(lab, preset, lambda: [_press(lab) for _ in range(PRESSES)])
        play_a_loop(lab)
    _tell(lab, "while a model loads", waited)

    stick = UsbStick(Path("/run/stick.img"))
    stick.fill(brought(MODELS))
    waited = _while_loading(lab, "Two amps", lambda: _while_importing(lab, stick))
    _tell(lab, "while a model loads and a stick is imported", waited)
    status = lab.status()
    assert (status["xruns"], status["overruns"]) == (0, 0), status


def _while_loading(lab: Lab, preset: str, presses: Callable[[], list[int]]) -> list[int]:
    """Press while the builder is at a preset: it is held there, as if a slow card had to be read for all that time."""
    before, builder = lab.status()["preset"], lab.pid("builder")
    os.kill(builder, signal.SIGSTOP)
    try:
        call(lab, protocol.SelectPreset(name=preset))
        lab.wait(PAUSE_S)
        waited = presses()
        assert lab.status()["preset"] == before, f"{preset} had been built before the last press"
    finally:
        os.kill(builder, signal.SIGCONT)
    lab.until(lambda: lab.status().get("preset") == preset, f"{preset} plays")
    assert lab.pid("builder") == builder, "the builder was started again"
    return waited


def _while_importing(lab: Lab, stick: UsbStick) -> list[int]:
    """Press while the import is halfway: it is held there too, with whatever it holds itself."""
    since_s = time.monotonic()
    stick.plug()
    lab.until(lambda: _is_read(since_s), "the stick is being read")
    lab.systemctl("kill", "--signal=SIGSTOP", IMPORT)
    waited = [_press(lab) for _ in range(PRESSES)]
    assert _is_read(since_s), "the stick was read before the last press"
    lab.systemctl("kill", "--signal=SIGCONT", IMPORT)
    progress = last_word(lab, since_s)
    stick.pull()
    assert (progress.phase, progress.models) == ("done", MODELS), progress
    return waited


def _is_read(since_s: float) -> bool:
    told = heard(RUNTIME)
    return told is not None and told.at_s > since_s and not has_ended(told)


def _press(lab: Lab) -> int:
    """A press at any moment of a period, with bounces; frames from its first edge to the sound."""
    lab.wait(PAUSE_S + lab.random.uniform(0.0, 0.01))
    edge = int(lab.cable.frame_at(lab.press("bypass", lab.random.randrange(8))))
    lab.until(lambda: lab.cable.frame > edge + 2 * PRESS_FRAMES, "the sound goes on")
    first = first_change(lab, edge, edge + 2 * PRESS_FRAMES)
    assert first is not None, "nothing was heard of a press"
    frames = first - edge
    lab.wait(STILL_S)
    lab.release("bypass", lab.random.randrange(4))
    assert frames <= PRESS_FRAMES, f"a press was heard after {frames} frames, more than {PRESS_FRAMES}"
    return frames


def _tell(lab: Lab, when: str, frames: list[int]) -> None:
    lab.event(when, frames)
    least, median, rare, most = (round(float(x)) for x in np.percentile(frames, (0, 50, 99, 100)))
    lab.note(f"{len(frames)} {when}: {least}/{median}/{rare}/{most} frames (min/median/p99/max, bound {PRESS_FRAMES})")
