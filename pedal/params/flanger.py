"""Flanger. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, choice, hertz, seconds, share
from pedal.params.tempo import SWEEPS, tempo

FLANGER = block(
    "flanger",
    "Flanger",
    hertz("rate_hz", 0.02, 5.0, 0.25, "Rate"),
    choice("division", SWEEPS, "Note"),
    tempo(),
    share("depth", 0.7, "Depth"),
    seconds("delay_s", 0.0003, 0.008, 0.001, "Delay"),
    share("feedback", 0.5, "Feedback", low=-0.9, high=0.9),
    share("mix", 0.5, "Mix"),
    widens=True,
    bypass="tail",
    about="A comb that sweeps through the sound, as from two tapes that do not quite run alike. Note follows the "
    "tempo, free is Rate.",
)
