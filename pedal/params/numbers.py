"""The number of every kind of block, as rows have it. Pure numbers; a number is never used again.

The chain knows no more of the kinds than this: its dispatch is compiled from these names and numbers
(``rig/dispatch.py``), so that a changed block compiles nothing but itself.
"""

from __future__ import annotations

KIND_NUMBERS = {
    "input": 1,
    "gate": 2,
    "amp": 3,
    "tone": 4,
    "cab": 5,
    "dc": 6,
    "output": 7,
    "comp": 8,
    "boost": 9,
    "drive": 10,
    "eq": 11,
    "master": 12,
    "looper": 13,
    "delay": 20,
    "reverb": 21,
    "chorus": 22,
    "tremolo": 23,
    "phaser": 24,
    "flanger": 25,
    "vibrato": 26,
    "wah": 27,
}
