"""What a foot meant: first edges act at once, bounces never, and every press is one gesture."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.panel.controls.gestures import (
    CHORD_S,
    DOUBLE_TAP_S,
    HOLD_S,
    LOCKOUT_S,
    LONG_HOLD_S,
    Contact,
    Gesture,
    Gestures,
    Kind,
    Knows,
)

Edge = tuple[bool, float]
EVERYTHING = Knows(hold=True, long_hold=True, double_tap=True)


class Feet:
    """Gestures over time: whatever time alone decides is heard when it is decided."""

    def __init__(self, knows: dict[str, Knows], chords: dict[str, tuple[str, str]] | None = None) -> None:
        self.gestures = Gestures(list(knows))
        self.gestures.learn(knows, chords)
        self.heard: list[tuple[float, Gesture]] = []

    def until(self, at_s: float) -> None:
        while (next_s := self.gestures.next_s()) is not None and next_s <= at_s:
            self.heard += [(next_s, gesture) for gesture in self.gestures.due(next_s)]

    def edge(self, name: str, closed: bool, at_s: float) -> None:
        self.until(at_s)
        self.heard += [(at_s, gesture) for gesture in self.gestures.edge(name, closed, at_s)]

    def press(self, name: str, at_s: float, for_s: float = 0.1) -> None:
        self.edge(name, True, at_s)
        self.edge(name, False, at_s + for_s)

    def told(self) -> list[tuple[str, Kind, float]]:
        self.until(1e9)
        return [(gesture.name, gesture.kind, gesture.at_s) for _, gesture in self.heard]


@st.composite
def bouncing_presses(draw: st.DrawFn) -> tuple[list[float], list[Edge]]:
    """Presses with bounces at both ends: the times of the first edges, and all edges as (closed, at_s)."""
    at_s, starts, edges = draw(st.floats(0.0, 1e6)), [], []
    for _ in range(draw(st.integers(1, 8))):
        at_s += LOCKOUT_S + draw(st.floats(0.001, 5.0))
        starts.append(at_s)
        for closed in (True, False):
            edges.append((closed, at_s))
            for gap_s in draw(st.lists(st.floats(1e-6, 0.8 * LOCKOUT_S), max_size=6).map(lambda g: g[: len(g) & ~1])):
                at_s += gap_s
                edges.append((not edges[-1][0], at_s))
            at_s += LOCKOUT_S + draw(st.floats(0.001, 2.0)) if closed else 0.0
    return starts, edges


@given(bouncing_presses())
def test_each_press_acts_once_at_its_first_edge(case: tuple[list[float], list[Edge]]) -> None:
    starts, edges = case
    feet = Feet({"a": Knows()})
    for edge in edges:
        feet.edge("a", *edge)
    assert feet.told() == [("a", "tap", at_s) for at_s in starts]
    assert [heard_s for heard_s, _ in feet.heard] == starts  # nothing waited


@given(bouncing_presses())
def test_a_momentary_switch_is_let_go_as_often_as_it_is_pressed(case: tuple[list[float], list[Edge]]) -> None:
    starts, edges = case
    feet = Feet({"a": Knows(momentary=True)})
    for edge in edges:
        feet.edge("a", *edge)
    assert [kind for _, kind, _ in feet.told()] == ["tap", "release"] * len(starts)
    assert [heard_s for heard_s, gesture in feet.heard if gesture.kind == "tap"] == starts


@given(st.lists(st.tuples(st.booleans(), st.floats(0.0, 0.1)), max_size=60))
def test_whatever_a_contact_does_presses_are_apart(steps: list[Edge]) -> None:
    feet, at_s = Feet({"a": Knows()}), 0.0
    for closed, gap_s in steps:
        at_s += gap_s
        feet.edge("a", closed, at_s)
    taps_s = [at_s for _, _, at_s in feet.told()]
    # a contact that comes to rest elsewhere changes when its unrest ends, hence the rounding
    assert all(later >= earlier + LOCKOUT_S - 1e-9 for earlier, later in itertools.pairwise(taps_s))


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.floats(0.0, 1.0)), max_size=80),
    st.sampled_from([Knows(), EVERYTHING, Knows(hold=True), Knows(double_tap=True), Knows(momentary=True)]),
    st.booleans(),
)
def test_whatever_two_feet_do_it_ends(steps: list[tuple[str, bool, float]], knows: Knows, has_chord: bool) -> None:
    """No gesture comes before its press or twice, releases follow taps, and in the end nothing waits."""
    feet, at_s = Feet({"a": knows, "b": knows}, {"both": ("a", "b")} if has_chord else {}), 0.0
    for name, closed, gap_s in steps:
        at_s += gap_s
        feet.edge(name, closed, at_s)
    told = feet.told()
    assert feet.gestures.next_s() is None
    assert all(heard_s >= gesture.at_s for heard_s, gesture in feet.heard)
    assert len(set(told)) == len(told)
    for name in "ab":
        kinds = [kind for who, kind, _ in told if who == name and kind in ("tap", "release")]
        if knows.momentary:
            assert all(kind == ("tap", "release")[i % 2] for i, kind in enumerate(kinds))


def test_bounces_of_letting_go_do_not_press() -> None:
    contact = Contact(LOCKOUT_S)
    assert contact.edge(True, 1.0)
    assert contact.edge(False, 1.5)
    assert not contact.edge(True, 1.501)
    assert not contact.edge(False, 1.502)
    assert contact.edge(True, 1.6)


def test_a_press_that_ends_among_its_bounces_is_let_go_when_they_are_over() -> None:
    feet = Feet({"a": Knows(momentary=True)})
    feet.press("a", 1.0, 0.01)
    assert feet.told() == [("a", "tap", 1.0), ("a", "release", 1.01 + LOCKOUT_S)]


@pytest.mark.parametrize(
    ("knows", "for_s", "kind", "heard_after_s"),
    [
        (Knows(), 0.1, "tap", 0.0),
        (Knows(hold=True), 0.1, "tap", 0.1),
        (Knows(hold=True), 1.0, "hold", HOLD_S),
        (Knows(long_hold=True), 1.0, "tap", 1.0),
        (Knows(long_hold=True), 3.0, "long_hold", LONG_HOLD_S),
        (Knows(hold=True, long_hold=True), 1.0, "hold", 1.0),
        (Knows(hold=True, long_hold=True), 3.0, "long_hold", LONG_HOLD_S),
        (Knows(double_tap=True), 0.1, "tap", DOUBLE_TAP_S),
        (Knows(double_tap=True), 1.0, "tap", DOUBLE_TAP_S),
        (EVERYTHING, 0.1, "tap", DOUBLE_TAP_S),
        (EVERYTHING, 0.4, "tap", 0.4),
        (EVERYTHING, 1.0, "hold", 1.0),
        (EVERYTHING, 3.0, "long_hold", LONG_HOLD_S),
    ],
)
def test_one_press(knows: Knows, for_s: float, kind: Kind, heard_after_s: float) -> None:
    feet = Feet({"a": knows})
    feet.press("a", 10.0, for_s)
    assert feet.told() == [("a", kind, 10.0)]
    assert feet.heard[0][0] == pytest.approx(10.0 + heard_after_s)


def test_two_taps_in_a_hurry_are_one_double_tap_at_the_second_edge() -> None:
    feet = Feet({"a": EVERYTHING})
    feet.press("a", 1.0, 0.08)
    feet.press("a", 1.2, 5.0)
    assert feet.told() == [("a", "double_tap", 1.0)]
    assert feet.heard[0][0] == 1.2


def test_two_slow_taps_are_two() -> None:
    feet = Feet({"a": Knows(double_tap=True)})
    feet.press("a", 1.0)
    feet.press("a", 1.4)
    assert feet.told() == [("a", "tap", 1.0), ("a", "tap", 1.4)]


def test_two_switches_together_are_a_chord_at_once() -> None:
    feet = Feet({"a": EVERYTHING, "b": Knows(), "c": Knows()}, {"both": ("a", "b")})
    feet.edge("b", True, 1.0)
    feet.edge("a", True, 1.04)
    feet.edge("b", False, 5.0)
    feet.edge("a", False, 5.1)
    feet.press("c", 6.0)
    feet.press("a", 7.0)
    assert feet.told() == [("both", "chord", 1.0), ("c", "tap", 6.0), ("a", "tap", 7.0)]
    assert feet.heard[0][0] == 1.04


def test_a_switch_of_a_chord_alone_is_a_tap_when_the_other_did_not_come() -> None:
    feet = Feet({"a": Knows(), "b": Knows()}, {"both": ("a", "b")})
    feet.press("a", 1.0, 2.0)
    feet.press("b", 1.0 + CHORD_S, 0.03)
    assert feet.told() == [("a", "tap", 1.0), ("b", "tap", 1.0 + CHORD_S)]
    assert [heard_s for heard_s, _ in feet.heard] == pytest.approx([1.0 + CHORD_S, 1.0 + CHORD_S + 0.03])


@pytest.mark.parametrize(
    "before", [Knows(), EVERYTHING, Knows(hold=True), Knows(double_tap=True), Knows(momentary=True)]
)
@pytest.mark.parametrize(
    "after", [Knows(), EVERYTHING, Knows(hold=True), Knows(double_tap=True), Knows(momentary=True)]
)
def test_a_press_is_not_lost_when_its_switch_learns_something_else(before: Knows, after: Knows) -> None:
    for let_go in (False, True):
        feet = Feet({"a": before})
        feet.edge("a", True, 1.0)
        if let_go:
            feet.edge("a", False, 1.1)
        feet.gestures.learn({"a": after})
        if not let_go:
            feet.edge("a", False, 1.2)
        assert [kind for _, kind, _ in feet.told() if kind != "release"] == ["tap"]


def test_ten_thousand_bouncing_presses() -> None:
    """Seeded feet on four switches that know different things: each press is told of once, as what it was."""
    chance = random.Random(20240817)
    knows = {"a": Knows(), "b": Knows(hold=True), "c": EVERYTHING, "d": Knows(momentary=True)}
    kinds: dict[str, tuple[Kind, ...]] = {
        "a": ("tap",),
        "b": ("tap", "hold"),
        "c": ("tap", "hold", "long_hold", "double_tap"),
        "d": ("tap",),
    }
    lengths_s: dict[Kind, tuple[float, float]] = {
        "tap": (0.04, 0.2),
        "hold": (HOLD_S + 0.05, LONG_HOLD_S - 0.05),
        "long_hold": (LONG_HOLD_S + 0.05, 4.0),
        "double_tap": (0.04, 0.08),
    }
    feet, at_s, meant = Feet(knows), 0.0, []

    def bouncing(name: str, closed: bool, first_s: float) -> None:
        """Up to 15 ms of unrest, and then what it is."""
        feet.edge(name, closed, first_s)
        edges_s = sorted(chance.uniform(0.0, 0.015) for _ in range(2 * chance.randrange(5)))
        for i, edge_s in enumerate(edges_s):
            feet.edge(name, closed if i % 2 else not closed, first_s + edge_s)

    for _ in range(10_000):
        name = chance.choice("abcd")
        kind = chance.choice(kinds[name])
        at_s += 0.4 + chance.uniform(0.0, 1.0)
        meant.append((name, kind, at_s))
        for _ in range(2 if kind == "double_tap" else 1):
            length_s = chance.uniform(*lengths_s[kind])
            bouncing(name, True, at_s)
            bouncing(name, False, at_s + length_s)
            at_s += length_s + 0.06
    told = [gesture for gesture in feet.told() if gesture[1] != "release"]
    assert told == meant
    assert Counter(gesture.kind for _, gesture in feet.heard)["release"] == sum(name == "d" for name, _, _ in meant)
