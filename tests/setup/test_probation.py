"""A board on probation, with time as an argument."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pedal.setup.probation import KEPT_S, LOST_S, Probation, Seen

FLOWS, LOST, STARTS = Seen(True, False), Seen(False, True), Seen(False, False)


def after(*looks: tuple[float, Seen]) -> bool | None:
    rule, said = Probation(), None
    for now_s, seen in looks:
        said = rule.look(seen, now_s)
    return said


def test_it_plays_for_a_while() -> None:
    assert after((0.0, STARTS), (200.0, FLOWS), (200.0 + KEPT_S - 0.1, FLOWS)) is None
    assert after((0.0, STARTS), (200.0, FLOWS), (200.0 + KEPT_S, FLOWS)) is True
    assert after((0.0, FLOWS), (2.0, STARTS), (2.1, FLOWS), (4.0, FLOWS)) is None, "without a break"


def test_the_card_does_not_open() -> None:
    assert after((0.0, LOST), (LOST_S - 0.1, LOST)) is None
    assert after((0.0, LOST), (LOST_S, LOST)) is False
    assert after((0.0, LOST), (7.0, FLOWS), (8.0, LOST), (15.0, LOST)) is None


@given(st.lists(st.tuples(st.floats(0.01, 5.0), st.sampled_from([FLOWS, LOST, STARTS])), min_size=1))
def test_who_only_starts_is_never_judged_and_who_fails_always(steps: list[tuple[float, Seen]]) -> None:
    rule, now_s = Probation(), 0.0
    for step_s, _ in steps:
        now_s += step_s
        assert rule.look(STARTS, now_s) is None
    assert rule.look(Seen(True, False, failed="it crashed"), now_s) is False


@given(st.lists(st.tuples(st.floats(0.01, 1.0), st.sampled_from([FLOWS, LOST, STARTS])), min_size=1))
def test_kept_only_if_it_flowed_and_refused_only_if_it_was_lost(steps: list[tuple[float, Seen]]) -> None:
    rule, now_s, flowed_s, lost_s = Probation(), 0.0, 0.0, 0.0
    for step_s, seen in steps:
        now_s += step_s
        said = rule.look(seen, now_s)
        flowed_s = flowed_s + step_s if seen.flows else 0.0
        lost_s = lost_s + step_s if seen.lost else 0.0
        assert said is not True or flowed_s >= KEPT_S
        assert said is not False or lost_s >= LOST_S
