"""The parameter table: complete, in range, and refusing what is not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.errors import PresetError
from pedal.params import BYPASS, KINDS, RAMP_S, Param, kind_named
from pedal.params.tempo import BEATS, DIVISIONS, SWEEP_BEATS, SWEEPS, TEMPO

PARAMS = [(kind.name, param) for kind in KINDS.values() for param in kind.params]
UNITS = {"dB": "_db", "s": "_s", "Hz": "_hz"}


@pytest.mark.parametrize(("kind", "param"), PARAMS, ids=lambda value: getattr(value, "name", value))
class TestTable:
    def test_the_default_is_in_range(self, kind: str, param: Param) -> None:
        assert param.low < param.high
        assert param.checked(param.default, kind) == param.default

    def test_the_name_carries_the_unit(self, kind: str, param: Param) -> None:
        assert param.name.isidentifier()
        assert param.label
        if param.unit in UNITS:
            assert param.name.endswith(UNITS[param.unit])

    def test_kernel_values_rise_and_are_finite(self, kind: str, param: Param) -> None:
        values = [param.kernel_value(v) for v in (param.low, param.default, param.high)]
        assert values == sorted(values)
        assert all(math.isfinite(v) for v in values)
        if param.as_gain:
            assert param.unit == "dB"
            assert values[0] > 0.0

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
    def test_what_is_no_number_is_refused(self, kind: str, param: Param, value: float) -> None:
        with pytest.raises(PresetError, match=param.name):
            param.checked(value, kind)


@given(st.sampled_from(PARAMS), st.floats(allow_nan=False))
def test_only_what_is_in_range_passes(entry: tuple[str, Param], value: float) -> None:
    kind, param = entry
    if param.low <= value <= param.high:
        assert param.checked(value, kind) == (round(value) if param.words else value), "a word is one of them"
    else:
        with pytest.raises(PresetError, match=r"out of range.*Use"):
            param.checked(value, kind)


def test_cells_are_found_by_name_and_bypass_comes_first() -> None:
    for kind in KINDS.values():
        assert kind.params[0] is BYPASS
        assert [kind.index(param.name) for param in kind.params] == list(range(len(kind.params)))


def test_near_misses_are_named() -> None:
    with pytest.raises(PresetError, match="Did you mean 'bass_db'"):
        KINDS["tone"].index("bas_db")
    with pytest.raises(PresetError, match="Did you mean 'gate'"):
        kind_named("gat")
    assert kind_named("amp") is KINDS["amp"]


def test_every_block_of_the_tempo_has_its_divisions() -> None:
    for words, beats in ((DIVISIONS, BEATS), (SWEEPS, SWEEP_BEATS)):
        assert len(words) == len(beats) and words[0] == "free"
        for word, length in zip(words[1:], beats[1:], strict=True):
            over, _, under = word.strip(".t").partition("/")
            dotted, triplet = word.endswith("."), word.endswith("t")
            assert length == pytest.approx(
                4 * int(over) / int(under) * (1.5 if dotted else 1) * (2 / 3 if triplet else 1)
            )
    followers = {kind.name: kind for kind in KINDS.values() if any(param.name == TEMPO for param in kind.params)}
    assert set(followers) == {"delay", "tremolo", "phaser", "flanger"}
    for kind in followers.values():
        assert kind.params[kind.index("division")].words in (DIVISIONS, SWEEPS)


def test_ramps_last_ten_to_thirty_milliseconds() -> None:
    assert 0.01 <= RAMP_S <= 0.03
