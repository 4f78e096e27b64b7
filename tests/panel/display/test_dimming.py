"""The glass is dim when nobody is there, and not a moment longer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pedal.panel.display.dimming import IDLE_S, SILENCE_DB, Dimming


def test_it_dims_after_a_while_and_wakes_at_once() -> None:
    dimming = Dimming(0.0)
    assert not dimming.is_dim(1.0, -90.0, "page")
    assert not dimming.is_dim(1.0 + IDLE_S, -90.0, "page")
    assert dimming.is_dim(1.1 + IDLE_S, -90.0, "page")
    assert not dimming.is_dim(200.0, -90.0, "another page")
    assert dimming.is_dim(201.0 + IDLE_S, -90.0, "another page")
    dimming.touched(400.0)
    assert not dimming.is_dim(401.0, -90.0, "another page")


@given(st.lists(st.tuples(st.floats(0.0, 100.0), st.floats(-120.0, 0.0)), min_size=1, max_size=60))
def test_while_one_plays_it_is_bright(moments: list[tuple[float, float]]) -> None:
    dimming, now_s, played_s = Dimming(0.0), 0.0, 0.0
    for gap_s, peak_db in moments:
        now_s += gap_s
        played_s = now_s if peak_db > SILENCE_DB else played_s
        assert dimming.is_dim(now_s, peak_db, None) == (now_s - played_s > IDLE_S)
