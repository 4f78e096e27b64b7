"""Cabinet: an impulse response. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, gain

CAB = block(
    "cab",
    "Cab",
    gain("level_db", -40, 24, 0, "Level"),
    asset="impulse",
    bypass="tail",
    about="A loudspeaker: an impulse response, without delay.",
)
