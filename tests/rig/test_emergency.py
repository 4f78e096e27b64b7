"""A period overran, or the understudy fails: what the amp plays then, at its output."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from pedal import layout as at
from pedal.offline.width_stage import Ask, Floats, Stage, Take, pure_takes
from pedal.offline.width_study import judge_edges, worst_error
from pedal.rig.splice import COLD_S
from pedal.rig.width import EMERGENCY_PATIENCE
from tests.rig.bench import RATE_HZ, guitar, model_named

TAKE = guitar(2 * RATE_HZ)
OVERRAN = 48_000
N = 64


@cache
def pures(model: str) -> list[Floats]:
    return pure_takes(model_named(model), TAKE, RATE_HZ)


def play(
    model: str, asks: list[Ask], rounds: Callable[[int], int], held: dict[int, int] | None = None
) -> tuple[Stage, Take]:
    """The take, ``rounds(frame)`` of the understudy after each period; from ``held`` on as after an overrun."""
    stage = Stage(model_named(model), RATE_HZ, N)
    turn = stage.by_turns(seed=0, least=1, most=1)

    def between(frame: int) -> None:
        for _ in range(rounds(frame)):
            turn(frame)
        if held and frame in held:
            stage.arena.i64[stage.record + at.AMP_HELD] = held[frame]

    return stage, stage.play(TAKE, asks, between)


def test_overran_with_a_warm_understudy_nobody_hears_it() -> None:
    stage, take = play("starter", [], lambda frame: 4, held={OVERRAN: 0})
    (change,) = take.changes
    assert (change.frame, change.before, change.after, change.warm) == (OVERRAN, 1, 0, True)
    assert worst_error(take, pures("starter")) <= 1e-5
    (edge,) = judge_edges(take, pures("starter"))
    assert edge.step_ratio <= 1.01
    assert edge.treble_db <= 1.0
    assert stage.arena.i64[at.COLD_CHANGES] == 0


@pytest.mark.parametrize("frame", range(OVERRAN, OVERRAN + 5 * 3200, 3200))
def test_overran_without_understudy_fades_cold_and_counts_it(frame: int) -> None:
    """Twenty milliseconds from what would have gone on into the width that starts from rest: heard, but no click."""
    stage, take = play("starter", [], lambda frame: 0, held={frame: 0})
    (change,) = take.changes
    assert change.frame == frame + EMERGENCY_PATIENCE * N
    assert not change.warm
    assert stage.arena.i64[at.COLD_CHANGES] == 1
    (edge,) = judge_edges(take, pures("starter"))
    assert edge.step_ratio <= 1.05
    assert edge.treble_db <= 3.0
    np.testing.assert_array_equal(take.samples[: change.frame], pures("starter")[1][: change.frame])
    known = change.frame + max(model_named("starter").widths[0].receptive_field_frames, int(COLD_S * RATE_HZ))
    np.testing.assert_allclose(take.samples[known:], pures("starter")[0][known:], rtol=0, atol=1e-6)


def test_overran_twice_narrows_twice() -> None:
    _, take = play("trio", [], lambda frame: 8, held={OVERRAN: 1, OVERRAN + 320: 0})
    assert [(c.frame, c.after) for c in take.changes] == [(OVERRAN, 1), (OVERRAN + 320, 0)]
    assert worst_error(take, pures("trio")) <= 1e-5


def test_understudy_that_dies_in_the_chase_changes_nothing_and_one_that_returns_goes_on() -> None:
    asks = [Ask(9600, 0), Ask(19_200, 1)]
    _, dead = play("starter", asks, lambda frame: 4 if frame < 19_840 else 0)
    assert [c.after for c in dead.changes] == [0]
    assert worst_error(dead, pures("starter")) <= 1e-5
    _, back = play("starter", asks, lambda frame: 4 if not 19_840 <= frame < 28_800 else 0)
    assert [c.after for c in back.changes] == [0, 1]
    assert back.changes[1].frame > 28_800
    assert worst_error(back, pures("starter")) <= 1e-5


def test_there_back_and_there_again_in_one_chase() -> None:
    """A request taken back before the chase ends leaves what plays alone; repeated, it starts anew."""
    asks = [Ask(9600, 0), Ask(19_200, 1), Ask(19_520, 0), Ask(19_840, 1), Ask(20_160, 0), Ask(24_000, 1)]
    _, take = play("starter", asks, lambda frame: 4)
    assert [c.after for c in take.changes] == [0, 1]
    assert take.changes[1].frame > 24_000
    assert worst_error(take, pures("starter")) <= 1e-5
