"""Storm: factory presets in any order (--seed, --minutes) on a virtual Pi 4: no gap, no blast, no overrun."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pedal.library.presets import PresetStore
from pedal.panel import protocol
from tests.lab.cable import RATE_HZ
from tests.lab.ear import envelope
from tests.lab.guitar import tone
from tests.lab.lab import Lab
from tests.lab.priced import call, set_prices
from tests.lab.scenario import Breakage

LIMIT_S = 7200.0
BREAKAGE = Breakage(
    "what goes on keeps the knobs of the preset before",
    "pedal/rig/place.py",
    "goes_on=kept is not None",
    "goes_on=False",
)
#: Of the guitar: how long a preset is listened to, until its sweeps have been round, and how long its echoes are.
SETTLE_S, ROUND_S, TAIL_S = 1.0, 3.0, 2.0
WINDOW_FRAMES = RATE_HZ // 200
#: What may be louder than both presets, and what is called a gap where both sound.
LOUDER, GAP = 10 ** (1 / 20), 10 ** (-20 / 20)


@dataclass(frozen=True)
class Heard:
    """A preset at rest under the tone, in windows of 5 ms: its loudest, its quietest, and what rings on behind it."""

    loudest: float
    quietest: float
    tail: NDArray[np.float32]

    def rings(self, since_frames: int, windows: int) -> NDArray[np.float32]:
        """At most so loud rings what was left ``since_frames`` ago, for so many windows."""
        first = max(0, since_frames // WINDOW_FRAMES - 1)
        return self.tail[np.minimum(np.arange(first, first + windows), len(self.tail) - 1)]


def scenario(lab: Lab) -> None:
    set_prices(lab, "pi-4")
    lab.boot()
    keys = [entry.key for entry in PresetStore.default().entries()]
    known = {key: listen_to(lab, key) for key in keys}
    now, left = keys[-1], {}
    before = lab.status()
    lab.guitar(tone())
    lab.wait(SETTLE_S)
    end_s, count, closest_db, quietest = time.monotonic() + 60.0 * lab.minutes, 0, -99.0, 99.0
    while time.monotonic() < end_s:
        old, now = now, lab.random.choice([key for key in keys if key != now])
        start = lab.cable.frame // WINDOW_FRAMES * WINDOW_FRAMES
        lab.event("switch", [count, old, now, start])
        choose(lab, now)
        lab.wait(lab.random.uniform(0.02, 0.5))
        sound = envelope(lab.heard(start), WINDOW_FRAMES)
        both = known[old], known[now]
        bound = np.full(len(sound), LOUDER * max(preset.loudest for preset in both))
        left[old] = start
        for key, since in left.items():
            bound += known[key].rings(start - since, len(sound))
        above = sound / bound
        worst = int(np.argmax(above))
        if above[worst] > 1.0:  # for whoever has to find out why
            np.savez(lab.out / "too-loud.npz", sound=lab.heard(start - 2 * RATE_HZ), bound=bound)
            (lab.out / "too-loud.json").write_text(json.dumps(lab.status(), indent=1))
        closest_db = max(closest_db, 20 * float(np.log10(above[worst])))
        assert above[worst] <= 1.0, f"switch {count}, {old} to {now}: {sound[worst]:.3f}, not {bound[worst]:.3f}"
        softer = float(np.min(sound)) / min(preset.quietest for preset in both)
        quietest = min(quietest, softer)
        assert softer > GAP, f"switch {count}, {old} to {now}: a gap, {20 * np.log10(softer + 1e-9):.1f} dB"
        count += 1
    status = lab.status()
    troubles = {name: status[name] - before[name] for name in ("overruns", "xruns")}
    assert not any(troubles.values()), troubles
    lab.note(
        f"{count} switches; {closest_db:.1f} dB of what is allowed, {20 * np.log10(quietest):.1f} dB at the softest"
    )


def listen_to(lab: Lab, key: str) -> Heard:
    """How a preset sounds when it is left alone."""
    choose(lab, key)
    lab.guitar(tone())
    lab.wait(SETTLE_S)
    sound = envelope(lab.listen(ROUND_S), WINDOW_FRAMES)
    start = lab.guitar(np.zeros(RATE_HZ // 100, np.float32))
    lab.wait(0.1)
    silent = start + RATE_HZ // 20  # the cable's own buffers still held some tone
    tail = envelope(lab.listen(TAIL_S), WINDOW_FRAMES) if lab.cable.frame > silent else sound
    tail = np.maximum.accumulate(tail[::-1])[::-1]
    lab.event("listened", [key, float(sound.max()), float(sound.min()), float(tail[0]), float(tail[-1])])
    return Heard(float(sound.max()), float(sound.min()), tail)


def choose(lab: Lab, key: str) -> None:
    """Go to a preset; back when it plays."""
    call(lab, protocol.SelectPreset(name=key))
    lab.until(lambda: lab.status().get("preset_key") == key and lab.status()["blocks"], f"{key} plays")
