"""Looper: behind every preset, and in none. Read through ``pedal.params``."""

from __future__ import annotations

from pedal.params.param import block, gain

LOOPER = block(
    "looper",
    "Looper",
    gain("level_db", -40, 6, 0, "Level"),
    implicit=True,
    outside=True,
    bypass="own",
    widens=True,
    about="Records what is played, plays it round and round, and takes in more. Behind every preset and in none: a "
    "loop goes on when the preset changes. Only on boards with a `[looper]`; `docs/looper.md`.",
)
