"""Chorus, flanger, vibrato, tremolo and phaser: against slow twins, and what makes each of them what it is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pedal.dsp import chorus, phaser, tremolo, vibrato
from pedal.params.tempo import BEATS, SWEEP_BEATS, SWEEPS
from tests.dsp import lines
from tests.dsp.rows import PERIODS, RATE_HZ, Exact, Row, noise

FRAMES = 2500
X = noise(FRAMES)
EXACT = X.astype(np.float64)


@pytest.mark.parametrize("periods", PERIODS, ids=str)
@pytest.mark.parametrize("channels", [1, 2])
class TestTwins:
    def test_chorus(self, channels: int, periods: tuple[int, ...]) -> None:
        row = Row("chorus", channels, {"rate_hz": 3.0, "depth": 0.8, "mix": 0.4})
        way = chorus.SWING_S * 0.8 / (1 + 3.0) * RATE_HZ
        for channel in range(channels):
            taps = [
                (centre_s * RATE_HZ, way, chorus.OFFSETS[2 * channel + voice])
                for voice, centre_s in enumerate(chorus.CENTRES_S)
            ]
            wet = lines.swung(EXACT[:, channel], taps, 3.0)
            y = row.play_all(X[:, :channels], periods)[:, channel]
            np.testing.assert_allclose(y, EXACT[:, channel] + 0.8 * math.sqrt(0.5) * wet, atol=5e-5)
            row = Row("chorus", channels, {"rate_hz": 3.0, "depth": 0.8, "mix": 0.4})

    def test_flanger(self, channels: int, periods: tuple[int, ...]) -> None:
        values = {"rate_hz": 2.0, "depth": 0.9, "delay_s": 0.001, "feedback": -0.6, "mix": 0.5}
        y = Row("flanger", channels, values).play_all(X[:, :channels], periods)
        for channel in range(channels):
            taps = [(48.0, 0.9 * 45.0, 0.25 * channel)]
            wet = lines.swung(EXACT[:, channel], taps, 2.0, -0.6)
            np.testing.assert_allclose(y[:, channel], EXACT[:, channel] + 0.8 * wet, atol=2e-4)

    def test_vibrato(self, channels: int, periods: tuple[int, ...]) -> None:
        y = Row("vibrato", channels, {"rate_hz": 6.0, "depth_cents": 40.0}).play_all(X[:, :channels], periods)
        way = (2 ** (40 / 1200) - 1) * RATE_HZ / (2 * math.pi * 6.0)
        for channel in range(channels):
            twin = lines.swung(EXACT[:, channel], [(way + vibrato.LEAST_FRAMES, way, 0.0)], 6.0)
            np.testing.assert_allclose(y[:, channel], twin, atol=5e-5)

    def test_tremolo(self, channels: int, periods: tuple[int, ...]) -> None:
        values = {"rate_hz": 8.0, "depth": 0.7, "shape": 0.5, "spread": 1.0}
        y = Row("tremolo", channels, values).play_all(X[:, :channels], periods)
        s = np.sin(2 * np.pi * 8.0 * np.arange(FRAMES) / RATE_HZ)
        bend = tremolo.MOST_BEND * 0.25
        for channel, side in zip(range(channels), (s, -s), strict=False):
            bent = (1 + bend) * side / (1 + bend * np.abs(side))
            twin = EXACT[:, channel] * (1 - 0.7 * (0.5 - 0.5 * bent))
            np.testing.assert_allclose(y[:, channel], twin, atol=1e-5)

    def test_phaser(self, channels: int, periods: tuple[int, ...]) -> None:
        values = {"rate_hz": 5.0, "depth": 0.6, "centre_hz": 700.0, "feedback": 0.5, "mix": 0.4}
        y = Row("phaser", channels, values).play_all(X[:, :channels], periods)
        for channel in range(channels):
            np.testing.assert_allclose(y[:, channel], phased(EXACT[:, channel], 0.25 * channel), atol=5e-5)


def phased(x: Exact, offset: float) -> Exact:
    def coefficient(step: int) -> float:
        turns = 5.0 * step * lines.STEP / RATE_HZ + offset
        hz = 700.0 * 2 ** (phaser.OCTAVES * 0.6 * math.sin(2 * math.pi * turns))
        tangent = math.tan(math.pi * hz / RATE_HZ)
        return (tangent - 1) / (tangent + 1)

    sweep = lines.stepped(coefficient, len(x))
    past, y, last = np.zeros((phaser.STAGES, 2)), np.zeros(len(x)), 0.0
    for t in range(len(x)):
        signal = x[t] + 0.5 * last
        for stage in range(phaser.STAGES):
            out = sweep[t] * (signal - past[stage, 1]) + past[stage, 0]
            past[stage] = signal, out
            signal = out
        last = signal
        y[t] = 0.6 * x[t] + 0.4 * math.sqrt(1 - 0.25) * signal
    return y


def pitch_cents(y: Exact, hz: float) -> Exact:
    """Deviation of a sine's pitch, by the phase of its analytic signal, smoothed over a period."""
    turned = y * np.exp(-2j * np.pi * hz * np.arange(len(y)) / RATE_HZ)
    smooth = np.convolve(turned, np.hanning(480) / np.hanning(480).sum(), "valid")
    return 1200 * np.log2(1 + np.diff(np.unwrap(np.angle(smooth))) * RATE_HZ / (2 * np.pi * hz))


@pytest.mark.parametrize("cents", [5.0, 20.0, 60.0])
@pytest.mark.parametrize("rate_hz", [1.0, 5.0])
def test_vibrato_is_as_deep_as_it_says(cents: float, rate_hz: float) -> None:
    x = 0.3 * np.sin(2 * np.pi * 1000 * np.arange(2 * RATE_HZ) / RATE_HZ)
    row = Row("vibrato", 1, {"rate_hz": rate_hz, "depth_cents": cents})
    found = pitch_cents(row.play_all(x[:, None].astype(np.float32)).astype(np.float64)[RATE_HZ // 2 :, 0], 1000.0)
    assert found.max() == pytest.approx(cents, rel=0.06)
    assert found.min() == pytest.approx(-cents, rel=0.06)


@pytest.mark.parametrize("depth", [0.25, 0.6, 1.0])
@pytest.mark.parametrize("shape", [0.0, 1.0])
def test_tremolo_goes_down_by_its_depth_and_never_up(depth: float, shape: float) -> None:
    row = Row("tremolo", 1, {"rate_hz": 5.0, "depth": depth, "shape": shape})
    y = row.play_all(np.ones((RATE_HZ, 1), np.float32))[:, 0]
    assert y.max() == pytest.approx(1.0, abs=1e-5)
    assert y.min() == pytest.approx(1.0 - depth, abs=1e-5)


def test_tremolo_keeps_the_beat() -> None:
    row = Row("tremolo", 1, {"division": 6.0, "tempo_bpm": 120.0, "depth": 1.0})
    y = row.play_all(np.ones((2 * RATE_HZ, 1), np.float32))[:, 0].astype(np.float64)
    strongest = np.abs(np.fft.rfft(y - y.mean())).argmax() / 2
    assert strongest == pytest.approx(120 / 60 / BEATS[6])


@pytest.mark.parametrize("kind", ["phaser", "flanger"])
@pytest.mark.parametrize("division", range(1, len(SWEEPS)))
def test_a_sweep_keeps_the_beat(kind: str, division: int) -> None:
    """At 93 bpm it is what it is at the rate that is said in Hz."""
    hertz = 93.0 / 60.0 / SWEEP_BEATS[division]
    followed = Row(kind, 2, {"division": division, "tempo_bpm": 93.0, "rate_hz": 0.02}).play_all(X)
    np.testing.assert_allclose(followed, Row(kind, 2, {"rate_hz": hertz}).play_all(X), atol=2e-5)


@pytest.mark.parametrize("hz", [300.0, 800.0, 2000.0])
def test_phaser_has_three_notches_and_its_allpasses_pass_all(hz: float) -> None:
    x = np.zeros((RATE_HZ, 1), np.float32)
    x[0] = 1.0
    still = {"depth": 0.0, "centre_hz": hz, "feedback": 0.0}
    wet = np.abs(np.fft.rfft(Row("phaser", 1, {**still, "mix": 1.0}).play_all(x)[:, 0].astype(np.float64)))
    np.testing.assert_allclose(wet, 1.0, atol=1e-3)
    half = np.abs(np.fft.rfft(Row("phaser", 1, {**still, "mix": 0.5}).play_all(x)[:, 0].astype(np.float64)))
    deep = np.flatnonzero(half < 0.02)
    notches = [k for k in deep if half[k] < half[k - 1] and half[k] <= half[k + 1]]
    assert len(notches) == 3
    assert notches[1] == pytest.approx(hz, rel=0.01)  # 6 stages at 90 degrees each: 540 degrees, the middle notch


@pytest.mark.parametrize("kind", ["chorus", "flanger", "phaser"])
def test_sides_differ_and_neither_is_louder(kind: str) -> None:
    x = noise(4 * RATE_HZ, 1)
    y = Row(kind, 2).play_all(np.repeat(x, 2, axis=1), (256,)).astype(np.float64)
    power = (y**2).mean(axis=0)
    assert 10 * abs(math.log10(power[0] / power[1])) < 1.0
    assert np.corrcoef(y.T)[0, 1] < 0.97


@pytest.mark.parametrize("kind", ["chorus", "flanger", "phaser", "tremolo", "vibrato", "wah"])
def test_what_was_played_is_over_soon(kind: str) -> None:
    """No tail worth the name at the defaults: 1 s later it is below -120 dBFS."""
    row = Row(kind, 2)
    row.play_all(noise(RATE_HZ))
    row.play_all(np.zeros((RATE_HZ, 2), np.float32))
    assert np.abs(row.play_all(np.zeros((4800, 2), np.float32))).max() < 1e-6
