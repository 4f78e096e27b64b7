"""Reverb. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, choice, hertz, seconds, share

FLAVOURS = ("room", "plate", "hall", "spring")
MOST_PRE_DELAY_S = 0.2
LEAST_SIZE, MOST_SIZE = 0.5, 1.5

REVERB = block(
    "reverb",
    "Reverb",
    choice("flavour", FLAVOURS, "Flavour", builds=True),
    seconds("decay_s", 0.2, 20.0, 1.5, "Decay"),
    share("mix", 0.2, "Mix"),
    share("damping", 0.5, "Damping"),
    seconds("pre_delay_s", 0.0, MOST_PRE_DELAY_S, 0.01, "Pre-delay"),
    share("size", 1.0, "Size", low=LEAST_SIZE, high=MOST_SIZE),
    hertz("low_cut_hz", 20.0, 500.0, 90.0, "Low cut"),
    share("modulation", 0.3, "Modulation"),
    bypass="tail",
    widens=True,
    about="Room, plate, hall or spring. Decay is the time to -60 dB; Damping takes the treble sooner.",
)
