"""The slow twin of the engine's sample formats."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.virtual.raw import BITS, decode, encode

FORMATS = list(BITS)


@pytest.mark.parametrize("sample_format", FORMATS)
@given(samples=st.lists(st.floats(-1.0, 1.0, width=32), min_size=1, max_size=50))
def test_there_and_back_within_half_a_step(sample_format: str, samples: list[float]) -> None:
    x = np.array(samples, np.float32)
    back = decode(encode(x, sample_format), sample_format, 1)[:, 0]
    step = 2.0 ** (1 - BITS[sample_format])
    # Full scale itself is one step too loud; float32 adds its own half step.
    assert np.abs(back - np.minimum(x, 1.0 - step)).max() <= 0.5 * step + 2.0**-24


@pytest.mark.parametrize(
    ("sample_format", "raw"),
    [
        ("S16_LE", b"\xff\x7f\x00\x80\x01\x00"),
        ("S24_3LE", b"\xff\xff\x7f\x00\x00\x80\x01\x00\x00"),
        ("S32_LE", b"\xff\xff\xff\x7f\x00\x00\x00\x80\x01\x00\x00\x00"),
    ],
)
def test_bytes_are_little_endian_and_loud_samples_clip(sample_format: str, raw: bytes) -> None:
    step = 2.0 ** (1 - BITS[sample_format])
    assert encode(np.array([7.0, -7.0, step], np.float32), sample_format) == raw


@pytest.mark.parametrize("sample_format", FORMATS)
def test_an_unfinished_frame_is_left_out(sample_format: str) -> None:
    whole = encode(np.zeros((5, 2), np.float32), sample_format)
    assert decode(whole[:-1], sample_format, 2).shape == (4, 2)
