"""A recording: made whole, read while it grows, refused when it is none."""

from pathlib import Path

import numpy as np
import pytest

from pedal.audio.probe import decode, encode
from pedal.errors import CardError
from pedal.setup.recording import MOST_FRAMES, PLAYED, Recording
from pedal.virtual import raw


def test_what_one_end_writes_the_other_sees(tmp_path: Path) -> None:
    made = Recording.make(tmp_path / "r", 5, 64, 2)
    seen = Recording(tmp_path / "r")
    made.heard[:64] = 0.5
    made.woke_ns[0], made.words[PLAYED] = 77, 1
    assert seen.played == 1 and seen.woke_ns[0] == 77
    np.testing.assert_array_equal(seen.so_far(), np.full((64, 2), 0.5, np.float32))


@pytest.mark.parametrize("data", [b"", b"x" * 64, bytes(64), bytes(8 * 8 + 3), np.full(8, 2**62).tobytes()])
def test_what_is_none_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "r").write_bytes(data)
    with pytest.raises(CardError):
        Recording(tmp_path / "r")


def test_none_that_is_too_long_is_made(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="cannot be recorded"):
        Recording.make(tmp_path / "r", MOST_FRAMES, 64, 1)
    with pytest.raises(CardError):
        Recording(tmp_path / "r")


@pytest.mark.parametrize(("sample_format", "size"), [("S16_LE", 2), ("S24_3LE", 3), ("S32_LE", 4)])
def test_bytes_agree_with_the_plain_conversions(sample_format: str, size: int) -> None:
    samples = np.random.default_rng(2).uniform(-1.0, 1.0, (96, 2)).astype(np.float32)
    data = np.frombuffer(raw.encode(samples, sample_format), np.uint8)
    np.testing.assert_array_equal(decode(data, size, 2), raw.decode(data.tobytes(), sample_format, 2))
    mono = np.array([0.0, 0.5, -1.0, 1.0, 2.0], np.float32)
    both = raw.decode(encode(mono, size).tobytes(), sample_format, 2)
    np.testing.assert_allclose(both, np.repeat(np.clip(mono, -1, 1), 2).reshape(-1, 2), atol=2.0 ** (1 - 8 * size))
