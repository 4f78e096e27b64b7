"""The laboratory's ear: a tone that goes on is at rest; a gap, a click and a repeated period are heard."""

from __future__ import annotations

import numpy as np

from tests.lab.ear import TONE_FRAMES, Recording, envelope, longest_silence_frames, roughness, unrest


def tone(frames: int = 9600) -> Recording:
    wave = 0.3 * np.sin(2 * np.pi * np.arange(frames) / TONE_FRAMES)
    return np.repeat(wave[:, None], 2, axis=1).astype(np.float32)


def test_a_tone_that_goes_on_is_at_rest() -> None:
    assert unrest(tone()) < 1e-5
    assert longest_silence_frames(tone()) <= 1
    assert np.ptp(envelope(tone())) < 1e-6


def test_a_missing_period_a_repeated_one_and_a_click_are_heard() -> None:
    missing = tone()
    missing[3000:3064] = 0.0
    assert unrest(missing) > 0.5 and longest_silence_frames(missing) >= 64
    repeated = np.concatenate([tone()[:3000], tone()[2936:]])
    assert unrest(repeated) > 0.5
    click = tone()
    click[5000] += 0.1
    assert unrest(click) > 0.2 and roughness(click) > 2 * roughness(tone())


def test_silence_at_both_ends_counts() -> None:
    sound = tone(960)
    sound[:100] = 0.0
    sound[-200:] = 0.0
    assert longest_silence_frames(sound) == 200
    assert longest_silence_frames(np.zeros((50, 2), np.float32)) == 50
