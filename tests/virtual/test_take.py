"""Recordings for the virtual card, and the tape that plays them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from pedal.errors import CardError
from pedal.virtual.take import Tape, load_take


def test_several_channels_are_averaged(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.array([[0.5, 0.0], [0.25, -0.25]], np.float32), 48000, subtype="FLOAT")
    np.testing.assert_array_equal(load_take(tmp_path / "a.wav", 48000), np.array([0.25, 0.0], np.float32))


def test_unusable_recordings_say_why(tmp_path: Path) -> None:
    with pytest.raises(CardError, match=r"gone\.wav.*cannot be read"):
        load_take(tmp_path / "gone.wav", 48000)
    (tmp_path / "noise.wav").write_bytes(os.urandom(1000))
    with pytest.raises(CardError, match="cannot be read"):
        load_take(tmp_path / "noise.wav", 48000)
    soundfile.write(tmp_path / "slow.wav", np.zeros(10), 44100)
    with pytest.raises(CardError, match="recorded at 44100 Hz, the card runs at 48000 Hz"):
        load_take(tmp_path / "slow.wav", 48000)
    soundfile.write(tmp_path / "nan.wav", np.array([0.0, np.nan], np.float32), 48000, subtype="FLOAT")
    with pytest.raises(CardError, match="no usable samples"):
        load_take(tmp_path / "nan.wav", 48000)


@pytest.mark.parametrize("frame_bytes", [2, 6, 8])
def test_a_tape_repeats_and_never_tears_a_frame(tmp_path: Path, frame_bytes: int) -> None:
    frames = 5000
    data = b"".join(n.to_bytes(2, "little") * (frame_bytes // 2) for n in range(frames))
    tape = Tape(tmp_path / "fifo", data, frame_bytes)
    heard = b""
    with (tmp_path / "fifo").open("rb", buffering=0) as reader:
        while len(heard) < 3 * len(data):
            piece = reader.read(64 * frame_bytes)
            assert len(piece) % frame_bytes == 0
            heard += piece
    tape.close()
    assert heard[: 3 * len(data)] == 3 * data


def test_a_new_reader_goes_on_where_the_last_one_stopped(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "fifo", bytes(range(256)) * 8, 2)
    for start in (0, 100):
        with (tmp_path / "fifo").open("rb", buffering=0) as reader:
            assert reader.read(100) == bytes(range(256))[start : start + 100]
    tape.close()
