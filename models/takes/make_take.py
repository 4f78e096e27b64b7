"""Makes ``guitar-dry.flac``: a score of our own, played on a sampled electric guitar, dry.

A tool of the project, run by hand: ``python models/takes/make_take.py``. Wants Debian's packages
``fluidsynth`` and ``fluid-soundfont-gm`` and our own dependencies. The take stands in for a guitar
wherever there is none: it is the input of ``pedal demo`` and of tests. It starts and ends in digital
silence, so it loops without a click.

Every run makes the same score (timing and touch come from a seeded generator); the samples may
differ in the last bit between builds of fluidsynth.
"""

from __future__ import annotations

import hashlib
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
TAKE = Path(__file__).with_name("guitar-dry.flac")
RATE_HZ = 48000
PEAK_DB = -6.0
TEMPO_BPM = 116
TICKS_PER_BEAT = 480
#: General MIDI programs (from 0): clean electric guitar; the same with the palm on the strings.
OPEN, MUTED = 27, 28
#: The guitar's strings, low E first, as MIDI keys.
STRINGS = (40, 45, 50, 55, 59, 64)
LEAD_IN_S, FADE_S, SILENCE_S = 0.25, 0.6, 0.8


@dataclass
class Score:
    """Events ``(tick, order, bytes)`` of one player with two hands: channel 0 open, channel 1 muted.

    Positions and durations are in beats, loudness is a MIDI velocity (1..127).
    """

    touch: np.random.Generator
    events: list[tuple[int, int, bytes]] = field(default_factory=list)

    def note(self, beat: float, key: int, beats: float, velocity: float, muted: bool = False) -> None:
        """One plucked string, a few ticks early or late, a little louder or softer than written."""
        start = max(0, round(beat * TICKS_PER_BEAT + self.touch.normal(0.0, 4.0)))
        stop = start + max(20, round(beats * TICKS_PER_BEAT))
        loud = int(np.clip(velocity + self.touch.normal(0.0, 4.0), 1, 127))
        channel = int(muted)
        self.events.append((start, 1, bytes((0x90 | channel, key, loud))))
        self.events.append((stop, 0, bytes((0x80 | channel, key, 64))))

    def chord(
        self, beat: float, frets: str, beats: float, velocity: float, up: bool = False, muted: bool = False
    ) -> None:
        """A stroke over the strings; ``frets`` is low E first, ``x`` is not played (``022000``)."""
        keys = [string + int(fret) for string, fret in zip(STRINGS, frets, strict=True) if fret != "x"]
        for place, key in enumerate(reversed(keys) if up else keys):
            self.note(beat + 0.018 * place, key, beats - 0.018 * place, velocity - 2 * place, muted)

    def bend(self, beat: float, semitones: float, beats: float) -> None:
        """Pull channel 0 up by ``semitones`` (at most 2) over ``beats``, hold as long again, let go."""
        for step in range(33):
            rise = min(1.0, step / 16) if step < 32 else 0.0
            value = 8192 + round(8191 * rise * semitones / 2)
            at = round((beat + beats * step / 16) * TICKS_PER_BEAT)
            self.events.append((at, 0, bytes((0xE0, value & 0x7F, value >> 7))))

    def midi_file(self, programs: tuple[int, int] = (OPEN, MUTED)) -> bytes:
        """Standard MIDI file, format 0; ``programs`` are those of channels 0 and 1."""
        track = bytearray(b"\x00\xff\x51\x03" + round(60e6 / TEMPO_BPM).to_bytes(3, "big"))
        track += bytes((0, 0xC0, programs[0], 0, 0xC1, programs[1]))
        now = 0
        for tick, _, message in sorted(self.events):
            track += variable_length(tick - now) + message
            now = tick
        track += b"\x00\xff\x2f\x00"
        return struct.pack(">4sIHHH4sI", b"MThd", 6, 0, 1, TICKS_PER_BEAT, b"MTrk", len(track)) + bytes(track)


def variable_length(value: int) -> bytes:
    """MIDI's variable-length number: seven bits a byte, most significant first."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(0x80 | (value & 0x7F))
    return bytes(reversed(digits))


def score() -> tuple[Score, float]:
    """The piece and its length in beats: riff, chords, soft picking, a lead line, one hard last chord."""
    s = Score(np.random.default_rng(1957))

    # Bars 1-4: a palm-muted gallop on the low E, power chords let ring against it.
    for bar, (first, second) in enumerate(
        (("022xxx", "x355xx"), ("022xxx", "355xxx"), ("022xxx", "x355xx"), ("x577xx", "355xxx"))
    ):
        beat = 4.0 * bar
        s.chord(beat, first, 0.9, 104)
        for step in (1.0, 1.25, 1.5, 2.0, 2.25, 2.5, 3.5, 3.75):
            s.note(beat + step, 40, 0.2, 98 if step % 1 == 0 else 82, muted=True)
        s.chord(beat + 2.75, second, 0.7, 108)

    # Bars 5-6: open chords, strummed from a whisper to full strength.
    for index, frets in enumerate(("022000", "320003", "x32010", "xx0232")):
        beat = 16.0 + 2.0 * index
        for place, (step, up) in enumerate(((0.0, False), (0.75, True), (1.0, False), (1.5, True))):
            s.chord(beat + step, frets, 0.45, 46 + 13 * index + 3 * (place % 2), up)

    # Bars 7-8: single strings, picked softly and left to ring into each other.
    for half, frets in enumerate(("022000", "x02210", "x32010", "xx0232")):
        keys = [string + int(fret) for string, fret in zip(STRINGS, frets, strict=True) if fret != "x"]
        for step, place in enumerate((0, 2, 3, 1)):
            s.note(
                24.0 + 2.0 * half + 0.5 * step, keys[min(place, len(keys) - 1)], 2.0 - 0.4 * step, 52 + 6 * (step == 0)
            )

    # Bars 9-11: a line over two octaves, with bends; it starts quietly and ends dug in.
    line = ((0, 64, 0.5), (0.5, 67, 0.5), (1, 69, 1.5), (2.5, 67, 0.5), (3, 64, 0.5), (3.5, 62, 0.5),
            (4, 64, 1.0), (5, 67, 0.25), (5.25, 69, 0.25), (5.5, 71, 0.5), (6, 74, 1.8), (8, 76, 0.25),
            (8.25, 74, 0.25), (8.5, 71, 0.25), (8.75, 69, 0.25), (9, 71, 0.25), (9.25, 69, 0.25), (9.5, 67, 0.25),
            (9.75, 64, 0.25), (10, 62, 0.5), (10.5, 55, 0.5), (11, 52, 0.9))  # fmt: skip
    for beat, key, beats in line:
        s.note(32.0 + beat, key, beats, 58 + 5 * beat)
    s.bend(32.0 + 1.3, 2.0, 0.4)
    s.bend(32.0 + 6.3, 2.0, 0.6)

    # Bar 12: muted chops, then everything, and the hand comes down.
    for step in (0.0, 0.5, 0.75):
        s.chord(44.0 + step, "022xxx", 0.15, 100, muted=True)
    s.chord(45.0, "022100", 4.0, 122)
    return s, 49.0


def play(midi: bytes, length_s: float) -> NDArray[np.float64]:
    """What fluidsynth makes of ``midi``: mono ``(frames,)``, without its reverb and chorus."""
    with tempfile.TemporaryDirectory() as folder:
        source, sound = Path(folder) / "take.mid", Path(folder) / "take.wav"
        source.write_bytes(midi)
        quiet = ("-q", "-n", "-i", "-R", "0", "-C", "0", "-g", "0.5", "-r", str(RATE_HZ))
        command = ("fluidsynth", *quiet, "-T", "wav", "-O", "float", "-F", str(sound), str(SOUNDFONT), str(source))
        subprocess.run(command, check=True)
        both, rate_hz = soundfile.read(sound, always_2d=True)
    assert rate_hz == RATE_HZ
    frames = round(length_s * RATE_HZ)
    mono = np.zeros(frames)
    mono[: min(frames, len(both))] = both[:frames].mean(axis=1)
    return mono


def finish(sound: NDArray[np.float64]) -> NDArray[np.int16]:
    """Silence before and after, the last chord faded, the peak at ``PEAK_DB`` of full scale; 16 bit."""
    fade = round(FADE_S * RATE_HZ)
    sound = sound - sound.mean()
    sound[:240] *= np.linspace(0.0, 1.0, 240)
    sound[-fade:] *= 0.5 + 0.5 * np.cos(np.linspace(0.0, np.pi, fade))
    sound *= 10.0 ** (PEAK_DB / 20.0) / np.abs(sound).max()
    padded = np.pad(sound, (round(LEAD_IN_S * RATE_HZ), round(SILENCE_S * RATE_HZ)))
    return np.round(padded * 32767.0).astype(np.int16)


def provenance(samples: NDArray[np.int16]) -> str:
    """The text beside the take."""
    version = subprocess.run(("fluidsynth", "--version"), check=True, capture_output=True, text=True).stdout.split(
        "\n"
    )[0]
    return f"""guitar-dry.flac

Mono, {RATE_HZ} Hz, 16 bit, {len(samples) / RATE_HZ:.2f} s, peak {PEAK_DB:g} dBFS. A sampled clean electric guitar:
no distortion, no cabinet, no reverb. Starts and ends in digital silence.

Score        our own, written in make_take.py; free under this project's licence (MIT)
Instrument   FluidR3_GM.sf2, programs {OPEN} (clean electric guitar) and {MUTED} (palm-muted), by Frank Wen and others;
             MIT licence; Debian package fluid-soundfont-gm 3.1
Rendered by  {version.strip()}, reverb and chorus off, both channels averaged
Made with    python models/takes/make_take.py

sha256 of the soundfont             {hashlib.sha256(SOUNDFONT.read_bytes()).hexdigest()}
sha256 of the samples (int16, LE)   {hashlib.sha256(samples.astype("<i2").tobytes()).hexdigest()}
"""


def main() -> None:
    """Write the take and its provenance beside this file."""
    if not SOUNDFONT.is_file():
        sys.exit(f"{SOUNDFONT}: missing. Install it: apt-get install fluidsynth fluid-soundfont-gm")
    piece, beats = score()
    samples = finish(play(piece.midi_file(), beats * 60.0 / TEMPO_BPM))
    soundfile.write(TAKE, samples, RATE_HZ, subtype="PCM_16", format="FLAC", compression_level=1.0)
    TAKE.with_suffix(".txt").write_text(provenance(samples))
    print(f"{TAKE}: {len(samples) / RATE_HZ:.2f} s, {TAKE.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
