"""Compressor. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import Param, block, decibels, gain, seconds, share

COMP = block(
    "comp",
    "Compressor",
    decibels("threshold_db", -60, 0, -28, "Threshold"),
    Param("ratio", "", 1.0, 20.0, 4.0, "Ratio", step=0.1, taper="log"),
    decibels("knee_db", 0, 24, 8, "Knee"),
    seconds("attack_s", 0.0002, 0.1, 0.008, "Attack"),
    seconds("release_s", 0.02, 2.0, 0.2, "Release"),
    gain("makeup_db", 0, 24, 4, "Make-up"),
    share("blend", 1.0, "Blend"),
    meter="gain_reduction_db",
    about="Evens out loud and soft notes; the blend keeps the pick in front of the squeeze.",
)
