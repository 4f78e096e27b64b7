"""Clean boost: level and nothing else. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, gain

BOOST = block("boost", "Boost", gain("gain_db", -12, 24, 6, "Gain"), about="Louder, and nothing else.")
