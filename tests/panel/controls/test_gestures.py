"""The lock-out: first edges act at once, bounces never."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from pedal.panel.controls.gestures import Lockout

LOCKOUT_S = 0.025


@st.composite
def bouncing_presses(draw: st.DrawFn) -> tuple[list[float], list[tuple[bool, float]]]:
    """Presses with bounces at both ends: the times of the first edges, and all edges as (pressed, at_s)."""
    at_s, starts, edges = draw(st.floats(0.0, 1e6)), [], []
    for _ in range(draw(st.integers(1, 8))):
        at_s += LOCKOUT_S + draw(st.floats(0.001, 5.0))
        starts.append(at_s)
        for pressed in (True, False):
            edges.append((pressed, at_s))
            for gap_s in draw(st.lists(st.floats(1e-6, 0.8 * LOCKOUT_S), max_size=6).map(lambda g: g[: len(g) & ~1])):
                at_s += gap_s
                edges.append((not edges[-1][0], at_s))
            at_s += LOCKOUT_S + draw(st.floats(0.001, 2.0)) if pressed else 0.0
    return starts, edges


@given(bouncing_presses())
def test_each_press_acts_once_at_its_first_edge(case: tuple[list[float], list[tuple[bool, float]]]) -> None:
    starts, edges = case
    lockout = Lockout(LOCKOUT_S)
    assert [at_s for pressed, at_s in edges if lockout.edge(pressed, at_s)] == starts


@given(st.lists(st.tuples(st.booleans(), st.floats(0.0, 0.1)), max_size=60))
def test_whatever_the_contact_does_presses_are_apart(steps: list[tuple[bool, float]]) -> None:
    lockout, at_s, acted = Lockout(LOCKOUT_S), 0.0, []
    for pressed, gap_s in steps:
        at_s += gap_s
        if lockout.edge(pressed, at_s):
            assert pressed
            acted.append(at_s)
    assert all(later >= earlier + LOCKOUT_S for earlier, later in itertools.pairwise(acted))


def test_bounces_of_letting_go_do_not_press() -> None:
    lockout = Lockout(LOCKOUT_S)
    assert lockout.edge(True, 1.0)
    assert not lockout.edge(False, 1.5)
    assert not lockout.edge(True, 1.501)
    assert not lockout.edge(False, 1.502)
    assert lockout.edge(True, 1.6)
