"""Panel killed: no frame is lost. Audio killed, then both: the same sound is back within two seconds."""

from __future__ import annotations

import numpy as np

from tests.lab.cable import RATE_HZ
from tests.lab.ear import envelope, longest_silence_frames, unrest
from tests.lab.guitar import tone
from tests.lab.lab import Lab
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "a dead child is not started again",
    "pedal/system/supervise.py",
    "            post.look_after()\n",
    "",
)
BACK_S = 2.0


def scenario(lab: Lab) -> None:
    lab.boot()
    lab.pedal("set", "amp.drive_db", "3")
    lab.guitar(tone())
    lab.wait(1.0)
    before = lab.listen(0.5)

    start = lab.cable.frame
    lab.kill("panel")
    lab.until(lambda: not lab.status(), "the panel is gone", 1.0)
    lab.until(lab.status, "the panel is back")
    lab.wait(0.5)
    assert unrest(lab.heard(start)) < 1e-3, "the sound was touched when the panel died or came back"

    for victims in (["audio"], ["audio", "panel"]):
        start = lab.cable.frame
        for victim in victims:
            lab.kill(victim)
        lab.wait(BACK_S)
        after = lab.listen(0.5)
        gap_s = longest_silence_frames(lab.heard(start)) / RATE_HZ
        assert np.any(after), f"no sound {BACK_S} s after the death of {' and '.join(victims)}"
        assert unrest(after) < 1e-3
        change = np.max(envelope(after)) / np.max(envelope(before))
        assert 0.99 < change < 1.01, f"another sound came back: {change:.3f} times as loud"
        lab.note(f"{'+'.join(victims)} killed: silent for {gap_s:.2f} s")
        lab.until(lab.status, "the panel is there")
    assert lab.status()["overruns"] == 0
