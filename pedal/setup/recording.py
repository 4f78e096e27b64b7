"""What the probe heard, and when it woke up: one small file that both ends map while it grows.

Written by ``audio/probe`` in its own process, one period after the other, into memory that is there already; read by
``cli/setup_probe``, also while it is being written (a level that moves while one strums).
"""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pedal.errors import CardError

#: Words at the start: periods played so far, gaps the card reported, channels, and the sizes of what follows.
PLAYED, XRUNS, CHANNELS, PERIODS, FRAMES = range(5)
_WORDS = 8
#: A minute at 192 kHz in stereo is more than any step takes.
MOST_FRAMES = 192_000 * 60


class Recording:
    """A mapped recording.

    Attributes:
        words: int64, by the names above.
        woke_ns: int64 ``(periods,)``: the monotonic clock at each wake-up.
        heard: float32 ``(frames, channels)`` in -1..1.
    """

    def __init__(self, path: Path) -> None:
        """Map what ``make`` made.

        Raises:
            CardError: there is none, or it is cut short.
        """
        try:
            with path.open("r+b") as file:
                mapping = mmap.mmap(file.fileno(), 0)
        except (OSError, ValueError) as error:
            raise CardError("there is no recording", where=str(path)) from error
        self.words = np.frombuffer(mapping, np.int64, _WORDS)
        periods, frames, channels = (int(self.words[word]) for word in (PERIODS, FRAMES, CHANNELS))
        if channels not in (1, 2) or len(mapping) != _size_bytes(periods, frames, channels):
            raise CardError("is no recording", where=str(path))
        self.woke_ns: NDArray[np.int64] = np.frombuffer(mapping, np.int64, periods, 8 * _WORDS)
        samples = np.frombuffer(mapping, np.float32, frames * channels, 8 * (_WORDS + periods))
        self.heard: NDArray[np.float32] = samples.reshape(frames, channels)

    @classmethod
    def make(cls, path: Path, periods: int, period_frames: int, channels: int) -> Recording:
        """A new one of so many periods, all of its memory taken.

        Raises:
            CardError: longer than any step, or there is no room.
        """
        frames = periods * period_frames
        if not 0 < frames <= MOST_FRAMES:
            raise CardError(f"{frames} frames cannot be recorded", where=str(path))
        head = np.zeros(_WORDS, np.int64)
        head[[CHANNELS, PERIODS, FRAMES]] = channels, periods, frames
        try:
            path.write_bytes(head.tobytes() + bytes(_size_bytes(periods, frames, channels) - head.nbytes))
        except OSError as error:
            raise CardError(f"cannot be made ({error.strerror})", where=str(path), hint="Is the disk full?") from error
        return cls(path)

    @property
    def played(self) -> int:
        """Periods so far."""
        return int(self.words[PLAYED])

    @property
    def xruns(self) -> int:
        """Gaps that the card reported."""
        return int(self.words[XRUNS])

    def so_far(self) -> NDArray[np.float32]:
        """What was heard until now, float32 ``(frames, channels)``."""
        return self.heard[: self.played * (len(self.heard) // len(self.woke_ns))]


def _size_bytes(periods: int, frames: int, channels: int) -> int:
    return 8 * (_WORDS + periods) + 4 * frames * channels
