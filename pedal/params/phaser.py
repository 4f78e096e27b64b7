"""Phaser. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, choice, hertz, share
from pedal.params.tempo import SWEEPS, tempo

PHASER = block(
    "phaser",
    "Phaser",
    hertz("rate_hz", 0.02, 8.0, 0.4, "Rate"),
    choice("division", SWEEPS, "Note"),
    tempo(),
    share("depth", 0.7, "Depth"),
    hertz("centre_hz", 200.0, 3000.0, 800.0, "Centre"),
    share("feedback", 0.3, "Feedback", high=0.9),
    share("mix", 0.5, "Mix"),
    widens=True,
    about="Three notches that sweep through the sound. Note follows the tempo, free is Rate.",
)
