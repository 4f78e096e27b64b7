"""Values in words: what the page says, a player may type; what nobody meant is refused with what was probably meant."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.errors import PresetError
from pedal.params import KINDS, Param
from pedal.params.words import parse_shown, shown, turn_of, value_at

PARAMS = [param for kind in KINDS.values() for param in kind.params]


def param_of(kind: str, name: str) -> Param:
    return KINDS[kind].params[KINDS[kind].index(name)]


@st.composite
def values(draw: st.DrawFn) -> tuple[Param, float]:
    param = draw(st.sampled_from(PARAMS))
    value = draw(st.floats(param.low, param.high))
    return param, param.checked(round(value) if param.unit == "on/off" else value, "test")


def display_step(param: Param, value: float) -> float:
    """One in the last place that is shown."""
    if param.words or param.unit == "on/off":
        return 0.0
    if param.as_percent:
        return 0.01
    if param.unit == "dB":
        return 0.1
    return 10.0 ** (math.floor(math.log10(value)) - 2) if value > 0.0 else 0.0  # three digits


@given(values())
def test_what_the_page_says_is_read_back(entry: tuple[Param, float]) -> None:
    param, value = entry
    read = parse_shown(param, shown(param, value), "test")
    assert abs(read - value) <= 0.501 * display_step(param, value), shown(param, value)
    assert shown(param, read) == shown(param, value)


def test_an_end_in_percent_is_not_beyond_it() -> None:
    feedback = next(param for param in KINDS["delay"].params if param.name == "feedback")
    assert parse_shown(feedback, "95 %", "test") == feedback.high


@given(values(), st.sampled_from([str.upper, str.lower, lambda text: text.replace(" ", ""), lambda text: f" {text}\t"]))
def test_capitals_and_blanks_do_not_matter(entry: tuple[Param, float], typed: object) -> None:
    param, value = entry
    assert callable(typed)
    text = shown(param, value)
    assert parse_shown(param, typed(text), "test") == parse_shown(param, text, "test")


@given(st.sampled_from(PARAMS), st.text(max_size=40))
def test_any_text_is_a_value_or_a_sentence(param: Param, text: str) -> None:
    try:
        assert param.low <= parse_shown(param, text, "test") <= param.high
    except PresetError as error:
        assert param.name in str(error)


@given(values())
def test_a_knob_is_where_its_value_is(entry: tuple[Param, float]) -> None:
    param, value = entry
    assert value_at(param, turn_of(param, value)) == pytest.approx(value, rel=6e-4, abs=1e-9)
    assert (value_at(param, 0.0), value_at(param, 1.0)) == (param.low, param.high)


@pytest.mark.parametrize(
    ("kind", "name", "value", "said"),
    [
        ("amp", "drive_db", 3.04, "+3.0 dB"),
        ("amp", "drive_db", -12.0, "-12.0 dB"),
        ("amp", "drive_db", -0.02, "+0.0 dB"),
        ("gate", "hold_s", 0.12345, "123 ms"),
        ("gate", "hold_s", 0.9996, "1 s"),
        ("gate", "hold_s", 0.0, "0 ms"),
        ("delay", "high_cut_hz", 1234.0, "1.23 kHz"),
        ("chorus", "rate_hz", 0.8, "0.8 Hz"),
        ("chorus", "mix", 0.404, "40 %"),
        ("flanger", "feedback", -0.3, "-30 %"),
        ("comp", "ratio", 4.0, "4"),
        ("reverb", "flavour", 3.0, "spring"),
        ("delay", "division", 2.0, "1/4."),
        ("output", "mute", 1.0, "on"),
        ("output", "mute", 0.0, "off"),
    ],
)
def test_values_as_the_page_says_them(kind: str, name: str, value: float, said: str) -> None:
    assert shown(param_of(kind, name), value) == said


@pytest.mark.parametrize(
    ("kind", "name", "typed", "value"),
    [
        ("amp", "drive_db", "-6", -6.0),
        ("amp", "drive_db", "-6dB", -6.0),
        ("delay", "time_s", "350 ms", 0.35),
        ("delay", "time_s", "0.35", 0.35),
        ("delay", "time_s", "1.5s", 1.5),
        ("cab", "high_cut_hz", "5 kHz", 5000.0),
        ("cab", "high_cut_hz", "5000", 5000.0),
        ("chorus", "mix", "40 %", 0.4),
        ("chorus", "mix", ".4", 0.4),
        ("reverb", "flavour", "Plate", 1.0),
        ("output", "mute", "true", 1.0),
        ("delay", "tempo_bpm", "96.5 bpm", 96.5),
        ("vibrato", "depth_cents", "12 cents", 12.0),
    ],
)
def test_what_players_type(kind: str, name: str, typed: str, value: float) -> None:
    assert parse_shown(param_of(kind, name), typed, "test") == pytest.approx(value)


@pytest.mark.parametrize(
    ("kind", "name", "typed", "sentence"),
    [
        ("reverb", "flavour", "plat", "test: flavour cannot be 'plat'. Did you mean 'plate'?"),
        ("reverb", "flavour", "1", "test: flavour cannot be '1'. Known: hall, plate, room, spring."),
        ("output", "mute", "of", "test: mute cannot be 'of'. Did you mean 'off'?"),
        ("delay", "time_s", "350", "test: time_s = 350 is out of range. Use 0.02 to 2 s."),
        ("delay", "time_s", "3 dB", "test: time_s is not in 'db'. Write ms or s, or nothing."),
        ("comp", "ratio", "4 dB", "test: ratio is not in 'db'. Write a number alone."),
        ("amp", "drive_db", "loud", "test: drive_db cannot be 'loud'. Use -24 to 24 dB."),
        ("amp", "drive_db", "nan", "test: drive_db cannot be 'nan'. Use -24 to 24 dB."),
        ("amp", "drive_db", "1e999", "test: drive_db = inf is out of range. Use -24 to 24 dB."),
    ],
)
def test_what_nobody_meant(kind: str, name: str, typed: str, sentence: str) -> None:
    with pytest.raises(PresetError) as refused:
        parse_shown(param_of(kind, name), typed, "test")
    assert str(refused.value) == sentence
