"""Circuits of our own to be captured: what is in each, and how it plays a sound.

Called by ``models.train`` in the training process. A circuit is drawn in ``amps`` or ``pedals`` from ``parts``;
``play`` runs it at eight times the sample rate. None is a copy of a product, and no recording is involved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from models.train.circuits.parts import Recipe, chain

RATE_HZ = 48000
#: Kernels run this many times faster than the sound: what they make above the sound's band is filtered out, not folded.
OVERSAMPLING = 8
#: Volts at the circuit's input for full scale, and what a sine of that peak is in dBu (RMS over 0.7746 V).
INPUT_V = 1.5
INPUT_DBU = float(20.0 * np.log10(INPUT_V / np.sqrt(2.0) / 0.7746))
#: A circuit is switched on this long before it plays: capacitors find their voltages.
SETTLE_S = 1.5
#: Played at a time, so that a piece stays in the cache while it goes through the stages.
_PIECE_FRAMES = 8192

Sound = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Circuit:
    """One amplifier or pedal.

    Attributes:
        title: as players read it. gear, gear_type, tone_type: for the file (``gear_type`` and ``tone_type`` in the
            format's words).
        parts: from input to output.
        bass: played by a bass guitar too.
        seed: of the training run.
    """

    title: str
    gear: str
    gear_type: str
    tone_type: str
    parts: tuple[Recipe, ...]
    bass: bool = False
    seed: int = 1


def play(circuit: Circuit, x: Sound, on_progress: Callable[[int, int], None] | None = None) -> Sound:
    """What the circuit makes of ``x``.

    Args:
        circuit: what plays.
        x: ``(frames,)`` at ``RATE_HZ``, full scale is one.
        on_progress: called with frames done and frames there are.

    Returns:
        ``(frames,)``, in volts, not delayed: the resampler (linear phase, its band ends at 0.91 of half the rate)
        takes its own delay out.
    """
    fast_hz = RATE_HZ * OVERSAMPLING
    stage = chain(circuit.parts, fast_hz)
    settle = round(SETTLE_S * RATE_HZ) // _PIECE_FRAMES * _PIECE_FRAMES
    x = np.concatenate((np.zeros(settle), x))
    up = soxr.ResampleStream(RATE_HZ, fast_hz, 1, dtype="float64", quality="HQ")
    down = soxr.ResampleStream(fast_hz, RATE_HZ, 1, dtype="float64", quality="HQ")
    made = []
    for at in range(0, len(x), _PIECE_FRAMES):
        piece = x[at : at + _PIECE_FRAMES]
        last = at + _PIECE_FRAMES >= len(x)
        fast = INPUT_V * up.resample_chunk(piece, last=last)
        stage.play(fast)
        made.append(down.resample_chunk(fast, last=last))
        if on_progress is not None:
            on_progress(max(0, at + len(piece) - settle), len(x) - settle)
    y = np.concatenate(made)
    return y[settle : len(x)]
