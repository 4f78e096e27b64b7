"""What is behind the pedal: four connections, their knobs, and a file that refuses what it does not know."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.connection import CONNECTIONS, FIRST, MASTER, Connection, format_connection, parse_connection
from pedal.errors import PresetError
from pedal.library.connections import ConnectionStore
from pedal.params import BYPASS

KNOBS = [param for param in MASTER.params if param is not BYPASS]
turns = st.lists(
    st.tuples(st.sampled_from(list(CONNECTIONS)), st.sampled_from(KNOBS), st.floats(0, 1)), max_size=8
)  # fmt: skip


@pytest.mark.parametrize("name", CONNECTIONS)
def test_every_connection_stands_in_range(name: str) -> None:
    connection = Connection().chosen(name)
    for param in KNOBS:
        assert param.checked(connection.values[param.name], name) == connection.values[param.name]
    assert connection.has_cabs == (name in ("full-range", "headphones"))


def test_the_first_one_changes_nothing() -> None:
    """A preset through full-range speakers is what it is when it is rendered."""
    assert Connection().name == FIRST
    assert Connection().values == {param.name: param.default for param in KNOBS}


@given(turns, st.sampled_from(list(CONNECTIONS)))
def test_what_is_written_is_read(turned: list[tuple[str, object, float]], last: str) -> None:
    connection = Connection()
    for name, param, turn in turned:
        value = param.low + (param.high - param.low) * turn  # type: ignore[attr-defined]
        value = float(round(value)) if param.unit == "on/off" else value  # type: ignore[attr-defined]
        connection = connection.chosen(name).with_value(param.name, value)  # type: ignore[attr-defined]
    connection = connection.chosen(last)
    again = parse_connection(format_connection(connection), "test")
    assert (again.name, again.values) == (connection.name, connection.values)
    for name in CONNECTIONS:
        assert again.chosen(name).values == connection.chosen(name).values


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('connection = "headphone"', "Did you mean 'headphones'"),
        ("connection = 3", "must be a name"),
        ("loud = true", "unknown key 'loud'"),
        ("[headphones]\nbas_db = 3", "Did you mean 'bass_db'"),
        ("[headphones]\nbass_db = 40", "out of range"),
        ("[headphones]\nmono = 1", "true or false"),
        ("[headphones]\nbypass = true", "cannot be switched off"),
        ("[headphones", "is not TOML"),
    ],
)
def test_what_is_not_right_is_said(text: str, says: str) -> None:
    with pytest.raises(PresetError, match=says):
        parse_connection(text, "output.toml")


def test_a_knob_belongs_to_its_connection() -> None:
    connection = Connection().chosen("headphones").with_value("bass_db", 3.0)
    assert connection.values["bass_db"] == 3.0
    assert connection.chosen("fx-return").values["bass_db"] == 0.0
    assert connection.chosen("fx-return").chosen("headphones").values["bass_db"] == 3.0


def test_it_is_kept_and_a_broken_file_is_no_end(tmp_path: Path) -> None:
    store = ConnectionStore(tmp_path / "state" / "output.toml")
    assert store.load() == (Connection(), "")
    chosen = Connection().chosen("amp-input").with_value("level_db", -20.0)
    assert store.save(chosen) == ""
    assert store.load() == (chosen, "")
    (tmp_path / "state" / "output.toml").write_text("nonsense")
    connection, trouble = store.load()
    assert connection == Connection()
    assert "output.toml" in trouble
    (tmp_path / "file").write_text("")
    assert "could not be saved" in ConnectionStore(tmp_path / "file" / "output.toml").save(chosen)
