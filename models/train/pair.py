"""A recording of a real amp or pedal: what went in and what came out, checked, aligned and cut into what is learnt.

Called by ``models.train`` in the training process, with ``--pair``. Files come from outside: anything may be wrong with
them, and whoever made them should read what it is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from models.train.material import Labels, Material
from models.train.network import CONTEXT_FRAMES
from models.train.training import Pair
from pedal.errors import PedalError

RATE_HZ = 48000
SHORTEST_S, LONGEST_S = 20.0, 1200.0
#: Quieter than this (RMS) nothing was recorded.
_SILENCE_DB = -60.0
#: As many samples in a row at the same extreme are clipping, not music.
_CLIPPED_RUN = 4
#: A recording may begin this much earlier or later than what it is a recording of.
_MOST_DELAY_S = 2.0
#: The response's first part that counts, as a share of its peak; and how far before the peak it is looked for.
_ONSET_SHARE, _ONSET_FRAMES = 0.1, 64
#: A network cannot hear the future: better a sample late than early.
_SAFETY_FRAMES = 1
_MOST_DRIFT_FRAMES = 3
_PLAIN_LABELS = 200

Sound = NDArray[np.float64]


def load_pair(dry: Path, wet: Path, name: str, say: Callable[[str], None]) -> Material:
    """Two sound files as material for a capture called ``name``; ``say`` gets what there is to know.

    Raises:
        PedalError: they cannot be read, or cannot become a capture; and what to do.
    """
    if not name.strip() or len(name) > _PLAIN_LABELS or not name.isprintable() or "/" in name:
        raise PedalError("cannot be the capture's name", where=repr(name[:40]), hint="Choose a short plain one")
    return prepare(load_sound(dry), load_sound(wet), Labels(name=name.strip()), say)


def load_sound(path: Path) -> Sound:
    """A sound file as ``(frames,)`` at 48 kHz; several channels become their mean.

    Raises:
        PedalError: missing, no sound file, too long or too short, or with samples that are no numbers.
    """
    try:
        with soundfile.SoundFile(path) as file:
            length_s = file.frames / file.samplerate
            if not SHORTEST_S <= length_s <= LONGEST_S or file.channels > 8 or not 8000 <= file.samplerate <= 192000:
                raise PedalError(
                    f"{length_s:.0f} s, {file.channels} channels, {file.samplerate} Hz",
                    where=str(path),
                    hint=f"It wants {SHORTEST_S:.0f} to {LONGEST_S:.0f} s, three minutes are usual; 8 to 192 kHz",
                )
            sound = file.read(dtype="float64", always_2d=True).mean(axis=1)
            rate_hz = file.samplerate
    except (OSError, RuntimeError) as error:
        raise PedalError(f"cannot be read as sound ({error})", where=str(path), hint="WAV or FLAC will do") from error
    if not np.isfinite(sound).all():
        raise PedalError("has samples that are no numbers", where=str(path), hint="Export it again")
    return np.asarray(sound if rate_hz == RATE_HZ else soxr.resample(sound, rate_hz, RATE_HZ), dtype=np.float64)


def prepare(dry: Sound, wet: Sound, labels: Labels, say: Callable[[str], None]) -> Material:
    """Check, align and cut a pair ``(frames,)`` at 48 kHz. The last seventh is never learnt from.

    Raises:
        PedalError: silence, clipping, or the two have nothing to do with each other.
    """
    for sound, which in ((dry, "dry"), (wet, "wet")):
        level_db = 20.0 * np.log10(max(1e-12, float(np.sqrt(np.mean(np.square(sound))))))
        if level_db < _SILENCE_DB:
            raise PedalError(
                f"is nearly silent ({level_db:.0f} dB)", where=f"the {which} sound", hint="Record it louder"
            )
    clipped_s = clipped(wet)
    if clipped_s:
        raise PedalError(
            f"is clipped in {len(clipped_s)} places, first at {clipped_s[0]:.2f} s",
            where="the wet sound",
            hint="Turn the interface's input down and record it again; how hard the amp is driven may stay",
        )
    delay, inverted = find_delay(dry, wet)
    say(f"The recording is {delay / RATE_HZ * 1000:.2f} ms late ({delay} samples); it is moved.")
    if inverted:
        say("It is upside down, as what many amps make; the capture keeps that.")
    dry, wet = _moved(dry, wet, delay)
    frames = min(len(dry), len(wet))
    if abs(len(dry) - len(wet)) > RATE_HZ // 10:
        say(f"One is {abs(len(dry) - len(wet)) / RATE_HZ:.1f} s longer than the other; what both have is used.")
    if frames < SHORTEST_S * RATE_HZ:
        raise PedalError(f"overlap for {frames / RATE_HZ:.0f} s only", where="the two sounds", hint="Record more")
    drift = _drift(dry[:frames], wet[:frames])
    if abs(drift) > _MOST_DRIFT_FRAMES:
        raise PedalError(
            f"drift apart by {drift} samples",
            where="the two sounds",
            hint="Play and record with one interface, or with one clock",
        )
    whole = Pair(dry[:frames].astype(np.float32), wet[:frames].astype(np.float32))
    learnt, looked = frames * 5 // 7, frames * 6 // 7
    gain = Pair(whole.x[:learnt], whole.y[:learnt]).level_gain
    # Each part hears what came before it, so that it need not begin in silence.
    train, check, held_out = (
        Pair(whole.x[max(0, begin - CONTEXT_FRAMES) : end], whole.y[max(0, begin - CONTEXT_FRAMES) : end]).scaled(gain)
        for begin, end in ((0, learnt), (learnt, looked), (looked, frames))
    )
    return Material(labels, train, check, held_out, gain)


def clipped(sound: Sound) -> list[float]:
    """Where, in seconds, a sound stays at its highest or lowest value for some samples."""
    places: list[float] = []
    for side in (sound, -sound):
        top = float(side.max())
        if top <= 0.0:
            continue
        at_top = side >= top * (1.0 - 1e-6)
        runs = np.convolve(at_top, np.ones(_CLIPPED_RUN), mode="valid") >= _CLIPPED_RUN
        begins = np.flatnonzero(runs & ~np.concatenate(([False], runs[:-1])))
        places += [float(at) / RATE_HZ for at in begins]
    return sorted(places)


def find_delay(dry: Sound, wet: Sound) -> tuple[int, bool]:
    """By how many samples ``wet`` lags (negative: leads), and whether it is upside down.

    The best linear description of an amp, by Wiener's deconvolution, is an impulse response; its onset is the delay.

    Raises:
        PedalError: nothing in ``wet`` follows ``dry``.
    """
    frames = min(max(len(dry), len(wet)), 60 * RATE_HZ)
    size = 1 << int(np.ceil(np.log2(2 * frames)))
    x, y = np.fft.rfft(dry[:frames], size), np.fft.rfft(wet[:frames], size)
    power = np.abs(x) ** 2
    response = np.fft.irfft(np.conj(x) * y / (power + 1e-3 * power.mean()), size)
    most = round(_MOST_DELAY_S * RATE_HZ)
    around = np.concatenate((response[-most:], response[:most]))
    peak = int(np.abs(around).argmax())
    if np.abs(around[peak]) < 8.0 * np.sqrt(np.mean(np.square(around))):
        raise PedalError(
            "have nothing to do with each other",
            where="the two sounds",
            hint="Is it the right recording, and complete?",
        )
    near = np.abs(around[max(0, peak - _ONSET_FRAMES) : peak + 1])
    onset = peak - len(near) + 1 + int(np.flatnonzero(near >= _ONSET_SHARE * near[-1])[0])
    return onset - _SAFETY_FRAMES - most, bool(around[peak] < 0.0)


def _moved(dry: Sound, wet: Sound, delay: int) -> tuple[Sound, Sound]:
    return (dry, wet[delay:]) if delay >= 0 else (dry[-delay:], wet)


def _drift(dry: Sound, wet: Sound) -> int:
    """How much the delay of the last third differs from that of the first."""
    third = len(dry) // 3
    return find_delay(dry[-third:], wet[-third:])[0] - find_delay(dry[:third], wet[:third])[0]
