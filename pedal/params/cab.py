"""Cabinet: impulse responses. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import Option, block, gain, hertz, share

CAB = block(
    "cab",
    "Cab",
    gain("level_db", -40, 24, 0, "Level"),
    hertz("low_cut_hz", 20, 500, 20, "Low cut"),
    hertz("high_cut_hz", 2000, 20000, 20000, "High cut"),
    share("mix", 0.5, "Mix"),
    share("width", 0.0, "Width"),
    asset="impulse",
    bypass="tail",
    about="A loudspeaker: an impulse response, without delay. With a second one, Mix goes from the first to the "
    "second, and Width puts the first to the left and the second to the right.",
    options=(
        Option("impulse_b", "", "a second impulse response; stereo then", asset=True, widens=True),
        Option("taps", 2048, "how much of it is played; every tap costs", low=16, high=8192),
    ),
)
