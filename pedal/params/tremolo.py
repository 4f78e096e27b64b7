"""Tremolo. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, choice, hertz, share
from pedal.params.tempo import DIVISIONS, tempo

TREMOLO = block(
    "tremolo",
    "Tremolo",
    hertz("rate_hz", 0.2, 12.0, 4.0, "Rate"),
    choice("division", DIVISIONS, "Note"),
    tempo(),
    share("depth", 0.6, "Depth"),
    share("shape", 0.2, "Shape"),
    share("spread", 0.0, "Spread"),
    widens=True,
    about="The level goes up and down. Shape makes it choppy, Spread lets the sides take turns. Note follows the "
    "tempo, free is Rate.",
)
