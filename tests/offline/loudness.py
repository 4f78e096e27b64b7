"""Loudness as listeners measure it: ITU-R BS.1770-4, K-weighted and gated, at 48 kHz."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48000
#: The recommendation's two sections: a head's shelf, and a high-pass.
SHELF = ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585])
HIGH_PASS = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])


def loudness_db(y: NDArray[np.float32]) -> float:
    """Integrated loudness (LUFS) of ``(frames, 2)``."""
    spectrum, z = np.fft.rfft(y, axis=0), np.exp(-2j * np.pi * np.fft.rfftfreq(len(y)))
    for above, below in (SHELF, HIGH_PASS):
        spectrum *= (np.polyval(above[::-1], z) / np.polyval(below[::-1], z))[:, None]
    weighted = np.fft.irfft(spectrum, len(y), axis=0)
    block, step = int(0.4 * RATE_HZ), int(0.1 * RATE_HZ)
    summed = np.concatenate([[0.0], np.cumsum((weighted**2).sum(axis=1))])
    starts = np.arange(0, len(y) - block, step)
    power = (summed[starts + block] - summed[starts]) / block
    heard = power[power > 10 ** ((-70 + 0.691) / 10)]
    gated = heard[heard > 0.1 * heard.mean()]
    return -0.691 + 10 * math.log10(gated.mean())
