"""Five-band parametric EQ: a shelf at either end, three peaks between. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import Param, block, decibels, gain, hertz


def _q(name: str, label: str) -> Param:
    return Param(name, "", 0.3, 8.0, 0.9, label, step=0.05, taper="log")


EQ = block(
    "eq",
    "EQ",
    hertz("low_hz", 40, 400, 100, "Low freq"),
    decibels("low_db", -18, 18, 0, "Low"),
    hertz("one_hz", 60, 2000, 250, "Band 1 freq"),
    decibels("one_db", -18, 18, 0, "Band 1"),
    _q("one_q", "Band 1 Q"),
    hertz("two_hz", 150, 6000, 800, "Band 2 freq"),
    decibels("two_db", -18, 18, 0, "Band 2"),
    _q("two_q", "Band 2 Q"),
    hertz("three_hz", 500, 12000, 2500, "Band 3 freq"),
    decibels("three_db", -18, 18, 0, "Band 3"),
    _q("three_q", "Band 3 Q"),
    hertz("high_hz", 1500, 12000, 5000, "High freq"),
    decibels("high_db", -18, 18, 0, "High"),
    gain("level_db", -18, 18, 0, "Level"),
    about="A shelf at either end and three bells between, each where you want it.",
)
