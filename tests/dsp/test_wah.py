"""The wah: against a slow twin; where its peak stands and how sharp it is; what a foot and a follower do to it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pedal.dsp import wah
from pedal.dsp.control import STEP_FRAMES
from pedal.params import KINDS
from tests.dsp.rows import PERIODS, RATE_HZ, Exact, Floats, Row, noise, ramp
from tests.dsp.sweep import BAND_HZ, SINE_HZ, sine, spectrum

SETTLED = RATE_HZ // 5


def twin(x: Floats, places: Exact, resonance: float, mix: float) -> Exact:
    """The analogue filter's two equations, integrated by the trapezoidal rule, solved as a matrix for every frame."""
    frames, steps = len(x), np.arange(0, len(x) + STEP_FRAMES, STEP_FRAMES)
    corner_hz = 350.0 * (2200.0 / 350.0) ** places
    q = 1.2 * (4.0 / 1.2) ** resonance * np.sqrt(2200.0 / corner_hz)
    at = np.arange(frames)
    warped, damping, gain = (
        np.interp(at, steps, values) for values in (np.tan(np.pi * corner_hz / RATE_HZ), 1 / q, 1.5 / np.sqrt(q))
    )
    y = np.empty(x.shape)
    for channel in range(x.shape[1]):
        held = np.zeros(2)
        for t in range(frames):
            g, k = warped[t], damping[t]
            state = np.linalg.solve([[1 + g * k, g], [-g, 1]], held + np.array([g * x[t, channel], 0.0]))
            held = 2 * state - held
            y[t, channel] = (1 - mix) * x[t, channel] + mix * gain[t] * state[0]
    return y


def places(wanted: Exact) -> Exact:
    """What the two smoothings make of a place that begins settled, at every control step; and the first once more."""
    smooth = 1 - math.exp(-STEP_FRAMES / (wah.SMOOTH_S * RATE_HZ))
    halfway = place = wanted[0]
    out = [place]
    for value in wanted:
        halfway += (value - halfway) * smooth
        place += (halfway - place) * smooth
        out.append(place)
    return np.array(out)


@pytest.mark.parametrize("periods", PERIODS, ids=str)
@pytest.mark.parametrize("channels", [1, 2])
def test_twin_under_a_foot(channels: int, periods: tuple[int, ...]) -> None:
    x, steps = noise(2560, channels), 2560 // STEP_FRAMES
    row = Row("wah", channels, {"position": 0.1, "resonance": 0.7, "mix": 0.8})
    row.turn("position", 0.9)
    ramped = ramp([(0, 0.9)], steps, 0.1, int(0.02 * RATE_HZ) // STEP_FRAMES)
    wanted = places(np.concatenate([[0.1], ramped]))[1:]
    np.testing.assert_allclose(row.play_all(x, periods), twin(x, wanted, 0.7, 0.8), atol=5e-5)


@pytest.mark.parametrize("channels", [1, 2])
def test_twin_that_follows(channels: int) -> None:
    x, steps = noise(9600, channels), 9600 // STEP_FRAMES
    x[3000:6000] *= 0.02
    envelope, wanted, falling = 0.0, [], math.exp(-1 / (wah.RELEASE_S * RATE_HZ))
    for step in range(steps):
        push = 10 ** (6.0 / 20) * envelope
        wanted.append(0.2 + 0.8 * push / (1 + push))
        for frame in x[step * STEP_FRAMES : (step + 1) * STEP_FRAMES].astype(np.float64):
            envelope = max(np.abs(frame).max(), envelope * falling)
    row = Row("wah", channels, {"mode": 1.0, "position": 0.2, "sensitivity_db": 6.0, "mix": 1.0})
    y = twin(x, places(np.array([0.2, *wanted]))[1:], 0.6, 1.0)
    np.testing.assert_allclose(row.play_all(x), y, atol=5e-5)


def response(values: dict[str, float]) -> Exact:
    """Magnitude at every hertz."""
    x = np.zeros((RATE_HZ, 1), np.float32)
    x[0] = 1.0
    return np.abs(np.fft.rfft(Row("wah", 1, values).play_all(x)[:, 0].astype(np.float64)))


@pytest.mark.parametrize("resonance", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("position", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_peak_and_sharpness(position: float, resonance: float) -> None:
    """On a log taper from 350 Hz to 2.2 kHz; sharper towards the heel; the peak is louder the sharper it is."""
    gain = response({"position": position, "resonance": resonance})
    hz = 350.0 * (2200.0 / 350.0) ** position
    q = 1.2 * (4.0 / 1.2) ** resonance * math.sqrt(2200.0 / hz)
    assert gain.argmax() == pytest.approx(hz, rel=0.01)
    assert gain.max() == pytest.approx(1.5 * math.sqrt(q), rel=0.01)
    half = np.flatnonzero(gain > gain.max() / math.sqrt(2))
    assert half[-1] - half[0] + 1 == pytest.approx(hz / q, rel=0.02)
    assert gain[20] < 0.2
    assert gain[20000] < 0.35


@pytest.mark.parametrize("resonance", [0.3, 0.6, 1.0])
def test_as_loud_at_heel_as_at_toe(resonance: float) -> None:
    """On noise with equal power in equal parts of an octave, 80 Hz to 8 kHz."""
    hz = np.arange(80, 8000)
    loud = []
    for position in np.linspace(0, 1, 9):
        gain = response({"position": position, "resonance": resonance})[hz]
        loud.append(10 * math.log10(np.sum(gain**2 / hz) / np.sum(1 / hz)))
    assert max(loud) - min(loud) < 1.5
    assert -3.0 < float(np.mean(loud)) < 3.0


@pytest.mark.parametrize("grain", [1 / 127, 0.001], ids=["coarse", "fine"])
def test_a_foot_makes_no_steps(grain: float) -> None:
    """Heel to toe in 150 ms in 127 steps and in a thousand, read 50 times a second."""
    row, out = Row("wah", 1, {"position": 0.0, "resonance": 1.0}), []
    x = sine(1.2)
    for start in range(0, len(x), 64):
        turn = min(1.0, max(0.0, (start // 960 * 0.02 - 0.5) / 0.15))
        row.turn("position", round(turn / grain) * grain)
        out.append(row.play(x[start : start + 64, None]))
    # A peak of Q 10 rings: what the way itself explains is wider than of other knobs.
    hz, power = spectrum(np.concatenate(out)[RATE_HZ // 4 : RATE_HZ, 0])
    assert 10 * math.log10(power[hz > SINE_HZ + 2 * BAND_HZ].sum()) <= -70.0


def test_a_sweep_without_smoothings_would_be_heard() -> None:
    """The measure above is one: the same foot, each reading taken at once."""
    x, readings = sine(1.2), np.clip((np.arange(int(1.2 * RATE_HZ)) // 960 * 0.02 - 0.5) / 0.15, 0, 1)
    y = twin(x[:, None], readings[np.append(np.arange(0, len(x), STEP_FRAMES), len(x) - 1)], 1.0, 1.0)
    hz, power = spectrum(y[RATE_HZ // 4 : RATE_HZ, 0].astype(np.float32))
    assert 10 * math.log10(power[hz > SINE_HZ + 2 * BAND_HZ].sum()) > -60.0


def place_of(row: Row) -> float:
    return float(row.arena.f32[row.arena.i64[row.row + wah.F32] + wah.PLACE])


def pluck(hz: float, level: float, seconds: float) -> Floats:
    """A note that dies away like a string's."""
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (level * np.exp(-t / 0.8) * np.sin(2 * np.pi * hz * t)).astype(np.float32)[:, None]


@pytest.mark.parametrize("hz", [82.4, 330.0])
def test_touch_opens_fast_and_closes_evenly(hz: float) -> None:
    row, x, seen = Row("wah", 1, {"mode": 1.0, "position": 0.0}), pluck(hz, 0.3, 2.0), []
    row.play_all(np.zeros((SETTLED, 1), np.float32))
    for start in range(0, len(x), 32):
        row.play(x[start : start + 32])
        seen.append(place_of(row))
    most = int(np.argmax(seen))
    assert 0.4 < seen[most] < 0.6
    assert most * 32 < 0.06 * RATE_HZ
    assert min(i for i, place in enumerate(seen) if place > 0.8 * seen[most]) * 32 < 0.025 * RATE_HZ
    # From there it only closes: what the string's own swings do to it is a small part of the way (no flutter).
    risen = np.maximum(np.diff(seen[most:]), 0.0).sum()
    assert risen < 0.02 * seen[most]
    assert seen[-1] < 0.3 * seen[most]


def test_touch_does_not_hear_its_own_peak() -> None:
    """As far open on a note in the peak as on one far from it, and whatever the resonance."""
    found = []
    for hz in (90.0, 700.0, 4000.0):
        for resonance in (0.0, 1.0):
            row = Row("wah", 1, {"mode": 1.0, "position": 0.3, "resonance": resonance})
            t = np.arange(RATE_HZ) / RATE_HZ
            row.play_all((0.2 * np.sin(2 * np.pi * hz * t)).astype(np.float32)[:, None])
            found.append(place_of(row))
    assert max(found) - min(found) < 0.01


def test_harder_opens_further_and_never_past_the_toe() -> None:
    sensitivity = KINDS["wah"].params[wah.SENSITIVITY]
    found = []
    for level in (0.0, 0.01, 0.1, 0.5, 1.0):
        row = Row("wah", 1, {"mode": 1.0, "position": 0.25, "sensitivity_db": sensitivity.high})
        row.play_all(np.full((RATE_HZ, 1), level, np.float32))
        found.append(place_of(row))
    assert found == sorted(found)
    assert found[0] == pytest.approx(0.25)
    assert 0.9 < found[-1] <= 1.0


@pytest.mark.parametrize("position", [0.0, 1.0])
def test_its_own_noise_is_far_below_the_guitar(position: float) -> None:
    """Single precision against the twin's double: more than 110 dB below the sound, most resonance, lowest corner."""
    x = noise(RATE_HZ // 4, 1)
    row = Row("wah", 1, {"position": position, "resonance": 1.0})
    y = row.play_all(x)
    exact = twin(x, np.full(len(x) // STEP_FRAMES + 1, position), 1.0, 1.0)
    assert 10 * math.log10(np.mean((y - exact) ** 2) / np.mean(exact**2)) < -110.0


def test_what_was_played_is_gone_at_once() -> None:
    """The sharpest ring, at the heel: below -120 dBFS in 150 ms."""
    row = Row("wah", 2, {"position": 0.0, "resonance": 1.0})
    row.play_all(noise(RATE_HZ))
    row.play_all(np.zeros((int(0.15 * RATE_HZ), 2), np.float32))
    assert np.abs(row.play_all(np.zeros((4800, 2), np.float32))).max() < 1e-6
