"""The cable: a guitar into the pedal's sound card and what comes out of it, sample by sample.

Called by ``lab`` in the driver (guest). The card is ALSA's loopback: what is played on its device 1 is captured from
device 0, which the pedal takes for its card, and the other way round. One thread captures a block and plays a block,
so both directions stay the same number of frames apart for ever; in virtual time it cannot be late.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import alsaaudio
import numpy as np
from numpy.typing import NDArray

from tests.lab.trace import Trace

Signal = NDArray[np.float32]
RATE_HZ, CHANNELS, FULL_SCALE = 48000, 2, 2.0**31
BLOCK_FRAMES, BLOCKS = 256, 8


class Cable:
    """Both ends of the cable.

    Args:
        device: the ALSA device that is the far end of the pedal's card.
        trace: gets a hash of every second that was heard.
    """

    def __init__(self, trace: Trace, device: str = "hw:Loopback,1") -> None:
        self._trace = trace
        self._signal: Signal = np.zeros(BLOCK_FRAMES, np.float32)
        self._next_frame = 0
        self._heard: list[NDArray[np.int32]] = []
        self._hashed_blocks = 0
        self._begun_ns = float("inf")
        self._unplugged = False
        self.xruns = 0
        self._capture, self._playback = (_open(device, way) for way in (alsaaudio.PCM_CAPTURE, alsaaudio.PCM_PLAYBACK))
        self._thread = threading.Thread(target=self._run, name="cable", daemon=True)
        self._thread.start()

    def play(self, signal: Signal) -> int:
        """From the next block on the guitar plays ``signal`` (mono, [-1, 1]) over and over; the frame it begins at."""
        self._signal = np.ascontiguousarray(signal, np.float32)
        self._next_frame = 0
        return self.frame

    @property
    def frame(self) -> int:
        """How many frames have been heard so far."""
        return len(self._heard) * BLOCK_FRAMES

    def frame_at(self, at_ns: int) -> float:
        """Which frame passes the cable at a moment of CLOCK_MONOTONIC; exact to the card's own clock, a millisecond."""
        return (at_ns - self._begun_ns) * RATE_HZ / 1e9

    def heard(self, start: int = 0, end: int | None = None) -> NDArray[np.float32]:
        """What came out of the pedal from frame ``start`` to ``end`` (else now): frames x 2, [-1, 1]."""
        last = self.frame if end is None else end
        first_block, last_block = start // BLOCK_FRAMES, -(-last // BLOCK_FRAMES)
        blocks = self._heard[first_block:last_block]
        frames = np.concatenate(blocks) if blocks else np.zeros((0, CHANNELS), np.int32)
        offset = first_block * BLOCK_FRAMES
        return (frames[start - offset : last - offset] / FULL_SCALE).astype(np.float32)

    def stop(self) -> None:
        """Unplug the guitar and the listener."""
        self._unplugged = True
        self._thread.join()
        self._hash(everything=True)

    def _run(self) -> None:
        for _ in range(BLOCKS):
            self._playback.write(self._block())
        while not self._unplugged:
            length, data = self._capture.read()
            if length != BLOCK_FRAMES:
                self._count("listener", length)
                continue
            self._heard.append(np.frombuffer(data, np.int32).reshape(-1, CHANNELS))
            # a block is read once its last frame has passed, at the next tick of the card or later: never earlier
            self._begun_ns = min(self._begun_ns, time.monotonic_ns() - self.frame * 1e9 / RATE_HZ)
            if self._playback.write(self._block()) != BLOCK_FRAMES:
                self._count("guitar", -1)
            self._hash()

    def _block(self) -> bytes:
        """The next block of the guitar, on both channels."""
        indices = (self._next_frame + np.arange(BLOCK_FRAMES)) % len(self._signal)
        self._next_frame += BLOCK_FRAMES
        samples = np.clip(self._signal[indices].astype(np.float64) * FULL_SCALE, -FULL_SCALE, FULL_SCALE - 1)
        return np.repeat(samples.astype(np.int32), CHANNELS).tobytes()

    def _count(self, who: str, length: int) -> None:
        self.xruns += 1
        self._trace.add("cable xrun", [who, length])

    def _hash(self, everything: bool = False) -> None:
        waiting = len(self._heard) - self._hashed_blocks
        if waiting >= RATE_HZ // BLOCK_FRAMES or (everything and waiting):
            self._trace.add("heard", np.concatenate(self._heard[self._hashed_blocks :]))
            self._hashed_blocks = len(self._heard)


def _open(device: str, way: int) -> Any:
    """One direction, with a buffer that is long beside any period of the pedal; the driver may still wait for the card.

    Raises:
        alsaaudio.ALSAAudioError: it is not there.
    """
    return alsaaudio.PCM(
        way,
        alsaaudio.PCM_NORMAL,
        device=device,
        rate=RATE_HZ,
        channels=CHANNELS,
        format=alsaaudio.PCM_FORMAT_S32_LE,
        periodsize=BLOCK_FRAMES,
        periods=BLOCKS,
    )
