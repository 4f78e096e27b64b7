"""Input: how loud the guitar comes in. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, gain

INPUT = block(
    "input",
    "Input",
    gain("trim_db", -24, 24, 0, "Trim"),
    implicit=True,
    bypass="own",
    about="How loud the guitar comes in. First in every chain.",
)
