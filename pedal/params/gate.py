"""Noise gate. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, gain, seconds

GATE = block(
    "gate",
    "Gate",
    gain("threshold_db", -100, 0, -70, "Threshold"),
    seconds("hold_s", 0.0, 1.0, 0.05, "Hold"),
    seconds("release_s", 0.005, 2.0, 0.12, "Release"),
    gain("hysteresis_db", 0, 24, 6, "Hysteresis"),
    gain("range_db", -120, 0, -90, "Range"),
    meter="gain_reduction_db",
    about="Silences hum and hiss between notes. It listens to the guitar and works behind the last amp.",
)
