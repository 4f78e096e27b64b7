"""Vibrato. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import Param, block, hertz

VIBRATO = block(
    "vibrato",
    "Vibrato",
    hertz("rate_hz", 1.0, 10.0, 5.0, "Rate"),
    Param("depth_cents", "cents", 0.0, 60.0, 20.0, "Depth", step=1.0),
    bypass="tail",
    about="The pitch goes up and down.",
)
