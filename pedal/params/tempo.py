"""Tempo: the two parameters of a block that follows the beat. Read by the tables of such blocks.

A block of the tempo has ``tempo_bpm``, which a tapped tempo sets, and ``division``, what part of a beat its time is;
``free`` is the time or rate that the block has without a tempo.
"""

from __future__ import annotations

from pedal.params.param import Param

TEMPO = "tempo_bpm"
SLOWEST_BPM, FASTEST_BPM = 30.0, 300.0

#: Words of ``division``, and how many beats (quarter notes) each lasts; a dot is half as much again, t a triplet.
DIVISIONS = ("free", "1/2", "1/4.", "1/4", "1/4t", "1/8.", "1/8", "1/8t", "1/16")
BEATS = (0.0, 2.0, 1.5, 1.0, 2.0 / 3.0, 0.75, 0.5, 1.0 / 3.0, 0.25)
#: The same for what sweeps, which takes longer: up to four bars of four beats.
SWEEPS = ("free", "4/1", "2/1", "1/1", "1/2", "1/4.", "1/4", "1/4t", "1/8")
SWEEP_BEATS = (0.0, 16.0, 8.0, 4.0, 2.0, 1.5, 1.0, 2.0 / 3.0, 0.5)


def tempo() -> Param:
    """Beats in a minute."""
    return Param(TEMPO, "bpm", SLOWEST_BPM, FASTEST_BPM, 120.0, "Tempo", step=0.1)
