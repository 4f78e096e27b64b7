"""What a cabinet is built from: its responses, whole and with fewer taps, as the kernel wants them.

Called by the compiler (``rig/compile.py``) in the builder. A cabinet gives way by playing a half or a quarter of its
taps: a loudspeaker has said nearly everything by then. Whatever is cut ends in a half cosine, and is brought to the
loudness of the whole: the mean power gain over the octaves in which a guitar sounds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pedal.jit.vectors import GROUP
from pedal.layout import MAX_SIZES

#: Below this nothing is saved that matters, and a loudspeaker's bass is cut short.
LEAST_TAPS = 256
#: A response that is cut ends in a half cosine over this part of it.
FADE_SHARE = 0.125
#: A size is brought to the loudness of the whole by so much at most.
MOST_TRIM_DB = 0.5
BAND_HZ = (80.0, 5000.0)
_FFT_FRAMES = 1 << 15  # more than any response has


def sizes_of(taps: int) -> tuple[int, ...]:
    """Numbers of taps that a response of ``taps`` may be played with, fewest first: a quarter, a half, all of them."""
    shorter = (taps // part // GROUP * GROUP for part in (4, 2))
    return (*(size for size in shorter if size >= LEAST_TAPS), taps)[-MAX_SIZES:]


def two_sets(impulses: Sequence[NDArray[np.float32]], most: int) -> NDArray[np.float32]:
    """One or two responses as the kernel wants them: cut to ``most`` taps, reversed, filled up to whole groups."""
    cut = [_cut(impulse, most) for impulse in impulses]
    size = -(-max(impulse.size for impulse in cut) // GROUP) * GROUP
    sets = [np.pad(impulse[::-1], (size - impulse.size, 0)) for impulse in (cut[0], cut[-1])]
    return np.concatenate(sets).astype(np.float32)


def all_sets(
    impulses: Sequence[NDArray[np.float32]], most: int, rate_hz: int
) -> tuple[NDArray[np.float32], tuple[int, ...]]:
    """The first response in every size, fewest taps first and each as loud as the last; then the second likewise.

    Returns:
        The taps, and the sizes.
    """
    whole = two_sets(impulses, most)
    sizes, wanted, sets = sizes_of(whole.size // 2), _power_gain(whole, rate_hz), list[NDArray[np.float32]]()
    for size in sizes[:-1]:
        short = two_sets([one[::-1] for one in np.split(whole, 2)], size)
        sets.append(short * trim_gain(_power_gain(short, rate_hz), wanted))
    pairs = [np.split(both, 2) for both in (*sets, whole)]
    return np.concatenate([pair[which] for which in (0, 1) for pair in pairs]), sizes


def trim_gain(found: float, wanted: float) -> np.float32:
    """What brings the power ``found`` to ``wanted``, within ``MOST_TRIM_DB``."""
    most = 10.0 ** (MOST_TRIM_DB / 20.0)
    return np.float32(np.clip(np.sqrt(wanted / found), 1.0 / most, most) if found > 0.0 else 1.0)


def _power_gain(sets: NDArray[np.float32], rate_hz: int) -> float:
    """Of both responses together: the mean of ``|H(f)|^2`` over ``BAND_HZ``, each octave weighted alike."""
    frequencies_hz = np.fft.rfftfreq(_FFT_FRAMES, 1.0 / rate_hz)
    band = (frequencies_hz >= BAND_HZ[0]) & (frequencies_hz <= BAND_HZ[1])
    spectra = np.fft.rfft(np.stack(np.split(sets.astype(np.float64), 2)), _FFT_FRAMES)[:, band]
    weights = 1.0 / frequencies_hz[band]
    return float(np.sum(np.abs(spectra) ** 2 * weights) / np.sum(weights))


def _cut(impulse: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    if impulse.size <= most:
        return impulse
    fade = max(1, int(most * FADE_SHARE))
    cut = impulse[:most].copy()
    cut[-fade:] *= (0.5 + 0.5 * np.cos(np.pi * (np.arange(fade) + 1) / (fade + 1))).astype(np.float32)
    return cut
