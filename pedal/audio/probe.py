"""The card, tried: ``python -m pedal.audio.probe BOARD RECORDING PERIOD_FRAMES SECONDS silence|sequence``.

Started by ``cli/setup_probe`` for ``pedal setup``, in a process of its own, while no pedal plays on the card: the same
mixer, the same opening, the same loop and the same rights as pedal-audio, but what is played is a signal made
beforehand, and what is heard goes into a recording. Compiles nothing, so it is there at once.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pedal.arena import Arena
from pedal.audio import realtime
from pedal.audio.alsa import FORMATS, PLAYBACK_CHANNELS, Card, CardGone
from pedal.audio.alsa_mixer import ReadyCard
from pedal.audio.loop import stream
from pedal.config import Board, load_board
from pedal.errors import CardError, PedalError
from pedal.setup.cable import signal_to_send
from pedal.setup.recording import PLAYED, XRUNS, Recording

_SAMPLE_BYTES = {code: size for size, code in FORMATS.values()}


class Probe:
    """The loop's words and what it calls, in one: ends when the recording is full.

    Args:
        card: open.
        recording: as many periods as are to be played.
        sent: float32 ``(frames,)``, and after it silence.
    """

    def __init__(self, card: Card, recording: Recording, sent: NDArray[np.float32]) -> None:
        self.arena = Arena.allocate(4096)
        self._recording = recording
        self._channels, self._size = card.capture_channels, _SAMPLE_BYTES[card.format_code]
        self._frames, self._count = card.period_frames, len(recording.woke_ns)
        whole = np.zeros(self._count * card.period_frames, np.float32)
        whole[: len(sent)] = sent[: len(whole)]
        self._bytes = encode(whole, self._size).reshape(self._count, card.period_bytes)
        self._at = 0

    def stopped(self) -> bool:
        """Whether the recording is full."""
        return self._at >= self._count

    def count_xrun(self) -> None:
        """One more gap."""
        self._recording.words[XRUNS] += 1

    def announce(self, card: Card) -> None:
        """Nobody is told."""

    def set_state(self, state: int) -> None:
        """Nobody is told."""

    def __call__(self, f32: Any, f64: Any, i64: Any, captured: NDArray[np.uint8], played: Any, n: int) -> None:
        """One period: note the time, keep what came, play what is next."""
        recording, at = self._recording, self._at
        recording.woke_ns[at] = time.monotonic_ns()
        recording.heard[at * n : (at + 1) * n] = decode(captured, self._size, self._channels)
        played[:] = self._bytes[at]
        self._at = at + 1
        recording.words[PLAYED] = self._at


def decode(captured: NDArray[np.uint8], size: int, channels: int) -> NDArray[np.float32]:
    """A card's bytes as float32 ``(frames, channels)``; ``size`` is of one sample."""
    wide = np.zeros((len(captured) // size, 4), np.uint8)  # all formats look alike at the upper end of 32 bits
    wide[:, 4 - size :] = captured.reshape(-1, size)
    samples: NDArray[np.float32] = wide.view("<i4").astype(np.float32) / np.float32(2.0**31)
    return samples.reshape(-1, channels)


def encode(samples: NDArray[np.float32], size: int) -> NDArray[np.uint8]:
    """Float ``(frames,)`` in -1..1 as a card's bytes, the same on both channels."""
    whole = np.clip(samples.astype(np.float64) * 2.0**31, -(2.0**31), 2.0**31 - 1.0).astype("<i4")
    both = np.repeat(whole, PLAYBACK_CHANNELS).view(np.uint8).reshape(-1, 4)
    return np.ascontiguousarray(both[:, 4 - size :]).reshape(-1)


def main(board: Board, path: Path, period_frames: int, seconds: float, signal: str) -> list[str]:
    """Play and record; returns a sentence for each right that is not given and each control that is not set.

    Raises:
        CardError: the card cannot be opened so, or went away.
    """
    audio = msgspec.structs.replace(board.audio, period_frames=period_frames)
    said: list[str] = []
    count = max(1, round(seconds * audio.rate_hz / period_frames))
    recording = Recording.make(path, count, period_frames, audio.capture_channels)
    sent = signal_to_send(audio.rate_hz) if signal == "sequence" else np.zeros(0, np.float32)
    card = ReadyCard(audio, board.mixer, said.append)()
    try:
        probe = Probe(card, recording, sent)
        core, _ = realtime.choose_cores(audio.period_core)
        said += realtime.prepare(audio.realtime_priority, core, probe.arena, 4096)
        print("playing", flush=True)
        stream(card, probe, probe)
    except CardGone as gone:
        raise CardError(
            f"went away ({gone})", where=f"card '{audio.card}'", hint="Check its cable, then again"
        ) from gone
    finally:
        card.close()
    return said


def _command_line() -> int:
    if len(sys.argv) != 6:
        print("usage: python -m pedal.audio.probe BOARD RECORDING PERIOD SECONDS silence|sequence", file=sys.stderr)
        return 2
    try:
        for sentence in main(
            load_board(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
        ):
            print(f"note {sentence}", flush=True)
    except PedalError as error:
        print(f"error {error}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    code = _command_line()
    sys.stdout.flush()
    os._exit(code)  # memory is frozen and locked, and nothing is left to tidy
