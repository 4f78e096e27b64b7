"""Chorus. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, hertz, share

CHORUS = block(
    "chorus",
    "Chorus",
    hertz("rate_hz", 0.05, 5.0, 0.8, "Rate"),
    share("depth", 0.5, "Depth"),
    share("mix", 0.5, "Mix"),
    widens=True,
    bypass="tail",
    about="Each side hears itself twice more, a little late and a little out of tune.",
)
