"""What a circuit is played while it is captured: sweeps, noise, plucked strings of our own, sampled guitar and bass.

Called by ``models.train`` in the training process. Everything comes from a seed, so every run makes the same sound.
Sampled instruments are played by fluidsynth as for the take (``models/takes/make_take.py``); the take itself is not in
here, nor its score: it is what captures are judged by.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from models.takes.make_take import SOUNDFONT, STRINGS, TEMPO_BPM, Score, play
from pedal.errors import PedalError

RATE_HZ = 48000
#: General MIDI programs (from 0), for open and muted strings: guitars, then basses.
GUITARS = ((27, 28), (26, 28), (25, 28))
BASSES = ((33, 34), (34, 33))
#: Chords as frets, low E first; the hand moves them up the neck.
_SHAPES = ("022100", "x32010", "320003", "xx0232", "x02220", "022000", "x24432", "133211", "x35543")
_POWER = ("022xxx", "x022xx", "244xxx", "355xxx", "x355xx", "577xxx")
#: Steps of scales above a root, in semitones: pentatonic, natural minor, blues.
_SCALES = ((0, 3, 5, 7, 10), (0, 2, 3, 5, 7, 8, 10), (0, 3, 5, 6, 7, 10))
_BAR_BEATS = 4

Sound = NDArray[np.float64]


def training_sound(bass: bool) -> Sound:
    """What a network learns from: ``(frames,)``, about three minutes, at most full scale; begins in silence."""
    touch = np.random.default_rng(20)
    parts = [np.zeros(RATE_HZ // 2)]
    for level_db in (-2.0, -14.0, -26.0):
        parts += [_gain(level_db) * sweep(4.0), np.zeros(RATE_HZ // 4)]
    parts += [noise_bursts(touch, 10.0), swells(touch, 8.0)]
    for level_db in (-2.0, -9.0, -18.0):
        parts.append(_scaled(plucked(touch, 10.0, bass), level_db))
    pieces = [(programs, seed) for seed, programs in enumerate(GUITARS * 2)]
    if bass:
        pieces = pieces[:2] + [(programs, 10 + seed) for seed, programs in enumerate(BASSES * 2)]
    for (programs, seed), level_db in zip(pieces, (-1.0, -4.0, -8.0, -13.0, -3.0, -6.0), strict=True):
        parts.append(_scaled(sampled(programs, seed, bars=9, bass=programs in BASSES), level_db))
    return np.concatenate(parts)


def checking_sound(bass: bool) -> Sound:
    """What training looks at now and then to know how far it is: other bars, 12 s, beginning in silence."""
    programs = BASSES[0] if bass else GUITARS[0]
    return np.concatenate((np.zeros(RATE_HZ // 4), _scaled(sampled(programs, 99, bars=6, bass=bass), -6.0)))


def held_out_sound(bass: bool) -> Sound:
    """What a capture is judged by, never heard in training: the take; for a bass, bars of its own."""
    if bass:
        return np.concatenate((np.zeros(RATE_HZ // 4), _scaled(sampled(BASSES[0], 77, bars=10, bass=True), -6.0)))
    take, _ = soundfile.read(Path(__file__).parents[1] / "takes" / "guitar-dry.flac")
    return np.asarray(take, dtype=np.float64)


def sweep(length_s: float, low_hz: float = 20.0, high_hz: float = 16000.0) -> Sound:
    """A sine whose pitch rises by the same interval every second, faded in and out, peak one."""
    time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    rate = np.log(high_hz / low_hz) / length_s
    return _faded(np.sin(2.0 * np.pi * low_hz / rate * np.expm1(rate * time_s)), 0.02)


def noise_bursts(touch: np.random.Generator, length_s: float) -> Sound:
    """Noise that falls 3 dB an octave up to 12 kHz, in bursts of 50 to 400 ms from -36 dB to full scale."""
    made: list[Sound] = []
    left = round(length_s * RATE_HZ)
    while left > 0:
        frames = min(left, round(touch.uniform(0.05, 0.4) * RATE_HZ))
        frequencies_hz = np.fft.rfftfreq(2 * frames, 1.0 / RATE_HZ)
        shape = np.where((frequencies_hz > 30.0) & (frequencies_hz < 12000.0), 1.0, 0.0)
        shape[1:] /= np.sqrt(frequencies_hz[1:])
        burst = np.fft.irfft(shape * np.fft.rfft(touch.normal(size=2 * frames)))[:frames]
        made.append(_scaled(_faded(burst, 0.004), touch.uniform(-36.0, -1.0)))
        left -= frames
    return np.concatenate(made)


def swells(touch: np.random.Generator, length_s: float) -> Sound:
    """Two sines at a time, 60 Hz to 2 kHz, that swell and die: every level, and what levels do to each other."""
    made = []
    each = round(0.8 * RATE_HZ)
    time_s = np.arange(each) / RATE_HZ
    for _ in range(round(length_s / 0.8)):
        pair = [np.sin(2.0 * np.pi * np.exp(touch.uniform(np.log(60.0), np.log(2000.0))) * time_s) for _ in range(2)]
        envelope = 10.0 ** (-2.2 * np.abs(np.linspace(-1.0, 1.0, each)))
        made.append(0.48 * envelope * (pair[0] + touch.uniform(0.2, 1.0) * pair[1]))
    return np.concatenate(made)


def plucked(touch: np.random.Generator, length_s: float, bass: bool) -> Sound:
    """Plucked strings as sums of decaying partials, stiff ones a little sharp, some bent, up to six at a time.

    Partial ``n`` of a string plucked at a share ``p`` of its length starts at ``sin(pi n p) / n**2`` (the ideal string,
    e.g. Fletcher & Rossing, *The Physics of Musical Instruments*, 2.7) and as a magnet hears it, its velocity, at
    ``sin(pi n p) / n``; it lies at ``n f sqrt(1 + b n**2)``.
    """
    frames = round(length_s * RATE_HZ)
    sound = np.zeros(frames)
    at_s = 0.0
    while at_s < length_s - 0.1:
        strings = int(touch.choice((1, 1, 2, 3, 6)))
        length = touch.uniform(0.12, 1.4)
        hard = touch.uniform(0.1, 1.0)
        muted = touch.uniform() < 0.25
        for string in range(strings):
            start = round((at_s + 0.012 * string) * RATE_HZ)
            key = touch.uniform(28.0, 55.0) if bass else touch.uniform(40.0, 76.0)
            note = _string(touch, 440.0 * 2.0 ** ((key - 69.0) / 12.0), 1.3 * length, hard, muted)
            note = note[: max(0, frames - start)]
            sound[start : start + len(note)] += note / np.sqrt(strings)
        at_s += length
    return _faded(sound, 0.01)


def _string(touch: np.random.Generator, pitch_hz: float, length_s: float, hard: float, muted: bool) -> Sound:
    time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    place, pickup, stiff = touch.uniform(0.08, 0.3), touch.uniform(0.06, 0.25), 10.0 ** touch.uniform(-5.0, -3.8)
    bend = 2.0 ** (touch.choice((0.0, 0.0, 0.0, 2.0)) / 12.0 * np.clip((time_s - 0.15) / 0.3, 0.0, 1.0))
    phase = np.cumsum(bend) * 2.0 * np.pi * pitch_hz / RATE_HZ
    numbers = np.arange(1, min(60, int(9000.0 / pitch_hz)) + 1)
    sound = np.zeros_like(time_s)
    for n in numbers:
        stretched = n * np.sqrt(1.0 + stiff * n * n)
        fall = (14.0 if muted else 1.2) + (0.6 if muted else 0.05) * n * np.sqrt(pitch_hz / 100.0)
        bright = np.exp(-n * pitch_hz / (1200.0 + 6000.0 * hard))
        level = np.sin(np.pi * n * place) * np.sin(np.pi * n * pickup) / n * bright
        sound += level * np.exp(-fall * time_s) * np.sin(stretched * phase + touch.uniform(0.0, 0.3))
    return hard * _faded(sound, 0.002)


def sampled(programs: tuple[int, int], seed: int, bars: int, bass: bool) -> Sound:
    """A score from a seed, played on sampled instruments; peak one.

    Raises:
        PedalError: fluidsynth or its sounds are not installed.
    """
    if not SOUNDFONT.is_file():
        raise PedalError("is missing", where=str(SOUNDFONT), hint="apt-get install fluidsynth fluid-soundfont-gm")
    length_s = (bars * _BAR_BEATS + 1) * 60.0 / TEMPO_BPM
    sound = play(score(seed, bars, bass).midi_file(programs), length_s)
    sound -= sound.mean()
    return _scaled(_faded(sound, 0.02), 0.0)


def score(seed: int, bars: int, bass: bool) -> Score:
    """Bars of riffs, strums, picking and lines in a random order, each at its own strength."""
    touch = np.random.default_rng(1000 + seed)
    s = Score(touch)
    for bar in range(bars):
        beat = float(bar * _BAR_BEATS)
        hard = touch.uniform(50.0, 118.0)
        capo = int(touch.integers(0, 8))
        kind = 3 if bass else int(touch.integers(0, 4))
        if kind == 0:
            _riff(s, touch, beat, hard, capo)
        elif kind == 1:
            for step in np.arange(0.0, 4.0, 0.5):
                if touch.uniform() < 0.8:
                    s.chord(beat + step, _moved(str(touch.choice(_SHAPES)), capo), 0.48, hard, step % 1 != 0)
        elif kind == 2:
            frets = _moved(str(touch.choice(_SHAPES)), capo)
            keys = [string + int(fret) for string, fret in zip(STRINGS, _frets(frets), strict=True) if fret != "x"]
            for step in np.arange(0.0, 4.0, 0.5):
                s.note(beat + step, int(touch.choice(keys)), 1.6, hard)
        else:
            _line(s, touch, beat, hard, 28 + capo if bass else 52 + capo)
    return s


def _riff(s: Score, touch: np.random.Generator, beat: float, hard: float, capo: int) -> None:
    for step in np.arange(0.0, 4.0, 0.25):
        chance = touch.uniform()
        if step % 1 == 0 and chance < 0.6:
            s.chord(beat + step, _moved(str(touch.choice(_POWER)), capo % 4), 0.7, hard)
        elif chance < 0.7:
            s.note(beat + step, 40 + capo % 4, 0.2, hard - 10.0, muted=True)


def _line(s: Score, touch: np.random.Generator, beat: float, hard: float, root: int) -> None:
    scale = _SCALES[int(touch.integers(0, len(_SCALES)))]
    place, step = int(touch.integers(0, 2 * len(scale))), 0.0
    while step < 4.0:
        beats = float(touch.choice((0.25, 0.5, 0.5, 1.0, 1.5)))
        octave, degree = divmod(place, len(scale))
        s.note(beat + step, root + 12 * octave + scale[degree], 0.95 * beats, hard, muted=bool(touch.uniform() < 0.1))
        if beats >= 1.0 and touch.uniform() < 0.5:
            s.bend(beat + step + 0.2, 2.0, 0.3)
        place = int(np.clip(place + touch.integers(-2, 3), 0, 2 * len(scale) - 1))
        step += beats


def _frets(frets: str) -> list[str]:
    return list(frets)


def _moved(frets: str, capo: int) -> str:
    return "".join(fret if fret == "x" else str(min(9, int(fret) + capo)) for fret in frets)


def _gain(level_db: float) -> float:
    return float(10.0 ** (level_db / 20.0))


def _scaled(sound: Sound, peak_db: float) -> Sound:
    return sound * (_gain(peak_db) / max(1e-9, float(np.abs(sound).max())))


def _faded(sound: Sound, fade_s: float) -> Sound:
    frames = min(len(sound) // 2, round(fade_s * RATE_HZ))
    if frames:
        ramp = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, frames))
        sound = sound.copy()
        sound[:frames] *= ramp
        sound[-frames:] *= ramp[::-1]
    return sound
