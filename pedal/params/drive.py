"""Overdrive. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, gain, hertz

DRIVE = block(
    "drive",
    "Drive",
    gain("drive_db", 0, 36, 16, "Drive"),
    hertz("tight_hz", 20, 1000, 200, "Tight"),
    hertz("tone_hz", 500, 12000, 3500, "Tone"),
    gain("level_db", -24, 24, 0, "Level"),
    about="A soft overdrive: Tight takes bass out before it, Tone treble behind it. Drive keeps the loudness.",
)
