"""A limiter without look-ahead, so without latency. Called by the blocks at the end of the chain, frame by frame.

Its envelope jumps up with a peak and falls slowly; the gain is ``top / envelope`` whenever the envelope is above the
top, one gain for all channels. No frame leaves above the top. (U. Zölzer, "DAFX", 2nd ed., 2011, section 4.2, whose
limiter looks ahead.)
"""

from __future__ import annotations

import math
from typing import Any

from pedal.jit import kernel
from pedal.layout import BUS_STRIDE

RELEASE_S = 0.06


@kernel
def falling_kernel(rate_hz: int) -> float:
    """What the envelope is multiplied by for each frame."""
    return math.exp(-1.0 / (RELEASE_S * rate_hz))


@kernel
def limit_kernel(f32: Any, at: int, channels: int, gain: float, top: float, envelope: float) -> Any:
    """One frame in all channels, scaled by ``gain`` and held below ``top``; ``envelope`` has fallen. Returns it."""
    for channel in range(channels):
        envelope = max(envelope, abs(f32[at + channel * BUS_STRIDE] * gain))
    if envelope > top:
        gain *= top / envelope
    for channel in range(channels):
        f32[at + channel * BUS_STRIDE] *= gain
    return envelope
