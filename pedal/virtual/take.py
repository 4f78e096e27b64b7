"""The take: a recording that plays into the virtual card for ever, like a player who never tires.

Used by ``card`` in whatever process owns the virtual pedal (``pedal run``, ``pedal demo``, tests).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import threading
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from pedal.errors import CardError

#: Written at once: at most PIPE_BUF, so that a reader never sees half a frame.
_CHUNK_BYTES = 4096
#: How far the take runs ahead of the card: some seconds, so that a busy owner is not heard.
_PIPE_BYTES = 1 << 20
_STOP_POLL_S = 0.2


def load_take(path: Path, rate_hz: int) -> NDArray[np.float32]:
    """A recording as float32 ``(frames,)`` in -1..1; several channels are averaged.

    Raises:
        CardError: no such file, not audio, empty, or at another rate than the card.
    """
    where = f"take '{path}'"
    try:
        samples, found_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as trouble:
        raise CardError(
            f"cannot be read ({trouble})", where=where, hint="Give a WAV or FLAC recording of a dry guitar"
        ) from trouble
    if found_hz != rate_hz:
        raise CardError(
            f"was recorded at {found_hz} Hz, the card runs at {rate_hz} Hz", where=where, hint="Convert it first"
        )
    if not len(samples) or not np.isfinite(samples).all():
        raise CardError("holds no usable samples", where=where, hint="Give a WAV or FLAC recording of a dry guitar")
    mono: NDArray[np.float32] = samples.mean(axis=1, dtype=np.float32)
    return mono


class Tape:
    """Feeds a take, over and over, into a FIFO that a card reads as its input.

    The FIFO lives as long as the tape: an audio process that is killed and started again goes on
    where the other stopped hearing.

    Args:
        path: where the FIFO is made.
        data: the take as the card has it.
        frame_bytes: size of one frame of it.
    """

    def __init__(self, path: Path, data: bytes, frame_bytes: int) -> None:
        self._data = data
        self._chunk = _CHUNK_BYTES // frame_bytes * frame_bytes
        self._stop = threading.Event()
        os.mkfifo(path, 0o600)
        # Read and write: opening does not wait for a reader, and a reader that dies is no error.
        self._fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        with contextlib.suppress(OSError):  # over the user's limit: the default of 64 KiB will do
            fcntl.fcntl(self._fd, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._thread = threading.Thread(target=self._feed, name="take", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop feeding; a reader gets silence from here on."""
        self._stop.set()
        self._thread.join()
        os.close(self._fd)

    def _feed(self) -> None:
        writable = select.poll()
        writable.register(self._fd, select.POLLOUT)
        at = 0
        while not self._stop.is_set():
            if not writable.poll(_STOP_POLL_S * 1000):
                continue
            with contextlib.suppress(BlockingIOError):
                at += os.write(self._fd, self._data[at : at + self._chunk])
            if at == len(self._data):
                at = 0
