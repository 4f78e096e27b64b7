"""The understudy learns from what has been played, and from nothing else, whatever the moment it looks in.

The period thread stores a period's input in the amp's ring (``AMP_HEAD``), plays it, and then says so
(``AMP_PLAYED``). A round of the understudy in between may feed its seat that input already; learning how
amp and seat differ must stop where the amp's own sound does.
"""

from __future__ import annotations

import numpy as np
import pytest

from pedal import layout as at
from pedal.preset import Block
from pedal.rig.amp import _listen
from pedal.rig.forecast import centre_kernel, fit_forecast_kernel
from pedal.rig.splice import DAMPING, FIT_FRAMES
from tests.rig.bench import AmpView, Bench, Floats, guitar, preset

N = 64
TAKE = guitar(12_000)


def played() -> tuple[Bench, AmpView]:
    """An amp at full width, its seat warm and in step."""
    bench = Bench(preset(Block("amp", "amp", "starter")))
    bench.adopt(0)
    bench.play_all(TAKE[:9600], N, rounds=6)
    (amp,) = bench.amps(0)
    assert amp.get(at.SEAT_POSITION) == amp.get(at.SEAT_LEARNT) == amp.get(at.AMP_HEAD) == 9600
    return bench, amp


def known(bench: Bench, end: int) -> tuple[Floats, float]:
    """Forecast and mean as learnt, by hand, from the frames up to ring frame ``end`` of both pasts."""
    f32, state = bench.arena.f32, int(bench.arena.i64[bench.row("amp") + at.F32])
    frames = np.arange(end - FIT_FRAMES, end) & (at.PAST_FRAMES - 1)
    work = np.zeros(2 * FIT_FRAMES + at.FORECAST_ORDER, np.float32)
    work[:FIT_FRAMES] = f32[state + at.AMP_PAST + frames] - f32[state + at.SEAT_PAST + frames]
    mean = centre_kernel(work, 0, FIT_FRAMES)
    fit_forecast_kernel(work, 0, FIT_FRAMES, FIT_FRAMES, 2 * FIT_FRAMES, DAMPING, 0.0)
    return work[2 * FIT_FRAMES :], mean


def learnt(bench: Bench) -> tuple[Floats, float]:
    f32, state = bench.arena.f32, int(bench.arena.i64[bench.row("amp") + at.F32])
    start = state + at.SEAT_FORECAST
    return f32[start : start + at.FORECAST_ORDER].copy(), float(f32[state + at.SEAT_REST])


@pytest.mark.parametrize("rounds", [1, 3])
def test_a_round_between_a_periods_input_and_its_output_learns_nothing_of_that_period(rounds: int) -> None:
    bench, amp = played()
    bus = at.BUS_F32
    bench.arena.f32[bus : bus + N] = TAKE[9600 : 9600 + N]
    wanted = known(bench, 9600)
    _listen(bench.arena.f32, bench.arena.i64, bench.row("amp"), bus, N)  # so far has the period thread come
    bench.tend(rounds)
    assert amp.get(at.AMP_HEAD) == amp.get(at.SEAT_POSITION) == 9600 + N  # the seat has heard it ...
    assert amp.get(at.SEAT_LEARNT) == amp.get(at.AMP_PLAYED) == 9600  # ... and waits to learn from it
    coefficients, mean = learnt(bench)
    np.testing.assert_allclose(coefficients, wanted[0], rtol=1e-5, atol=1e-7)
    assert mean == pytest.approx(wanted[1], rel=1e-6)


def test_once_the_period_is_played_it_is_learnt_from() -> None:
    bench, amp = played()
    bench.play(TAKE[9600 : 9600 + N])
    bench.tend(1)
    assert amp.get(at.SEAT_LEARNT) == 9600 + N
    coefficients, mean = learnt(bench)
    wanted = known(bench, 9600 + N)
    np.testing.assert_allclose(coefficients, wanted[0], rtol=1e-5, atol=1e-7)
    assert mean == pytest.approx(wanted[1], rel=1e-6)
