"""Random: whatever a player, a program and bad luck do, in any order (--seed), for a while (--minutes)."""

from __future__ import annotations

import time

import numpy as np

from tests.lab.cable import RATE_HZ
from tests.lab.ear import longest_silence_frames
from tests.lab.guitar import tone
from tests.lab.lab import Lab
from tests.lab.scenario import Breakage

LIMIT_S = 7200.0
BREAKAGE = Breakage(
    "a request that cannot be read ends the panel's ear",
    "pedal/panel/control.py",
    "        except ControlError as error:\n            self._queue_reply(",
    "        except FileNotFoundError as error:\n            self._queue_reply(",
)
#: Three deaths within a minute are a matter of their own: safe mode.
APART_S = 31.0
#: Silence that nothing but a death of the audio process excuses, and what such a death may cost.
GAP_S, DEATH_S = 0.003, 3.0


def scenario(lab: Lab) -> None:
    lab.boot()
    lab.guitar(tone())
    lab.wait(1.0)
    actions = [select, step, bypass, turn, width, switch_block, wrong, kill_panel, kill_builder, kill_audio, jump, rest]
    weights = [6, 6, 6, 12, 3, 6, 3, 1, 1, 1, 1, 6]
    end_s, count = time.monotonic() + 60.0 * lab.minutes, 0
    while time.monotonic() < end_s:
        start = lab.cable.frame
        action = lab.random.choices(actions, weights)[0]
        lab.event("action", [count, action.__name__])
        allowed_s = action(lab)
        lab.wait(lab.random.choice([0.0, 0.01, 0.1, 1.0, 3.0]) * lab.random.random() + 2 * allowed_s)
        sound = lab.heard(start)
        assert np.all(np.isfinite(sound)), "not a number"
        silent_s = longest_silence_frames(sound) / RATE_HZ
        assert silent_s <= max(GAP_S, allowed_s), (
            f"after {action.__name__} (action {count}): silent for {silent_s:.3f} s"
        )
        lab.until(lab.status, f"an answer after {action.__name__} (action {count})", 10.0)
        count += 1
    lab.pedal("bypass", "off")
    lab.note(f"{count} actions in {lab.minutes:g} min, {lab.status()['xruns']} xruns")


def select(lab: Lab) -> float:
    lab.pedal("preset", lab.random.choice(["Crunch", "Clean edge", "Two amps", "Stack"]), check=False)
    return 0.0


def step(lab: Lab) -> float:
    lab.pedal("preset", lab.random.choice(["next", "previous"]), check=False)
    return 0.0


def bypass(lab: Lab) -> float:
    lab.pedal("bypass", "toggle", check=False)
    return 0.0


def turn(lab: Lab) -> float:
    target = lab.random.choice(["amp.drive_db", "tone.treble_db", "tone.bass_db", "tone.mid_db"])
    lab.pedal("set", target, f"{lab.random.uniform(-12.0, 12.0):.1f}", check=False)
    return 0.0


def width(lab: Lab) -> float:
    lab.pedal("width", lab.random.choice(["full", "lite", "auto"]), check=False)
    return 0.0


def switch_block(lab: Lab) -> float:
    blocks = [block["id"] for block in lab.status().get("blocks", []) if block["kind"] in ("tone", "cab")]
    if blocks:
        lab.pedal("block", lab.random.choice(blocks), lab.random.choice(["on", "off"]), check=False)
    return 0.0


def wrong(lab: Lab) -> float:
    name = lab.random.choice(["", "no such preset", "../../etc/passwd", "\x1b[2J", "x" * 300])
    lab.pedal("preset", name, check=False)
    return 0.0


def kill_panel(lab: Lab) -> float:
    lab.kill("panel")
    lab.until(lab.status, "the panel is back")
    lab.wait(APART_S)
    return 0.0


def kill_builder(lab: Lab) -> float:
    lab.kill("builder")
    return 0.0


def kill_audio(lab: Lab) -> float:
    lab.kill("audio")
    lab.wait(APART_S)
    return DEATH_S


def jump(lab: Lab) -> float:
    seconds = lab.random.uniform(-86400.0, 86400.0)
    time.clock_settime(time.CLOCK_REALTIME, time.time() + seconds)
    return 0.0


def rest(lab: Lab) -> float:
    lab.wait(lab.random.uniform(0.0, 5.0))
    return 0.0
