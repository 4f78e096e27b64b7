"""One detent further: every one is a change until the end, none is a jump, and back is back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.panel.menu.dials import DETENTS, nudged
from pedal.params import BYPASS, KINDS, Param
from pedal.params.words import turn_of, value_at

PARAMS = [param for kind in KINDS.values() for param in kind.params if param is not BYPASS]


@pytest.mark.parametrize("param", PARAMS, ids=lambda param: param.name)
def test_from_end_to_end(param: Param) -> None:
    for start, end, step in ((param.low, param.high, 1), (param.high, param.low, -1)):
        value, clicks = start, 0
        while value != end:
            further = nudged(param, value, step)
            assert (further - value) * step > 0, (value, further)
            param.checked(further, "here")
            value, clicks = further, clicks + 1
            assert clicks <= 3 * DETENTS
        assert nudged(param, value, step) == end
        if not param.words and param.unit != "on/off":
            assert clicks >= 20, "no coarser than a hand needs"


@given(st.sampled_from(PARAMS), st.floats(0.0, 1.0), st.integers(-100, 100).filter(bool))
def test_from_wherever_a_preset_left_it(param: Param, turn: float, steps: int) -> None:
    value = param.checked(value_at(param, turn), "here")
    moved = nudged(param, value, steps)
    assert param.low <= moved <= param.high
    assert (moved - value) * steps > 0 or value == (param.high if steps > 0 else param.low)
    if abs(steps) == 1 and not param.words and param.unit != "on/off":
        assert abs(turn_of(param, moved) - turn_of(param, value)) <= 6 / DETENTS
