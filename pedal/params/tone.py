"""Three-band tone stack. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, decibels

TONE = block(
    "tone",
    "Tone",
    decibels("bass_db", -15, 15, 0, "Bass"),
    decibels("mid_db", -15, 15, 0, "Mid"),
    decibels("treble_db", -15, 15, 0, "Treble"),
    about="Bass, mid and treble: shelves at 120 Hz and 2.8 kHz, a wide bell at 650 Hz.",
)
