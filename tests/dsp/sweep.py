"""The sound of a knob that is turned: a sine through a block while one parameter goes from end to end.

What the sweep itself explains: bands around 440 Hz and around every overtone that the block adds to a steady
440 Hz at some place of the knob. All other energy is the knob's.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pedal.params import KINDS, Param
from tests.dsp.rows import RATE_HZ, Exact, Floats, Row
from tests.dsp.settings import LEVELS, audible, channels_of

SINE_HZ, LEVEL = 440.0, 0.25
PERIOD_FRAMES = 64
SWEEP_S, SETTLE_S, AFTER_S = 0.1, 0.6, 0.3
#: Half the width of an explained band: the sweep is over in a tenth of a second.
BAND_HZ = 200.0
#: An overtone louder than this (dBFS) at some place of the knob is the block's.
OVERTONE_DB = -95.0
PLACES = 7


def sine(seconds: float, level: float = LEVEL) -> Floats:
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (level * np.sin(2 * np.pi * SINE_HZ * t)).astype(np.float32)


def at_turn(param: Param, turn: float) -> float:
    """The value at ``turn``, 0 to 1, as its knob goes."""
    way = param.high - param.low
    value = param.low * (param.high / param.low) ** turn if param.taper == "log" else param.low + way * turn
    return param.checked(min(param.high, max(param.low, value)), param.name)


def swept(row: Row, param: Param, up: bool) -> Floats:
    """All channels; the sweep begins at ``SETTLE_S``."""
    x = sine(SETTLE_S + SWEEP_S + AFTER_S, LEVELS.get(row.kind, LEVEL))
    first, last = int(SETTLE_S * RATE_HZ), int((SETTLE_S + SWEEP_S) * RATE_HZ)
    out = []
    for start in range(0, len(x), PERIOD_FRAMES):
        turn = min(1.0, max(0.0, (start - first) / (last - first)))
        row.turn(param.name, at_turn(param, turn if up else 1.0 - turn))
        piece = x[start : start + PERIOD_FRAMES]
        out.append(row.play(np.stack([piece] * row.channels, axis=1), piece))
    return np.concatenate(out)


def spectrum(y: Floats) -> tuple[Exact, Exact]:
    """Frequencies, and power per bin such that a sine of peak 1 adds up to 1."""
    n = len(y)
    k = 2 * np.pi * np.arange(n) / n
    window = 0.35875 - 0.48829 * np.cos(k) + 0.14128 * np.cos(2 * k) - 0.01168 * np.cos(3 * k)
    power = np.abs(np.fft.rfft(y.astype(np.float64) * window)) ** 2
    return np.fft.rfftfreq(n, 1 / RATE_HZ), 4 * power / (n * np.sum(window**2))


def explained(kind: str, param: Param) -> NDArray[np.int64]:
    """Numbers of the overtones that the block makes of a steady sine, somewhere on the knob."""
    found = {1}
    for place in range(PLACES):
        row, channels = audible(kind), channels_of(kind)
        row.turn(param.name, at_turn(param, place / (PLACES - 1)))
        piece = sine(SETTLE_S + 0.5, LEVELS.get(kind, LEVEL))
        y = row.play_all(np.stack([piece] * channels, axis=1), (PERIOD_FRAMES,), piece)[int(SETTLE_S * RATE_HZ) :]
        for channel in range(channels):
            hz, power = spectrum(y[:, channel])
            for number in range(2, int(RATE_HZ / 2 / SINE_HZ) + 1):
                near = np.abs(hz - number * SINE_HZ) < 10.0
                if 10 * math.log10(power[near].sum() + 1e-30) > OVERTONE_DB:
                    found.add(number)
    return np.array(sorted(found))


def zipper_db(kind: str, name: str) -> float:
    """Energy that nothing explains, the worse of up and down.

    In dB below full scale, or below the loudest sample where that is louder: nothing louder leaves the pedal.
    """
    param = KINDS[kind].params[KINDS[kind].index(name)]
    numbers = explained(kind, param)
    worst = -math.inf
    for up in (True, False):
        y = swept(audible(kind), param, up)
        y = y[int((SETTLE_S - 0.2) * RATE_HZ) : int((SETTLE_S + SWEEP_S + 0.2) * RATE_HZ)]
        for channel in range(y.shape[1]):
            hz, power = spectrum(y[:, channel])
            near = (np.abs(hz[:, None] - numbers[None, :] * SINE_HZ) < BAND_HZ).any(axis=1) | (hz < SINE_HZ)
            loudest = max(1.0, float(np.abs(y[:, channel]).max()))
            worst = max(worst, 10 * math.log10(power[~near].sum() / loudest**2 + 1e-30))
    return worst
