"""DC blocker: no knobs. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block

DC = block(
    "dc", "DC blocker", implicit=True, bypass="own", about="Takes out what is no sound. In every chain, without knobs."
)
