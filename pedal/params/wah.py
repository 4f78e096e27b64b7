"""Wah. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, choice, decibels, share

WAH = block(
    "wah",
    "Wah",
    choice("mode", ("pedal", "touch"), "Mode"),
    share("position", 0.5, "Position"),
    decibels("sensitivity_db", -20.0, 30.0, 10.0, "Sensitivity"),
    share("resonance", 0.6, "Resonance"),
    share("mix", 1.0, "Mix"),
)
