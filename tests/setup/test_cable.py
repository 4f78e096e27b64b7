"""The way through a cable: simulated ways, whose length is known."""

import numpy as np
import pytest

from pedal.setup.cable import BITS, judge_loop, sequence, signal_to_send

RATE_HZ = 48000


def through(frames: int, gain: float = 1.0, noise: float = 0.0, hum: float = 0.0) -> np.ndarray:
    sent = signal_to_send(RATE_HZ).astype(np.float64)
    heard = np.zeros(len(sent))
    heard[frames:] = gain * sent[: len(sent) - frames]
    heard += noise * np.random.default_rng(frames).standard_normal(len(sent))
    heard += hum * np.sin(2 * np.pi * 50 / RATE_HZ * np.arange(len(sent)))
    return np.clip(heard, -1.0, 1.0).astype(np.float32)


def test_a_maximum_length_sequence_matches_itself_at_one_shift_only() -> None:
    bits = sequence()
    matches = np.fft.irfft(np.abs(np.fft.rfft(bits.astype(np.float64))) ** 2, len(bits))
    assert len(bits) == 2**BITS - 1
    assert matches[0] == pytest.approx(len(bits))
    np.testing.assert_allclose(matches[1:], -1.0, atol=1e-6)


@pytest.mark.parametrize("frames", [0, 1, 191, 1024, 9999])
@pytest.mark.parametrize("gain", [1.0, -0.5, 0.02])
def test_the_way_is_found_to_the_frame_at_any_level_and_either_way_up(frames: int, gain: float) -> None:
    loop = judge_loop(through(frames, gain, noise=1e-4, hum=1e-3), RATE_HZ)
    assert loop.frames == frames
    assert loop.inverted == (gain < 0)
    assert loop.gain_db == pytest.approx(20 * np.log10(abs(gain)), abs=0.3)


def test_a_converters_filter_does_not_hide_it() -> None:
    ringing = np.sinc((np.arange(-16, 17)) * 0.9) * np.hanning(33)
    heard = np.convolve(through(300), ringing)[16:].astype(np.float32)
    loop = judge_loop(heard, RATE_HZ)
    assert loop.frames is not None and abs(loop.frames - 300) <= 1


@pytest.mark.parametrize("noise", [0.0, 1e-5, 0.01, 0.3])
def test_without_a_cable_nothing_is_found(noise: float) -> None:
    loop = judge_loop(through(0, gain=0.0, noise=noise, hum=noise / 2), RATE_HZ)
    assert loop.frames is None and not loop.inverted


@pytest.mark.parametrize("noise_db", [-100.0, -80.0, -60.0])
def test_noise_is_measured_in_the_silence_before(noise_db: float) -> None:
    loop = judge_loop(through(700, noise=10 ** (noise_db / 20)) + np.float32(0.01), RATE_HZ)
    assert loop.noise_db == pytest.approx(noise_db, abs=0.3)
    assert loop.noise_peak_db > loop.noise_db + 9.0


def test_a_recording_that_is_too_short_tells_nothing() -> None:
    assert judge_loop(np.zeros(100, np.float32), RATE_HZ).frames is None
