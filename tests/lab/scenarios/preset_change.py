"""Preset change: no gap, click or hole; and a twin, on an amp that never played, sounds the same."""

from __future__ import annotations

import os

import numpy as np

from pedal.panel import protocol
from pedal.paths import factory_dir
from tests.lab.cable import RATE_HZ
from tests.lab.ear import envelope, longest_silence_frames, roughness, unrest
from tests.lab.guitar import tone
from tests.lab.lab import STATE, Lab
from tests.lab.priced import call
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "a new rig starts with cold amps",
    "pedal/panel/builder.py",
    "        prewarm(link.arena, job.slot, notes, frozenset(live), layout.BUILDER_BUS_F32, past_frames)\n",
    "",
)
MODEL = "starter-crunch.nam"


def scenario(lab: Lab) -> None:
    _write_twin()
    lab.boot()
    lab.guitar(tone())
    lab.wait(1.0)
    before = lab.listen(0.5)
    start = lab.cable.frame
    _play(lab, "Twin")
    lab.wait(1.0)
    sound = lab.heard(start)
    assert unrest(before) < 1e-3, "a pedal at rest does not repeat with the tone"
    assert unrest(sound) < 1e-3, f"a twin that is not the same: {unrest(sound):.4f} of the peak"
    start = lab.cable.frame
    _play(lab, "Clean edge")
    lab.wait(1.0)
    sound = lab.heard(start)
    after = lab.listen(0.5)
    assert unrest(after) < 1e-3, "a pedal at rest does not repeat with the tone"
    assert longest_silence_frames(sound) <= 1, f"a gap of {longest_silence_frames(sound)} frames"
    quieter = min(np.min(envelope(before)), np.min(envelope(after)))
    assert np.min(envelope(sound)) > 0.7 * quieter, f"a hole: {np.min(envelope(sound)):.4f} beside {quieter:.4f}"
    louder = max(roughness(before), roughness(after))
    assert roughness(sound) < 1.5 * louder, f"a click: {roughness(sound):.4f} beside {louder:.4f}"
    lab.note(
        f"{len(sound) / RATE_HZ:.1f} s heard, quietest {np.min(envelope(sound)) / quieter:.2f} of the quieter preset"
    )


def _play(lab: Lab, name: str) -> None:
    call(lab, protocol.SelectPreset(name=name))
    lab.until(lambda: lab.status().get("preset") == name, f"{name} plays")


def _write_twin() -> None:
    """The first preset once more, on a copy of its model: other bytes, so another amp, that sounds the same."""
    owner, shipped = os.stat(STATE), factory_dir("models")
    preset = (shipped / "presets" / "01-crunch.toml").read_text()
    preset = preset.replace('name = "Crunch"', 'name = "Twin"').replace(MODEL, "twin.nam")
    files = {"models/twin.nam": (shipped / MODEL).read_bytes() + b"\n", "presets/90-twin.toml": preset.encode()}
    for name, data in files.items():
        path = STATE / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        for made in (path.parent, path):
            os.chown(made, owner.st_uid, owner.st_gid)
