"""Reads impulse responses. Every file is hostile until this module returns.

Called by the builder and the offline tools; never by a thread that plays.

Level: the mean power gain over the octaves from 80 Hz to 5 kHz (every octave counts the same)
is made one, so that a cabinet changes the tone, not the loudness, however its file was cut.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from pedal.errors import ImpulseError
from pedal.files import load_bytes
from pedal.library.assets import ASSET_CAP_BYTES

#: 171 ms at 48 kHz: longer than any loudspeaker cabinet rings.
MAX_TAPS = 8192
#: A response that had to be cut ends in a half cosine over this part of it.
FADE_SHARE = 0.125
BAND_HZ = (80.0, 5000.0)
#: Nobody samples a loudspeaker slower or faster.
RATES_HZ = (8000, 384_000)
_FORMATS = ("WAV", "WAVEX", "RF64")
_SUBTYPES = ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")
_FFT_FRAMES = 4 * MAX_TAPS
#: An end with less than this part of the energy (-100 dB) is left out.
_TAIL_ENERGY = 1e-10
#: Below this a file is silence with noise in its last bits, not a response.
_MIN_PEAK = 1e-5


def load_impulse(path: Path, rate_hz: int) -> NDArray[np.float32]:
    """The impulse response in a WAV file.

    Returns:
        float32 ``(taps,)``, 1 to ``MAX_TAPS`` taps; two channels become their mean.

    Raises:
        ImpulseError: missing, not a WAV file, of no likely sample rate, silent, not finite.
    """
    return parse_impulse(load_bytes(path, ASSET_CAP_BYTES, ImpulseError), rate_hz, path.name)


def parse_impulse(data: bytes, rate_hz: int, where: str) -> NDArray[np.float32]:
    """The impulse response in the bytes of a WAV file, as ``load_impulse``; ``where`` is for messages.

    Raises:
        ImpulseError: not a WAV file, of no likely sample rate, silent, not finite.
    """
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            _check(file, where)
            most = (MAX_TAPS + 1) * file.samplerate // rate_hz + 1
            taps, file_hz = file.read(most, dtype="float64", always_2d=True), file.samplerate
    except soundfile.LibsndfileError as failure:
        raise ImpulseError("is not a WAV file", where=where, hint="Export it as WAV") from failure
    with np.errstate(all="ignore"):  # what is not finite, or no longer, is refused
        mono = resampled(taps.mean(axis=1), file_hz, rate_hz)
    return shape_impulse(mono, rate_hz, where)


def resampled(taps: NDArray[np.float64], from_hz: int, to_hz: int) -> NDArray[np.float64]:
    """The same response at another rate, beginning where it began.

    By the SoX resampler in its very high quality: linear phase, its own delay taken out.
    """
    if from_hz == to_hz or taps.size == 0 or not np.isfinite(taps).all():
        return taps
    result: NDArray[np.float64] = soxr.resample(taps, from_hz, to_hz, quality="VHQ")
    return result


def shape_impulse(taps: NDArray[np.float64], rate_hz: int, where: str = "") -> NDArray[np.float32]:
    """Taps cut to ``MAX_TAPS`` with a faded end, and brought to level.

    Args:
        taps: float64 ``(frames,)``.
        rate_hz: of the taps.
        where: for messages.

    Returns:
        float32 ``(taps,)``.

    Raises:
        ImpulseError: no taps, not finite, or silent where a guitar sounds.
    """
    if taps.size == 0:
        raise ImpulseError("holds no samples", where=where, hint="Export it again")
    if not np.isfinite(taps).all():
        raise ImpulseError("holds samples that are not numbers", where=where, hint="Export it again")
    peak = float(np.abs(taps).max())
    if peak < _MIN_PEAK:
        raise ImpulseError("is silent", where=where, hint="Choose another impulse response")
    taps = taps / peak  # so that nothing below can overflow
    if taps.size > MAX_TAPS:
        taps = taps[:MAX_TAPS].copy()
        fade = int(MAX_TAPS * FADE_SHARE)
        taps[-fade:] *= 0.5 + 0.5 * np.cos(np.pi * (np.arange(fade) + 1) / fade)
    power = mean_power_gain(taps, rate_hz)
    if power < _MIN_PEAK**2:
        raise ImpulseError("is silent where a guitar sounds", where=where, hint="Choose another impulse response")
    level: NDArray[np.float32] = (_without_tail(taps) / np.sqrt(power)).astype(np.float32)
    return level


def mean_power_gain(taps: NDArray[np.float64], rate_hz: int) -> float:
    """Mean of ``|H(f)|^2`` over ``BAND_HZ``, each octave weighted alike (what pink noise would gain)."""
    frequencies_hz = np.fft.rfftfreq(_FFT_FRAMES, 1.0 / rate_hz)
    band = (frequencies_hz >= BAND_HZ[0]) & (frequencies_hz <= BAND_HZ[1])
    response = np.fft.rfft(taps, _FFT_FRAMES)[band]
    weights = 1.0 / frequencies_hz[band]
    return float(np.sum(weights * np.abs(response) ** 2) / np.sum(weights))


def _without_tail(taps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Taps without an end that nobody hears: every tap costs the player's processor."""
    energy_behind = np.cumsum(taps[::-1] ** 2)[::-1]
    return taps[: max(1, int(np.count_nonzero(energy_behind > energy_behind[0] * _TAIL_ENERGY)))]


def _check(file: soundfile.SoundFile, where: str) -> None:
    if file.format not in _FORMATS or file.subtype not in _SUBTYPES:
        raise ImpulseError(f"is {file.format} {file.subtype}", where=where, hint="Export it as WAV, PCM or float")
    if file.channels > 2:
        raise ImpulseError(f"has {file.channels} channels", where=where, hint="Export it as mono or stereo")
    if not RATES_HZ[0] <= file.samplerate <= RATES_HZ[1]:
        raise ImpulseError(f"is sampled at {file.samplerate} Hz", where=where, hint="Export it at 48000 Hz")
