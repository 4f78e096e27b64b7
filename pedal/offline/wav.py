"""Sound files in, WAV files out, a block at a time, so that an hour of playing needs no memory.

Used by ``pedal render``. Whatever is wrong with a file is one sentence.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from pedal.errors import PedalError

#: The size field of a WAV file has 32 bits.
_WAV_CAP_BYTES = 4_000_000_000


class SoundFileError(PedalError):
    """A sound file that is missing, malformed or cannot be written."""


class SoundReader:
    """An open sound file, read once from its start.

    Attributes:
        rate_hz: its sample rate.
        channels: of the file; ``blocks`` gives their mean.
        frames: as its header says.
    """

    def __init__(self, file: soundfile.SoundFile, path: Path) -> None:
        self._file = file
        self._path = path
        self.rate_hz: int = file.samplerate
        self.channels: int = file.channels
        self.frames: int = file.frames

    def blocks(self, block_frames: int) -> Iterator[NDArray[np.float32]]:
        """Mono float32 ``(frames,)`` pieces of ``block_frames``, the last one shorter.

        Raises:
            SoundFileError: the file breaks off, or holds samples that are not numbers.
        """
        at = 0
        while True:
            try:
                block = self._file.read(block_frames, dtype="float32", always_2d=True)
            except soundfile.LibsndfileError as failure:
                raise SoundFileError(f"breaks off behind frame {at}", where=str(self._path)) from failure
            if block.shape[0] == 0:
                return
            mono = np.ascontiguousarray(block[:, 0]) if self.channels == 1 else block.mean(axis=1, dtype=np.float32)
            if not np.isfinite(mono).all():
                frame = at + int(np.flatnonzero(~np.isfinite(mono))[0])
                raise SoundFileError(
                    f"the sample at frame {frame} is not a number", where=str(self._path), hint="Export it again"
                )
            at += block.shape[0]
            yield mono


class SoundWriter:
    """An open float32 WAV file."""

    def __init__(self, file: soundfile.SoundFile, path: Path) -> None:
        self._file = file
        self._path = path

    def write(self, samples: NDArray[np.float32]) -> None:
        """Append float32 ``(frames,)`` or ``(frames, channels)``.

        Raises:
            SoundFileError: the disk refuses.
        """
        try:
            self._file.write(samples)
        except soundfile.LibsndfileError as failure:
            raise _not_written(self._path, str(failure)) from failure


@contextmanager
def open_reader(path: Path) -> Iterator[SoundReader]:
    """A sound file to read: WAV, FLAC, AIFF, or whatever else libsndfile knows.

    Raises:
        SoundFileError: missing, or not a sound file.
    """
    if not path.is_file():
        what = "is not a file" if path.exists() else "there is no such file"
        raise SoundFileError(what, where=str(path), hint="Name a WAV file")
    try:
        file = soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, OSError) as failure:
        raise SoundFileError("cannot be read as a sound file", where=str(path), hint="Name a WAV file") from failure
    with file:
        yield SoundReader(file, path)


@contextmanager
def open_writer(path: Path, rate_hz: int, channels: int, frames: int) -> Iterator[SoundWriter]:
    """A float32 WAV file to write; ``path`` appears when all of it is there, and not if anything fails.

    Args:
        path: replaced if it exists.
        rate_hz: sample rate.
        channels: per frame.
        frames: how many will come, so that a file beyond the format is refused at once.

    Raises:
        SoundFileError: it cannot be written.
    """
    if frames * channels * 4 > _WAV_CAP_BYTES:
        raise SoundFileError(f"{frames} frames do not fit a WAV file", where=str(path), hint="Cut the input")
    if path.is_dir():
        raise SoundFileError("is a folder", where=str(path), hint="Name a file in it")
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        file = soundfile.SoundFile(partial, "w", rate_hz, channels, subtype="FLOAT", format="WAV")
    except (soundfile.LibsndfileError, OSError) as failure:
        raise _not_written(path, "no such folder" if not path.parent.is_dir() else "no permission?") from failure
    try:
        with file:
            yield SoundWriter(file, path)
        os.replace(partial, path)
    except OSError as failure:
        raise _not_written(path, failure.strerror or str(failure)) from failure
    finally:
        partial.unlink(missing_ok=True)


def _not_written(path: Path, reason: str) -> SoundFileError:
    return SoundFileError(f"cannot be written ({reason})", where=str(path), hint="Name another place")
