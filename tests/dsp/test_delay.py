"""The delay: echoes where and as loud as they should be, times that glide, tails that end."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from pedal.dsp.delay import FASTER, SLOWER, WOW_S
from pedal.params.delay import MOST_S
from pedal.params.tempo import BEATS, DIVISIONS
from tests.dsp import lines
from tests.dsp.rows import PERIODS, RATE_HZ, Exact, Floats, Row, noise

OPEN = {"low_cut_hz": 20.0, "high_cut_hz": 20000.0}


def click(frames: int, channels: int = 2) -> Floats:
    x = np.zeros((frames, channels), np.float32)
    x[0] = 1.0
    return x


def sine(hz: float, seconds: float) -> Floats:
    x = 0.25 * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)
    return np.stack([x, x], axis=1).astype(np.float32)


@pytest.mark.parametrize("periods", PERIODS, ids=str)
@pytest.mark.parametrize("ping_pong", [False, True])
@pytest.mark.parametrize("depth", [0.0, 0.7])
def test_twin(periods: tuple[int, ...], ping_pong: bool, depth: float) -> None:
    x, hz = noise(3000), 3.0
    values = {"time_s": 0.02, "feedback": 0.7, "mix": 0.4, "low_cut_hz": 150.0, "high_cut_hz": 3000.0}
    row = Row("delay", 2, {**values, "ping_pong": float(ping_pong), "mod_rate_hz": hz, "mod_depth": depth})

    def frames(t: int, channel: int) -> float:
        wow = depth * WOW_S * RATE_HZ
        return 960 + wow * (1 + math.sin(2 * math.pi * (hz * t / RATE_HZ + 0.25 * channel)) if depth else 0.0)

    del values["time_s"]
    twin = lines.delay(x.astype(np.float64), delay_frames=frames, ping_pong=ping_pong, **values)
    np.testing.assert_allclose(row.play_all(x, periods), twin, atol=5e-5)


def test_mono_is_the_left_of_stereo() -> None:
    x = noise(20_000)
    values = {"time_s": 0.05, "feedback": 0.6, "mod_depth": 0.5}
    both, one = Row("delay", 2, values), Row("delay", 1, values)
    np.testing.assert_array_equal(one.play_all(x[:, :1])[:, 0], both.play_all(x)[:, 0])


@pytest.mark.parametrize("time_s", [0.02, 0.3337, 1.0, MOST_S])
def test_echoes_come_in_time_each_softer_by_the_feedback(time_s: float) -> None:
    row = Row("delay", 2, {"time_s": time_s, "feedback": 0.5, "mix": 0.5, **OPEN})
    y = row.play_all(click(int(3.5 * time_s * RATE_HZ)), (256,))[:, 0].astype(np.float64)
    apart = round(time_s * RATE_HZ)
    assert y[0] == 1.0
    tone = np.exp(-2j * np.pi * 1000.0 * np.arange(400) / RATE_HZ)  # the open filters let 1 kHz pass
    loud = [abs(y[number * apart : number * apart + 400] @ tone) for number in (1, 2, 3)]
    assert loud == pytest.approx([1.0, 0.5, 0.25], rel=0.02)
    assert np.abs(y[1:apart]).max() == 0.0
    assert all(np.abs(y[number * apart :][:20]).argmax() == 0 for number in (1, 2, 3))


def test_ping_pong_goes_from_side_to_side() -> None:
    row = Row("delay", 2, {"time_s": 0.1, "feedback": 0.5, "mix": 0.5, "ping_pong": 1.0, **OPEN})
    energy = row.play_all(click(24_000)).reshape(-1, 480, 2).astype(np.float64) ** 2
    sides = energy.sum(axis=1)
    for number, (loud, silent) in {1: (0, 1), 2: (1, 0), 3: (0, 1), 4: (1, 0)}.items():
        assert sides[10 * number, loud] > 1e-3
        assert sides[10 * number, silent] < 1e-9


@pytest.mark.parametrize("number", range(1, len(DIVISIONS)))
def test_a_division_is_its_share_of_the_beat(number: int) -> None:
    row = Row("delay", 1, {"division": float(number), "tempo_bpm": 90.0, "mix": 1.0, "feedback": 0.0, **OPEN})
    y = row.play_all(click(int(1.5 * RATE_HZ), 1), (256,))[:, 0]
    assert np.abs(y).argmax() == round(60 / 90 * BEATS[number] * RATE_HZ)


def test_a_note_that_would_be_too_long_is_as_long_as_can_be() -> None:
    row = Row("delay", 1, {"division": 1.0, "tempo_bpm": 30.0, "mix": 1.0, **OPEN})
    assert np.abs(row.play_all(click(int(2.1 * RATE_HZ), 1), (256,))).argmax() == MOST_S * RATE_HZ


@pytest.mark.parametrize(("before_s", "after_s"), [(0.1, 0.5), (0.5, 0.1), (0.4, 0.41)])
def test_a_new_time_glides_like_tape_and_arrives(before_s: float, after_s: float) -> None:
    """While it moves the pitch is at most an octave off; then it is exactly the new time; and nothing clicks."""
    row = Row("delay", 1, {"time_s": before_s, "mix": 1.0, "feedback": 0.0, **OPEN})
    x = sine(1000.0, 3.0)[:, :1]
    row.play_all(x[:RATE_HZ])
    row.turn("time_s", after_s)
    y = row.play_all(x[RATE_HZ:])[:, 0].astype(np.float64)
    steepest = 0.25 * 2 * np.pi * 1000.0 / RATE_HZ
    assert np.abs(np.diff(y)).max() <= steepest * (1.01 + FASTER)
    third = np.diff(y, 3)  # a click of 1e-3 would stand out of the smoothest of sines, an octave up
    assert np.abs(third).max() <= 1.2 * 0.25 * (2 * np.pi * 1000.0 * (1 + FASTER) / RATE_HZ) ** 3 + 1e-5
    again = Row("delay", 1, {"time_s": after_s, "mix": 1.0, "feedback": 0.0, **OPEN})
    np.testing.assert_allclose(y[-4800:], again.play_all(x)[-4800:, 0], atol=1e-4)
    assert SLOWER < 1.0, "it never stands still: that would be silence"


def test_the_filter_acts_on_every_round() -> None:
    row = Row("delay", 1, {"time_s": 0.1, "mix": 1.0, "feedback": 0.9, "high_cut_hz": 1000.0, "low_cut_hz": 20.0})
    y = row.play_all(click(24_000, 1))[:, 0].astype(np.float64)
    hz = np.fft.rfftfreq(4800, 1 / RATE_HZ)
    at_1k = [np.abs(np.fft.rfft(y[k * 4800 : (k + 1) * 4800]))[np.argmin(np.abs(hz - 1000))] for k in (1, 2, 3, 4)]
    for before, after in pairwise(at_1k):
        assert after / before == pytest.approx(0.9 * 10 ** (-3 / 20), rel=0.05)


def test_a_bypassed_delay_rings_out_and_then_costs_nothing() -> None:
    """The echoes go on, nothing new comes in, and in the end it is exactly dry, memory untouched."""
    row = Row("delay", 2, {"time_s": 0.2, "feedback": 0.6, "mix": 0.5})
    x = noise(RATE_HZ // 2)
    row.play_all(x)
    row.turn("bypass", 1.0)
    silence = np.zeros((RATE_HZ, 2), np.float32)
    assert np.abs(row.play_all(silence)[9600:19_200]).max() > 0.01
    later = np.concatenate([row.play_all(silence) for _ in range(20)])
    assert np.abs(later[8 * RATE_HZ :]).max() < 1e-6
    before = row.arena.u8.copy()
    np.testing.assert_array_equal(row.play_all(x[:4800]), x[:4800])
    changed = np.flatnonzero(row.arena.u8 != before)
    region = row.notes.region
    assert not ((changed >= region[0]) & (changed < sum(region))).any()


def test_it_is_stable_for_ever() -> None:
    """A minute of noise at the most feedback stays below what a geometric row allows."""
    row = Row("delay", 2, {"time_s": 0.05, "feedback": 0.95, "mix": 1.0, "mod_depth": 1.0, **OPEN})
    x, loud = np.clip(noise(RATE_HZ), -0.5, 0.5), []
    for _ in range(60):
        loud.append(float(np.sqrt(np.mean(row.play_all(x, (256,)).astype(np.float64) ** 2))))
    assert max(loud) <= 0.5 / (1 - 0.95)
    assert loud[-1] <= 1.05 * max(loud[:20])


def test_dry_passes_untouched_when_no_echo_is_mixed_in() -> None:
    x: Exact | Floats = noise(5000)
    np.testing.assert_array_equal(Row("delay", 2, {"mix": 0.0}).play_all(x), x)
