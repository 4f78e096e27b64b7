"""Which controller does what: kept, read back, and wrong files in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.actions import Action
from pedal.errors import SettingsError
from pedal.library.midi_map import MOST, MidiMapStore, Target, format_midi_map, parse_midi_map, parse_target
from pedal.preset import Expression

ENDS = st.none() | st.floats(-1e6, 1e6)
TARGETS = st.builds(Expression, st.sampled_from(["amp.drive_db", "wah1.position"]), ENDS, ENDS) | st.sampled_from(
    [Action("tuner"), Action("snapshot", "2"), Action("bypass", "delay1")]
)


@given(st.dictionaries(st.integers(0, MOST), TARGETS, max_size=20))
def test_what_is_written_is_read(found: dict[int, Target]) -> None:
    assert parse_midi_map(format_midi_map(found), "midi.toml") == found


def test_it_is_kept(tmp_path: Path) -> None:
    store = MidiMapStore(tmp_path / "midi.toml")
    assert store.load() == ({}, "")
    store.save({7: Expression("output.level_db", -20.0, 0.0)})
    assert MidiMapStore(tmp_path / "midi.toml").load() == ({7: Expression("output.level_db", -20.0, 0.0)}, "")
    store.save({})
    assert store.load() == ({}, "")
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be saved"):
        MidiMapStore(tmp_path / "file" / "midi.toml").save({})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cc = 3", "cc must be a list"),
        ("cc = [3]", "cc must be a list"),
        ("schema = 2", "another version"),
        ("schema = true", "another version"),
        ("note = 3", "unknown key 'note'"),
        ("[[cc]]\nnumber = 120\naction = 'tuner'", "number must be"),
        ("[[cc]]\nnumber = true\naction = 'tuner'", "number must be"),
        ("[[cc]]\naction = 'tuner'", "number must be"),
        ("[[cc]]\nnumber = 1", "a parameter or an action"),
        ("[[cc]]\nnumber = 1\naction = 3", "a parameter or an action"),
        ("[[cc]]\nnumber = 1\naction = 'tuner'\nparameter = 'wah.position'", "a parameter or an action"),
        ("[[cc]]\nnumber = 1\naction = 'tunr'", "Did you mean 'tuner'"),
        ("[[cc]]\nnumber = 1\nparameter = 'wah'", "Write expression:BLOCK.PARAM"),
        ("[[cc]]\nnumber = 1\nparameter = 'wah.position'\nlow = nan", "nan is no value"),
        ("[[cc]]\nnumber = 1\nparameter = 'wah.position'\nlow = " + "9" * 400, "is no value"),
        ("[[cc]]\nnumber = 1\nparameter = 'wah.position'\nhi = 1", "unknown key 'hi'. Did you mean 'high'"),
        ("[[cc]]\nnumber = 1\naction = 'tap'\n" * 2, "controller 1 is there twice"),
        ("[[cc]]\nnumber = 1\naction = 'tap'\n" * 121, "cc must be a list"),
        ("\x00", "midi.toml"),
    ],
)
def test_a_wrong_file_is_a_sentence_and_no_controllers(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "midi.toml").write_text(text)
    found, sentence = MidiMapStore(tmp_path / "midi.toml").load()
    assert found == {} and said in sentence and "\n" not in sentence


def test_a_target_is_a_parameter_or_an_action() -> None:
    assert parse_target("wah1.position", "") == Expression("wah1.position")
    assert parse_target("expression:wah1.position", "") == Action("expression", "wah1.position")
    assert parse_target("snapshot_2", "") == Action("snapshot", "2")
    for text in ("wah1.positon", "snapshot_9", "", "a.b.c"):
        with pytest.raises(SettingsError):
            parse_target(text, "")
