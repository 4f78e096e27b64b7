"""Samples as a sound card has them: whole numbers, interleaved. Pure.

Slow and plain on purpose: the engine has compiled conversions of its own, and the virtual card's
should not share a mistake with them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Bits of one sample in each ALSA format that a card of ours can have.
BITS = {"S16_LE": 16, "S24_3LE": 24, "S32_LE": 32}


def encode(samples: NDArray[np.float32], sample_format: str) -> bytes:
    """Float32 in -1..1, any shape, to the bytes of a card; louder samples are clipped."""
    bits = BITS[sample_format]
    full = 2.0 ** (bits - 1)
    whole = np.clip(np.rint(samples.astype(np.float64) * full), -full, full - 1).astype("<i4")
    if bits == 16:
        return whole.astype("<i2").tobytes()
    if bits == 24:
        return whole.reshape(-1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    return whole.tobytes()


def decode(raw: bytes, sample_format: str, channels: int) -> NDArray[np.float32]:
    """Bytes of a card to float32 ``(frames, channels)``; an unfinished last frame is left out."""
    bits = BITS[sample_format]
    frame_bytes = bits // 8 * channels
    raw = raw[: len(raw) // frame_bytes * frame_bytes]
    if bits == 24:
        padded = np.zeros((len(raw) // 3, 4), np.uint8)  # the sample in the upper three bytes
        padded[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        whole = padded.reshape(-1).view("<i4")
        bits = 32
    else:
        whole = np.frombuffer(raw, f"<i{bits // 8}")
    return (whole / 2.0 ** (bits - 1)).astype(np.float32).reshape(-1, channels)
