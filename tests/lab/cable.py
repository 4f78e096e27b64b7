"""The cable: a guitar into the pedal's sound card and what comes out of it, sample by sample.

Called by ``lab`` in the driver (guest). The card is ALSA's loopback: what is played on its device 1 is captured from
device 0, which the pedal takes for its card, and the other way round. One thread captures a block and plays a block,
so both directions stay the same number of frames apart for ever; in virtual time it cannot be late.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
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
        trace: gets a hash of every second that was heard.
        device: the ALSA device that is the far end of the pedal's card.
    """

    def __init__(self, trace: Trace, device: str = "hw:Loopback,1") -> None:
        self._trace = trace
        self._signal: Signal = np.zeros(BLOCK_FRAMES, np.float32)
        self._next_frame = 0
        self._heard: list[NDArray[np.int32]] = []
        self._ends: list[int] = []  # frames heard up to the end of each piece
        self._hashed_frames = 0
        self._sounding_end = 0  # the end of the last piece that was not silent
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
        return self._ends[-1] if self._ends else 0

    def frame_at(self, at_ns: int) -> float:
        """Which frame passes the cable at a moment of CLOCK_MONOTONIC; exact to the card's own clock, a millisecond."""
        return (at_ns - self._begun_ns) * RATE_HZ / 1e9

    def heard(self, start: int = 0, end: int | None = None) -> NDArray[np.float32]:
        """What came out of the pedal from frame ``start`` to ``end`` (else now): frames x 2, [-1, 1]."""
        last = self.frame if end is None else end
        first_piece, last_piece = bisect_right(self._ends, start), bisect_left(self._ends, last) + 1
        pieces = self._heard[first_piece:last_piece]
        frames = np.concatenate(pieces) if pieces else np.zeros((0, CHANNELS), np.int32)
        offset = self._ends[first_piece - 1] if first_piece else 0
        return (frames[start - offset : last - offset] / FULL_SCALE).astype(np.float32)

    def sounded(self, start: int) -> bool:
        """Whether anything but silence was heard in the pieces that end behind frame ``start``."""
        return self._sounding_end > start

    def stop(self) -> None:
        """Unplug the guitar and the listener."""
        self._unplugged = True
        self._thread.join()
        self._hash(everything=True)
        for pcm in (self._playback, self._capture):
            with contextlib.suppress(alsaaudio.ALSAAudioError):  # its card was unplugged before
                pcm.drop()
            pcm.close()

    def _run(self) -> None:
        try:
            self._go_on()
        except alsaaudio.ALSAAudioError as gone:  # its card was unplugged
            self._trace.add("cable dead", str(gone))

    def _go_on(self) -> None:
        self._write(BLOCKS * BLOCK_FRAMES)
        while not self._unplugged:
            length, data = _patiently(self._capture.read)
            if length <= 0:
                self._late("listener")
                continue
            # Mostly a whole block; less when a signal to this process cuts a read short.
            self._heard.append(np.frombuffer(data, np.int32, length * CHANNELS).reshape(-1, CHANNELS))
            self._ends.append(self.frame + length)
            if np.any(self._heard[-1]):
                self._sounding_end = self.frame
            # a block is read once its last frame has passed, at the next tick of the card or later: never earlier
            self._begun_ns = min(self._begun_ns, time.monotonic_ns() - self.frame * 1e9 / RATE_HZ)
            self._write(length)
            self._hash()

    def _write(self, frames: int) -> None:
        """So many frames of the guitar, on both channels, however the card takes them."""
        indices = (self._next_frame + np.arange(frames)) % len(self._signal)
        self._next_frame += frames
        samples = np.clip(self._signal[indices].astype(np.float64) * FULL_SCALE, -FULL_SCALE, FULL_SCALE - 1)
        data = np.repeat(samples.astype(np.int32), CHANNELS).tobytes()
        while data:
            taken = _patiently(self._playback.write, data)
            if taken < 0:
                self._late("guitar")
            else:
                data = data[taken * CHANNELS * 4 :]

    def _late(self, who: str) -> None:
        self.xruns += 1
        self._trace.add("cable xrun", who)

    def _hash(self, everything: bool = False) -> None:
        """A second at a time, whatever the pieces were."""
        start = self._hashed_frames
        while self.frame - start >= RATE_HZ:
            self._trace.add("heard", self.heard(start, start + RATE_HZ))
            start += RATE_HZ
        if everything and self.frame > start:
            self._trace.add("heard", self.heard(start))
            start = self.frame
        self._hashed_frames = start


def _patiently(transfer: Callable[..., Any], *data: bytes) -> Any:
    """What ``transfer`` returns, however long the card stands still: a USB card does until its other end is opened.

    Raises:
        alsaaudio.ALSAAudioError: the card was unplugged.
    """
    while True:
        try:
            return transfer(*data)
        except alsaaudio.ALSAAudioError as trouble:
            if os.strerror(errno.EIO) not in str(trouble):  # the kernel's word for "nothing moved for a buffer's time"
                raise


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
