"""Watchdog: whatever hangs is noticed and replaced - the period thread, the panel, and the parents that watch them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.lab.cable import RATE_HZ
from tests.lab.guitar import tone
from tests.lab.lab import RUNTIME, Lab
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "a parent that believes every sound process to be alive",
    "pedal/system/heartbeat.py",
    "            return self.audio_age_s\n",
    "            return 0.0\n",
)
LIMIT_S = 600.0
#: Below this nothing is heard.
SILENT_PEAK = 1e-5


def scenario(lab: Lab) -> None:
    lab.boot()
    lab.pedal("preset", "02-clean-edge")
    lab.pedal("set", "amp.drive_db", "-6")
    lab.until(lambda: lab.status().get("preset_key") == "02-clean-edge", "the preset")
    lab.guitar(tone())
    lab.wait(1.0)
    _period_thread(lab)
    _panel(lab)
    _parents(lab)
    status = lab.status()
    assert (status["preset_key"], status["safe_mode"]) == ("02-clean-edge", ""), status


def _period_thread(lab: Lab) -> None:
    start, child = lab.cable.frame, lab.pid("audio")
    _hang(lab, child, "audio")
    lab.wait(0.5)
    hung = lab.cable.frame
    lab.until(lambda: lab.is_heard(hung), "sound after the period thread hung", 5.0)
    lab.wait(0.5)
    silent_s = longest_silence_s(lab, start)
    lab.note(f"period thread hung: silent for {silent_s:.2f} s")
    assert 1.0 <= silent_s < 3.0 and lab.pid("audio") != child


def _panel(lab: Lab) -> None:
    before, start, child = lab.status(), lab.cable.frame, lab.pid("panel")
    _hang(lab, child, "panel")
    took_s = _took_s(lab, lambda: _pid("panel") not in (0, child) and lab.status().get("preset_key"), "the panel")
    lab.note(f"panel hung: back after {took_s:.2f} s")
    assert 5.0 <= took_s < 8.0
    after = lab.status()
    was, now = ((status["preset_key"], status["xruns"]) for status in (before, after))
    assert was == now, f"{was} became {now}"
    assert longest_silence_s(lab, start) < 0.01, "the sound goes on"
    lab.tap("bypass")
    lab.until(lambda: lab.status()["bypassed"], "feet are felt again")
    lab.tap("bypass")


def _parents(lab: Lab) -> None:
    for name in ("audio", "panel"):
        unit, child = f"pedal-{name}.service", lab.pid(name)
        restarts = _property(lab, unit, "NRestarts")
        _hang(lab, _property(lab, unit, "MainPID"), f"the parent of {name}")
        took_s = _took_s(lab, lambda n=name, c=child: _pid(n) not in (0, c), f"systemd starts {unit} again")
        assert 9.0 <= took_s < 18.0 and _property(lab, unit, "NRestarts") == restarts + 1
        lab.until(lambda: lab.status().get("audio") == "playing", "all is well again")
        lab.note(f"parent of {name} hung: all of it started again after {took_s:.2f} s")


def longest_silence_s(lab: Lab, start: int) -> float:
    """The longest time since frame ``start`` of the cable in which nothing was heard."""
    loud = np.flatnonzero(np.abs(lab.heard(start)).max(axis=1) > SILENT_PEAK)
    ends = np.concatenate([[-1], loud, [lab.cable.frame - start]])
    return float(np.diff(ends).max() - 1) / RATE_HZ


def _hang(lab: Lab, pid: int, what: str) -> None:
    lab.event("hang", what)
    os.kill(pid, signal.SIGSTOP)


def _took_s(lab: Lab, condition: Callable[[], Any], what: str) -> float:
    start_s = time.monotonic()
    lab.until(condition, what)
    return time.monotonic() - start_s


def _pid(name: str) -> int:
    """Of a child that may just be replaced; 0 while there is none."""
    try:
        return int((RUNTIME / f"{name}.pid").read_text().split()[0])
    except (OSError, IndexError):
        return 0


def _property(lab: Lab, unit: str, name: str) -> int:
    return int(lab.systemctl("show", "--value", f"--property={name}", unit))
