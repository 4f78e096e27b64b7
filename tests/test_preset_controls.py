"""What a preset makes of switches and of the expression pedal: read, written, assigned."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.actions import Action
from pedal.errors import PresetError
from pedal.preset import Expression, Preset, format_preset, parse_preset
from pedal.preset.controls import GESTURES, assigned

NAMES = st.text(string.ascii_lowercase + string.digits + "_-", min_size=1, max_size=24).filter(
    lambda name: name[0] not in "_-"
)
ACTIONS = st.sampled_from(
    ["bypass", "bypass:delay1", "snapshot_3", "none", "expression:wah1.position", "width_full:amp2"]
)
ENDS = st.none() | st.floats(-1e6, 1e6)


@given(
    st.dictionaries(NAMES, st.dictionaries(st.sampled_from(GESTURES), ACTIONS, min_size=1), max_size=6),
    st.none() | st.builds(Expression, st.sampled_from(["wah1.position", "amp.drive_db"]), ENDS, ENDS),
)
def test_what_is_written_is_read(switches: dict[str, dict[str, str]], expression: Expression | None) -> None:
    preset = Preset("One", switches=switches, expression=expression)
    assert parse_preset(format_preset(preset), "x.toml") == preset


def test_a_preset_without_them_is_written_without_them() -> None:
    text = format_preset(Preset("One"))
    assert "switches" not in text and "expression" not in text
    assert parse_preset("name = 'x'\n[expression]\n[switches.a]\n", "x.toml") == Preset("x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("switches = 1", "switches must be tables"),
        ("switches.a = 1", "switches must be tables"),
        ("[switches.a]\nacton = 'tap'", "a switch has no 'acton'. Did you mean 'action'"),
        ("[switches.a]\nhold = 'tunr'", "switches.a.hold: 'tunr' is no action. Did you mean 'tuner'"),
        ("[switches.a]\nhold = 3", "switches.a.hold: is no action"),
        (f"[switches.a]\nhold = '{'x' * 81}'", "is no action"),
        ("[switches.A]\nhold = 'tap'", "the name 'A' of a switch is not right"),
        ("\n".join(f"[switches.a{i}]\nhold = 'tap'" for i in range(33)), "has 33 switches"),
        ("expression = 1", "[expression]: must be a table"),
        ("[expression]\nheel = 1", "has no parameter"),
        ("[expression]\nparameter = 3", "has no parameter"),
        ("[expression]\nparameter = 'wah1'", "Write expression:BLOCK.PARAM"),
        ("[expression]\nparameter = 'wah1.position'\ntoe = nan", "toe: nan is no value"),
        ("[expression]\nparameter = 'wah1.position'\ntoe = 1e10", "is no value"),
        ("[expression]\nparameter = 'wah1.position'\ntoe = true", "toe: True is no value"),
        ("[expression]\nparameter = 'wah1.position'\nmin = 1", "unknown key 'min'"),
        ("[expression]\nparameter = 'wah1.position'\ntoe = " + "9" * 400, "is no value"),
    ],
)
def test_a_wrong_file_is_a_sentence(text: str, said: str) -> None:
    with pytest.raises(PresetError) as caught:
        parse_preset("name = 'x'\n" + text, "x.toml")
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_a_switch_is_assigned_and_taken_back() -> None:
    preset = assigned(Preset("One"), "next", "hold", Action("bypass", "delay1"))
    preset = assigned(preset, "next", "action", Action("tap"))
    assert preset.switches == {"next": {"hold": "bypass:delay1", "action": "tap"}}
    preset = assigned(assigned(preset, "next", "hold", None), "next", "action", None)
    assert preset == Preset("One")
    for switch, gesture in (("NEXT", "hold"), ("next", "kick")):
        with pytest.raises(PresetError):
            assigned(preset, switch, gesture, Action("tap"))


def test_another_assignment_is_an_edit() -> None:
    preset = Preset("One")
    assert not preset.is_like(assigned(preset, "next", "action", Action("tap")))
