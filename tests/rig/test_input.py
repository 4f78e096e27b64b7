"""What comes in, and whether it is heard: another input of the card while playing, and the tuner's silence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from pedal import layout as at
from pedal.params import RAMP_S
from tests.rig.bench import RATE_HZ, Bench, Floats, preset

FRAMES = 4800
RAMP_FRAMES = round(RAMP_S * RATE_HZ)
SECONDS = np.arange(FRAMES) / RATE_HZ
LEFT, RIGHT = (
    0.4 * np.sin(2 * np.pi * 440.0 * SECONDS),
    0.4 * np.sin(2 * np.pi * 311.0 * SECONDS - 1.2),
)  # apart at frame 1920
SHARES = {at.SELECT_LEFT: LEFT, at.SELECT_RIGHT: RIGHT, at.SELECT_SUM: 0.5 * (LEFT + RIGHT)}


def stereo(select: int) -> Bench:
    """A bypassed pedal at a card of two inputs, whose board says ``select``."""
    bench = Bench(preset())
    bench.adopt(0)
    words, floats = bench.arena.i64, bench.arena.f64
    words[at.PLAYING_SLOT] = words[at.WANTED_SLOT]  # nothing to splice
    words[at.CAPTURE_CHANNELS], words[at.CAPTURE_SELECT] = 2, select
    words[at.BYPASSED], floats[at.BYPASS_MIX], floats[at.CAPTURE_RIGHT] = 1, 1.0, math.nan
    return bench


def played(bench: Bench, start: int, stop: int, n: int) -> Floats:
    """What the left output gives of the two sines, from frame ``start`` on."""
    both = np.round(np.column_stack((LEFT, RIGHT)) * 2.0**31).astype("<i4")
    out = []
    for first in range(start, stop, n):
        captured = np.frombuffer(both[first : min(first + n, stop)].tobytes(), np.uint8)
        room = np.zeros_like(captured)
        bench.call(captured, room, captured.size // 8)
        out.append(room.view("<i4").reshape(-1, 2)[:, 0] / 2.0**31)
    return np.concatenate(out).astype(np.float32)


def bend(y: NDArray[np.floating]) -> float:
    """Most of the second difference: a click stands far out of it, a fade does not."""
    return float(np.abs(np.diff(y.astype(np.float64), 2)).max())


@pytest.mark.parametrize("n", [16, 64, 240])
@pytest.mark.parametrize("board", SHARES)
@pytest.mark.parametrize("chosen", SHARES)
def test_another_input_is_faded_to(board: int, chosen: int, n: int) -> None:
    bench = stereo(board)
    before = played(bench, 0, 1920, n)
    bench.arena.i64[at.INPUT_CHANNEL] = 1 + chosen
    after = played(bench, 1920, FRAMES, n)
    np.testing.assert_allclose(before, SHARES[board][:1920], atol=1e-6)
    np.testing.assert_allclose(after[RAMP_FRAMES:], SHARES[chosen][1920 + RAMP_FRAMES :], atol=1e-6)
    # The sines' own, and what a straight fade between them adds: its slope times theirs, and its two corners.
    step = 1.0 / RAMP_FRAMES
    own = max(map(bend, SHARES.values()))
    allowed = own + 2 * step * np.abs(np.diff(LEFT - RIGHT)).max() + step * np.abs(LEFT - RIGHT).max()
    assert bend(np.concatenate((before, after))) <= allowed + 1e-6
    hard = np.concatenate((SHARES[board][:1920], SHARES[chosen][1920:]))
    assert board == chosen or bend(hard) > 10 * allowed, "the measure would hear a click"


def test_the_input_ring_hears_what_the_amp_hears() -> None:
    bench = stereo(at.SELECT_LEFT)
    bench.arena.i64[at.INPUT_CHANNEL] = 1 + at.SELECT_RIGHT
    y = played(bench, 0, FRAMES, 64)
    np.testing.assert_allclose(bench.arena.f32[at.INPUT_RING_F32 : at.INPUT_RING_F32 + FRAMES], y, atol=1e-6)


@pytest.mark.parametrize("word", [-(2**63), -1, 4, 2**62])
def test_a_choice_that_is_none_reads_no_foreign_byte(word: int) -> None:
    bench = stereo(at.SELECT_LEFT)
    bench.arena.i64[at.INPUT_CHANNEL] = word
    y = played(bench, 0, FRAMES, 64)
    assert np.isfinite(y).all() and np.abs(y).max() <= 0.81


def test_a_card_of_one_input_plays_it_at_once() -> None:
    """Another card in the middle of a choice: nothing of the other channel is there to be heard."""
    bench = stereo(at.SELECT_LEFT)
    bench.arena.i64[at.INPUT_CHANNEL] = 1 + at.SELECT_RIGHT
    played(bench, 0, 480, 48)
    bench.arena.i64[at.CAPTURE_CHANNELS] = 1
    y = bench.play(np.full(64, 0.25, np.float32))
    assert (y == 0.25).all()


@pytest.mark.parametrize("word", [at.SILENT, at.MUTED])
@pytest.mark.parametrize("bypassed", [False, True])
@pytest.mark.parametrize("n", [16, 64, 240])
def test_the_tuners_and_the_relays_silence_hold_whatever_plays(word: int, bypassed: bool, n: int) -> None:
    """Faded to and from, not one sample beyond; a pedal that is bypassed meanwhile stays silent."""
    bench = Bench(preset())
    bench.adopt(0)
    bench.arena.i64[at.BYPASSED] = bypassed
    x = np.tile(LEFT.astype(np.float32), 2)
    bench.play_all(x, n)
    steady = bend(bench.play_all(x, n)[:FRAMES, 0])
    loud, slope = float(np.abs(x).max()), float(np.abs(np.diff(x)).max())
    allowed = steady + (2 * slope + loud) / RAMP_FRAMES + 1e-5
    for silent in (1, 0):
        bench.arena.i64[word] = silent
        y = bench.play_all(x, n)[:, 0]
        assert bend(y[: FRAMES - 2]) <= allowed
        assert (np.abs(y[RAMP_FRAMES:]).max() == 0.0) == bool(silent)
    bench.arena.i64[word] = 1
    bench.play_all(x, n)
    bench.arena.i64[at.BYPASSED] = not bypassed
    assert not bench.play_all(x, n).any()
