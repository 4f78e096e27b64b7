"""Output: level, ceiling, mute. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, gain, switch

OUTPUT = block(
    "output",
    "Output",
    gain("level_db", -60, 12, 0, "Level"),
    gain("ceiling_db", -12, 0, -1, "Ceiling"),
    switch("mute", "Mute"),
    implicit=True,
    bypass="own",
    about="Level of the preset, a limiter that only saves ears, mute. Last in every preset.",
)
