"""Delay. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, choice, hertz, seconds, share, switch
from pedal.params.tempo import DIVISIONS, tempo

#: The shortest and the longest delay.
LEAST_S, MOST_S = 0.02, 2.0

DELAY = block(
    "delay",
    "Delay",
    seconds("time_s", LEAST_S, MOST_S, 0.4, "Time"),
    choice("division", DIVISIONS, "Note"),
    tempo(),
    share("feedback", 0.35, "Feedback", high=0.95),
    share("mix", 0.3, "Mix"),
    hertz("low_cut_hz", 20.0, 1000.0, 100.0, "Low cut"),
    hertz("high_cut_hz", 500.0, 20000.0, 4500.0, "High cut"),
    switch("ping_pong", "Ping-pong"),
    hertz("mod_rate_hz", 0.05, 5.0, 0.6, "Mod rate"),
    share("mod_depth", 0.0, "Mod depth"),
    bypass="tail",
    widens=True,
    about="Echoes up to two seconds. Note follows the tempo, free is Time; a new time glides there like tape.",
)
