"""Preset change: the next preset comes in without a gap, without a click, and never quieter than both."""

from __future__ import annotations

import numpy as np

from tests.lab.cable import RATE_HZ
from tests.lab.ear import envelope, longest_silence_frames, roughness, unrest
from tests.lab.guitar import tone
from tests.lab.lab import Lab
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "a new rig starts with cold amps",
    "pedal/panel/builder.py",
    "        prewarm(self._link.arena, job.slot, notes, frozenset(live), layout.BUILDER_BUS_F32, past_frames)\n",
    "",
)


def scenario(lab: Lab) -> None:
    lab.boot()
    lab.guitar(tone())
    lab.wait(1.0)
    before = lab.listen(0.5)
    key = lab.status()["preset_key"]
    start = lab.cable.frame
    lab.pedal("preset", "next")
    lab.until(lambda: lab.status().get("preset_key") != key, "the next preset plays")
    lab.wait(1.0)
    sound = lab.heard(start)
    after = lab.listen(0.5)
    assert unrest(before) < 1e-3 and unrest(after) < 1e-3, "a pedal at rest does not repeat with the tone"
    assert longest_silence_frames(sound) <= 1, f"a gap of {longest_silence_frames(sound)} frames"
    quieter = min(np.min(envelope(before)), np.min(envelope(after)))
    assert np.min(envelope(sound)) > 0.7 * quieter, f"a hole: {np.min(envelope(sound)):.4f} beside {quieter:.4f}"
    louder = max(roughness(before), roughness(after))
    assert roughness(sound) < 1.5 * louder, f"a click: {roughness(sound):.4f} beside {louder:.4f}"
    lab.note(
        f"{len(sound) / RATE_HZ:.1f} s heard, quietest {np.min(envelope(sound)) / quieter:.2f} of the quieter preset"
    )
