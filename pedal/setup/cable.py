"""A cable from the output to the input: how long the way is, and how much noise comes back. Pure.

Used by ``pedal setup``. The signal is a maximum-length sequence: noise to the ear, and it matches itself at one shift
only, so the delay is where the correlation of what was sent with what came back has its peak, at any level and either
polarity (Golomb, Shift Register Sequences, 1967).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pedal.units import db_from_gain

#: Of the shift register: 2**14 - 1 frames, a third of a second at 48 kHz.
BITS = 14
#: x^14 + x^13 + x^12 + x^2 + 1, primitive.
_TAPS = (14, 13, 12, 2)
#: Of the sequence: soft enough for whatever is really at the output.
SENT_GAIN = 0.1
#: Silence before it, in which the noise is measured, and after it, in which it may come back.
BEFORE_S, AFTER_S = 1.0, 0.7
#: The start of the silence is not measured: a card that has just been opened may settle.
SETTLE_S = 0.3
#: The peak must stand out so far from all else; noise alone reaches about 5 times its deviation.
CLEAR = 12.0
#: Nobody could play through a longer way.
MOST_S = 0.5


@dataclass(frozen=True, slots=True)
class Loop:
    """What came back.

    Attributes:
        frames: of the way from the output to the input; None if nothing came.
        gain_db: by how much the way is louder than 0 dB; 0 without a way.
        inverted: whether it came back upside down.
        noise_db, noise_peak_db: of the silence, in dBFS: RMS and highest sample.
    """

    frames: int | None
    gain_db: float
    inverted: bool
    noise_db: float
    noise_peak_db: float


def sequence(bits: int = BITS) -> NDArray[np.float32]:
    """The maximum-length sequence, float32 ``(2**bits - 1,)`` of 1 and -1. Only ``BITS`` is known to be primitive."""
    register = [1] * bits
    out = np.empty(2**bits - 1, np.float32)
    for index in range(len(out)):
        out[index] = 1.0 - 2.0 * register[-1]
        feedback = 0
        for tap in _TAPS:
            feedback ^= register[tap - 1]
        register = [feedback, *register[:-1]]
    return out


def signal_to_send(rate_hz: int) -> NDArray[np.float32]:
    """Silence, the sequence, silence: float32 ``(frames,)``."""
    before, after = (np.zeros(round(s * rate_hz), np.float32) for s in (BEFORE_S, AFTER_S))
    return np.concatenate([before, SENT_GAIN * sequence(), after])


def judge_loop(heard: NDArray[np.float32], rate_hz: int) -> Loop:
    """What became of ``signal_to_send``.

    Args:
        heard: float ``(frames,)``, counted from the first frame that was sent; the same length or longer.
        rate_hz: of both.
    """
    before = round(BEFORE_S * rate_hz)
    silence = heard[round(SETTLE_S * rate_hz) : before].astype(np.float64)
    silence = silence - silence.mean() if len(silence) else np.zeros(1)
    sent = sequence().astype(np.float64)
    back = heard[before:].astype(np.float64)
    found = _correlate(back, sent)[: round(MOST_S * rate_hz)] / len(sent)
    at = int(np.argmax(np.abs(found))) if len(found) else 0
    rest = np.delete(found, np.arange(max(0, at - 64), min(len(found), at + 64)))  # a converter's filter rings
    clear = len(rest) > 0 and abs(found[at]) > CLEAR * max(float(rest.std()), 1e-9)
    return Loop(
        frames=at if clear else None,
        gain_db=db_from_gain(abs(float(found[at])) / SENT_GAIN) if clear else 0.0,
        inverted=bool(clear and found[at] < 0.0),
        noise_db=db_from_gain(float(np.sqrt(np.mean(silence**2)))),
        noise_peak_db=db_from_gain(float(np.abs(silence).max())),
    )


def _correlate(heard: NDArray[np.float64], sent: NDArray[np.float64]) -> NDArray[np.float64]:
    """``sum(heard[k + n] * sent[n])`` for every shift ``k`` at which all of ``sent`` fits; empty if none does."""
    shifts = len(heard) - len(sent) + 1
    if shifts <= 0:
        return np.zeros(0)
    size = 1 << (len(heard) + len(sent)).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sent, size))
    result: NDArray[np.float64] = np.fft.irfft(spectrum, size)[:shifts]
    return result
