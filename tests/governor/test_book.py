"""What blocks cost: measured, corrected by what is seen, heat told from figures that are wrong, hiccups from costs."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pedal.governor.book import (
    LEAST_SLOWNESS,
    MOST,
    MOST_SLOWNESS,
    NEW_S,
    Book,
    Entry,
    Seen,
    Setting,
    beside,
)

AT = Setting(48_000, 64)
LOOK_S = 0.05
#: A chain on a Pi 4, about: ns per frame.
TRUE: dict[str, tuple[float, ...]] = {
    "amp:a2/1": (340.0, 1900.0),
    "cab:2048/1": (420.0,),
    "reverb:plate/2": (610.0,),
    "delay/2": (95.0,),
    "eq/1": (60.0,),
    "gate/1": (45.0,),
    "output/2": (12.0,),
}


def book(costs: dict[str, tuple[float, ...]], slowness: float = 1.0) -> Book:
    made = Book(slowness=slowness)
    made.note_measured(AT, costs)
    return made


def look(
    made: Book,
    seconds: float,
    *,
    heat: float = 1.0,
    noise: float = 0.03,
    size_idx: int = 1,
    keys: list[str] | None = None,
    seed: int = 1,
) -> None:
    """The rig of ``keys`` plays, its amp at ``size_idx``, on a board ``heat`` times slower."""
    dice = random.Random(seed)
    for _ in range(round(seconds / LOOK_S)):
        rows = {}
        for key in keys or TRUE:
            size = min(size_idx, len(TRUE[key]) - 1)
            rows[key] = Seen(key, size, TRUE[key][size] * heat * math.exp(dice.gauss(0.0, noise)))
        made.learn(AT, rows, LOOK_S)


def wrong_by(made: Book, heat: float = 1.0, size_idx: int = 1) -> float:
    """The most that any playing row is wrong, as a share."""
    costs = made.costs(AT)
    sizes = {key: min(size_idx, len(ns) - 1) for key, ns in TRUE.items()}
    return max(abs(costs[key][at] * made.slowness / (TRUE[key][at] * heat) - 1.0) for key, at in sizes.items())


@settings(deadline=None, max_examples=12)
@given(
    st.lists(st.floats(0.5, 1.5), min_size=len(TRUE), max_size=len(TRUE)), st.floats(0.7, 2.0), st.integers(0, 2**32)
)
def test_a_book_that_is_wrong_by_half_is_right_to_a_tenth_after_a_minute(
    factors: list[float], heat: float, seed: int
) -> None:
    made = book({key: tuple(ns * f for ns in sizes) for (key, sizes), f in zip(TRUE.items(), factors, strict=True)})
    look(made, 60.0, heat=heat, seed=seed)
    assert wrong_by(made, heat) < 0.1
    assert all(entry.source == "corrected" for _, _, entry in made.entries())


@settings(deadline=None, max_examples=10)
@given(st.floats(0.5, 3.0), st.integers(0, 2**32))
def test_heat_is_no_blocks_own(heat: float, seed: int) -> None:
    """All rows take longer: what is known of each stays, and is right again when the board is cool."""
    made = book(TRUE)
    look(made, 10.0, seed=seed)
    look(made, 30.0, heat=heat, seed=seed + 1)
    assert made.slowness == pytest.approx(heat, rel=0.05)
    for key, ns in made.costs(AT).items():
        assert ns == pytest.approx(TRUE[key], rel=0.05)
    look(made, 3.0, seed=seed + 2)
    assert made.slowness == pytest.approx(1.0, rel=0.05)


def test_heat_is_followed_within_two_seconds() -> None:
    made = book(TRUE)
    look(made, 5.0)
    look(made, 2.0, heat=1.6)
    assert wrong_by(made, 1.6) < 0.1


def test_one_wrong_figure_is_its_own_and_no_heat() -> None:
    made = book(TRUE | {"amp:a2/1": (170.0, 950.0)})
    look(made, 1.5)
    assert made.slowness == pytest.approx(1.0, rel=0.1), "the others say that the board is as it was"
    look(made, 10 * NEW_S)
    lite_ns, full_ns = made.costs(AT)["amp:a2/1"]
    assert full_ns * made.slowness == pytest.approx(1900.0, rel=0.05)
    assert lite_ns * made.slowness == pytest.approx(340.0, rel=0.05), "never heard, so it goes along"
    look(made, 10 * NEW_S, size_idx=0)
    then = made.costs(AT)["amp:a2/1"]
    look(made, 10 * NEW_S, heat=1.0, size_idx=0, seed=5)
    assert made.costs(AT)["amp:a2/1"][1] == then[1], "heard before: what Lite takes says nothing of Full"


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**32))
def test_a_hiccup_is_no_cost(seed: int) -> None:
    """Now and then one row takes up to a thousand times as long, and its mean a fifth of a second to forget that."""
    made, dice = book(TRUE), random.Random(seed)
    spike = dict.fromkeys(TRUE, 0.0)
    for tick in range(1200):
        if tick % 40 == 0:
            spike[dice.choice(list(TRUE))] = 10.0 ** dice.uniform(0.0, 3.0)
        rows = {key: Seen(key, len(ns) - 1, ns[-1] * (1.0 + spike[key])) for key, ns in TRUE.items()}
        made.learn(AT, rows, LOOK_S)
        spike = {key: 0.1 * value for key, value in spike.items()}
        assert made.slowness == pytest.approx(1.0, rel=0.02)
    assert wrong_by(made) < 0.02


def test_what_was_skipped_did_not_become_cheap() -> None:
    made = book(TRUE)
    for _ in range(400):
        rows = {key: Seen(key, len(ns) - 1, ns[-1]) for key, ns in TRUE.items()}
        made.learn(AT, rows | {"cab:2048/1": Seen("cab:2048/1", 0, 3.0)}, LOOK_S)
    assert made.costs(AT)["cab:2048/1"] == (420.0,)


def test_one_block_alone_is_right_whatever_is_to_blame() -> None:
    made = book({"amp:a2/1": (170.0, 950.0)})
    look(made, 3.0, keys=["amp:a2/1"])
    assert made.costs(AT)["amp:a2/1"][1] * made.slowness == pytest.approx(1900.0, rel=0.05)


def test_two_sides_of_an_amp_are_one_witness() -> None:
    """An amp that plays twice must not outvote the rest."""
    made = book(TRUE | {"amp:a2/1": (170.0, 950.0)})
    for _ in range(60):
        rows = {key: Seen(key, len(ns) - 1, ns[-1]) for key, ns in TRUE.items()}
        sides = {f"amp:{side}": Seen("amp:a2/1", 1, 1900.0) for side in "abcdefgh"}
        made.learn(AT, rows | sides, LOOK_S)
    assert made.slowness == pytest.approx(1.0, rel=0.02)


_NS = st.floats(1e-3, 1e6)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 3), st.floats(0.0, 1e12)), max_size=120),
    st.dictionaries(st.sampled_from("abcdefgh"), st.lists(_NS, min_size=1, max_size=4), max_size=8),
    st.floats(1e-6, 10.0),
)
def test_whatever_is_seen_every_figure_stays_finite(
    looks: list[tuple[str, int, float]], costs: dict[str, list[float]], elapsed_s: float
) -> None:
    made = Book()
    made.note_measured(AT, costs)
    for key, size_idx, ns in looks:
        made.learn(AT, {key: Seen(key, size_idx, ns)}, elapsed_s)
    assert LEAST_SLOWNESS <= made.slowness <= MOST_SLOWNESS
    assert set(made.costs(AT)) == set(costs)
    for ns in made.costs(AT).values():
        assert all(math.isfinite(size_ns) and size_ns > 0.0 for size_ns in ns)


def test_figures_that_cannot_be_are_not_written_down() -> None:
    made = Book()
    made.note_measured(AT, {"a": (math.nan,), "b": (0.0,), "c": (-1.0,), "d": (), "e": (2.0, math.inf), "f": (3.0,)})
    assert made.costs(AT) == {"f": (3.0,)}


def test_the_book_is_bounded_and_what_is_used_stays() -> None:
    made = book({"used": (5.0,)})
    for number in range(2 * MOST):
        made.note_measured(AT, {f"k{number}": (1.0,)})
        for _ in range(20):
            made.learn(AT, {"used": Seen("used", 0, 5.0)}, LOOK_S)
    assert len(made) == MOST
    assert "used" in made.costs(AT) and "k0" not in made.costs(AT)


def test_another_period_is_an_estimate_until_somebody_measures() -> None:
    made = book({"eq/1": (60.0,)})
    made.note_measured(Setting(48_000, 512), {"eq/1": (40.0,)})
    assert made.entry(AT, "eq/1") == Entry((60.0,), "measured", (0,))
    assert made.entry(Setting(48_000, 128), "eq/1") == Entry((60.0,), "estimated"), "64 is nearer to 128 than 512"
    assert made.entry(Setting(48_000, 256), "eq/1") == Entry((40.0,), "estimated")
    assert made.entry(Setting(44_100, 64), "eq/1") is None
    assert made.entry(AT, "unknown") is None


def test_forgetting_is_of_one_setting() -> None:
    made = book(TRUE, slowness=2.0)
    other = Setting(48_000, 128)
    made.note_measured(other, {"eq/1": (40.0,)})
    made.forget(AT)
    assert made.costs(AT) == {} and made.costs(other) == {"eq/1": (40.0,)} and made.slowness == 1.0


@given(st.floats(0.3, 5.0))
def test_what_is_measured_on_a_hot_board_is_as_on_a_cool_one(heat: float) -> None:
    fresh = {key: tuple(ns * heat for ns in sizes) for key, sizes in TRUE.items()}
    known = {key: TRUE[key] for key in list(TRUE)[1:4]}
    new = beside(known, fresh)
    assert set(new) == set(TRUE) - set(known)
    for key, sizes in new.items():
        assert sizes == pytest.approx(TRUE[key])


def test_with_nothing_known_the_stopwatch_is_believed() -> None:
    assert beside({}, TRUE) == TRUE
    assert beside({"else": (1.0,)}, TRUE) == TRUE
