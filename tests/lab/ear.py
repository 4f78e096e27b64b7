"""What a listener would notice in a recording of the cable. Pure; called by scenarios.

While the guitar plays one tone for ever, everything that a pedal at rest makes of it repeats with the tone: a period
that is missing, empty or played twice, and any click, breaks the pattern.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Recording = NDArray[np.float32]
#: The laboratory's tone (``guitar.tone``) repeats after so many frames.
TONE_FRAMES = 96


def unrest(sound: Recording, period_frames: int = TONE_FRAMES) -> float:
    """The worst difference between a frame and the one a tone's period before it, as a share of the peak.

    0 for a pattern that never breaks; about 1 or more for a gap.
    """
    assert len(sound) > period_frames, "too short to hear a pattern"
    return float(np.max(np.abs(sound[period_frames:] - sound[:-period_frames])) / max(1e-9, np.max(np.abs(sound))))


def envelope(sound: Recording, window_frames: int = TONE_FRAMES) -> NDArray[np.float32]:
    """The peak of each window, both channels together."""
    whole = sound[: len(sound) // window_frames * window_frames]
    return np.max(np.abs(whole).reshape(-1, window_frames * sound.shape[1]), axis=1)


def longest_silence_frames(sound: Recording) -> int:
    """Frames in a row in which both channels are exactly zero: a pedal that plays is never that quiet for long."""
    silent = np.concatenate(([False], ~np.any(sound, axis=1), [False]))
    edges = np.flatnonzero(np.diff(silent.astype(np.int8)))
    return int(np.max(edges[1::2] - edges[::2], initial=0))


def roughness(sound: Recording) -> float:
    """The largest jump from one frame to the next."""
    return float(np.max(np.abs(np.diff(sound, axis=0)), initial=0.0))
