"""How the pedal is connected: behind every preset, and in none. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, decibels, gain, switch

MASTER = block(
    "master",
    "Connection",
    switch("cabs", "Cabinets", default=True),
    gain("level_db", -40, 0, 0, "Level"),
    gain("cap_db", -40, 0, 0, "Cap"),
    switch("mono", "Mono"),
    decibels("bass_db", -12, 12, 0, "Bass"),
    decibels("mid_db", -12, 12, 0, "Mid"),
    decibels("treble_db", -12, 12, 0, "Treble"),
    implicit=True,
    outside=True,
    bypass="own",
    about="What is behind the pedal: an amp's input, its effects return, full-range speakers, headphones. Not kept in "
    "presets: `pedal output` sets it, for all of them.",
)
