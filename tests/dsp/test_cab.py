"""The cabinet: exact convolution of one response or two, mixed as the knobs say; cut ends, and nothing waits."""

from __future__ import annotations

import numpy as np
import pytest

from pedal.dsp.cab import STEP_FRAMES
from pedal.dsp.cab_sizes import two_sets
from pedal.params import RAMP_S
from tests.dsp import filters
from tests.dsp.rows import PERIODS, RATE_HZ, Exact, Floats, Row, noise, ramp
from tests.rig.bench import Assets

RAMP = round(RAMP_S * RATE_HZ)
FRAMES = 3000
TURNED = 1024  # a period's edge for 1, 16, 64 and 256
VALUES = {"low_cut_hz": 90.0, "high_cut_hz": 7000.0, "mix": 0.25, "width": 0.5}


def twin(x: Floats, taps: tuple[str, str], shares: Exact, levels: Exact) -> Exact:
    """In float64: both responses, mixed, then the cuts; ``shares`` is ``(frames, channels)``."""
    first, second = (Assets().impulse(name, RATE_HZ).astype(np.float64) for name in taps)
    channels = range(x.shape[1])
    a, b = (np.stack([np.convolve(x[:, c], h)[: len(x)] for c in channels], axis=1) for h in (first, second))
    y = levels[:, None] * (a + (b - a) * shares)
    for corner_hz, low_pass in ((VALUES["low_cut_hz"], False), (VALUES["high_cut_hz"], True)):
        y = filters.difference(y, *filters.butterworth(corner_hz, RATE_HZ, low_pass=low_pass))
    return y


def share(mix: Exact | float, width: Exact | float, channels: int) -> Exact:
    left, right = mix * (1 - width), mix + width * (1 - mix)
    return np.stack([left, right][:channels], axis=-1)


@pytest.mark.parametrize("periods", [p for p in PERIODS if p[0] != 37], ids=str)
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("taps", [("1", "1"), ("37", "150"), ("150", "40")], ids=str)
def test_twin(channels: int, periods: tuple[int, ...], taps: tuple[str, str]) -> None:
    x = noise(FRAMES, channels)
    row = Row("cab", channels, VALUES, taps[0], options={"impulse_b": taps[1]})
    shares = np.tile(share(0.25, 0.5, channels), (FRAMES, 1))
    y = row.play_all(x, periods)
    np.testing.assert_allclose(y, twin(x, taps, shares, np.ones(FRAMES)), atol=2e-5)


@pytest.mark.parametrize("n", [1, 16, 64, 256])
def test_a_turn_of_the_mix_is_a_mix_of_both(n: int) -> None:
    """Frame by frame while it turns, and the same taps in one set when it rests."""
    x, taps = noise(FRAMES), ("37", "150")
    row = Row("cab", 2, VALUES, taps[0], options={"impulse_b": taps[1]})
    y = np.concatenate([row.play_all(x[:TURNED], (n,)), *_turned(row, x[TURNED:], n)])
    mix = ramp([(TURNED, 0.9)], FRAMES, 0.25, RAMP)
    levels = ramp([(TURNED, 0.5)], FRAMES, 1.0, RAMP)
    np.testing.assert_allclose(y, twin(x, taps, share(mix, 0.5, 2), levels), atol=3e-5)


def _turned(row: Row, x: Floats, n: int) -> list[Floats]:
    row.turn("mix", 0.9)
    row.turn("level_db", 20 * np.log10(0.5))
    return [row.play_all(x, (n,))]


def test_the_cuts_move_with_their_ramp() -> None:
    """Stepwise, counted by the ramp: at any period the same."""
    x, takes = noise(FRAMES), []
    for n in (1, 16, 37, 64, 256):
        row = Row("cab", 2, VALUES, "37")
        row.turn("high_cut_hz", 3000.0)
        takes.append(row.play_all(x, (n,)))
    for take in takes[1:]:
        np.testing.assert_allclose(take, takes[0], atol=2e-6)
    assert RAMP % STEP_FRAMES == 0


def test_a_response_that_is_cut_fades() -> None:
    impulse = np.ones(1000, np.float32)
    first, second = np.split(two_sets([impulse], 160), 2)
    np.testing.assert_array_equal(first, second)
    assert first.size == 160
    heard = first[::-1]
    np.testing.assert_array_equal(heard[:140], 1.0)
    assert (np.diff(heard[139:]) < 0).all()
    assert heard[-1] < 0.02


def test_responses_of_different_lengths_fit_each_other() -> None:
    sets = two_sets([np.ones(3, np.float32), np.ones(9, np.float32)], 100)
    first, second = np.split(sets, 2)
    assert first.size % 4 == 0
    assert (first.sum(), second.sum()) == (3.0, 9.0)
    assert first[-1] == second[-1] == 1.0  # the first tap of both is the newest


def test_one_response_in_both_places_is_that_response() -> None:
    x = noise(2000)
    one = Row("cab", 2, {"mix": 0.0}, "150").play_all(x)
    two = Row("cab", 2, {"mix": 0.7, "width": 1.0}, "150", options={"impulse_b": "150"}).play_all(x)
    np.testing.assert_allclose(two, one, atol=1e-6)
