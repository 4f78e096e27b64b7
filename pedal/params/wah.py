"""Wah. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, choice, gain, share

WAH = block(
    "wah",
    "Wah",
    choice("mode", ("pedal", "touch"), "Mode"),
    share("position", 0.5, "Position"),
    gain("sensitivity_db", -20.0, 30.0, 10.0, "Sensitivity"),
    share("resonance", 0.6, "Resonance"),
    share("mix", 1.0, "Mix"),
    about="A peak that sweeps from 350 Hz (heel) to 2.2 kHz (toe): under a foot, if a knob of the board turns "
    "`position`; or, in `touch` mode, with how hard you play, from `position` upwards.",
)
