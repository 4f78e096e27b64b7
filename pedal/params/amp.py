"""Amp: a model and its levels. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import Option, block, gain

AMP = block(
    "amp",
    "Amp",
    gain("drive_db", -24, 24, 0, "Drive"),
    gain("level_db", -40, 24, 0, "Level"),
    asset="model",
    bypass="own",
    about="A Neural Amp Modeler capture. Models are brought to the same loudness.",
    options=(
        Option(
            "stereo",
            "sum",
            "behind a stereo block: hear the sum, or play twice, for twice the cost",
            words=("sum", "twice"),
        ),
    ),
)
