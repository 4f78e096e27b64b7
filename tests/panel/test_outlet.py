"""The connection's way into the link: cabinets as a word, the rest as knobs of every rig; kept, and refused whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pedal import layout
from pedal.connection import CONNECTIONS, MASTER
from pedal.errors import PresetError
from pedal.levels import USUAL
from pedal.library.connections import ConnectionStore
from pedal.link import Link, Word
from pedal.notes import BlockNote, RigNotes
from pedal.panel.outlet import Outlet
from pedal.panel.rigs import Rigs

PARAMS_IDX = layout.HEAP_AT_BYTE // 4


@pytest.fixture
def rigs(tmp_path: Path) -> Rigs:
    """A rig of which only the master's parameters are there, published."""
    targets = tuple(param.kernel_value(param.default) for param in MASTER.params)
    note = BlockNote(MASTER.name, MASTER.name, "master#0", 1, (layout.HEAP_AT_BYTE, 64), PARAMS_IDX, targets)
    rigs = Rigs(Link.create(tmp_path / "link"))
    rigs.publish(0, RigNotes("test", 1, (note,)), USUAL)
    return rigs


def targets(rigs: Rigs) -> np.ndarray:
    return rigs.link.arena.f32[PARAMS_IDX : PARAMS_IDX + len(MASTER.params)].copy()


def test_every_connection_reaches_the_rig_and_is_kept(rigs: Rigs, tmp_path: Path) -> None:
    store = ConnectionStore(tmp_path / "output.toml")
    outlet = Outlet(store, rigs)
    for name in CONNECTIONS:
        assert outlet.change(name, {"treble_db": -2.0}) == ""
        values = outlet.connection.values
        wanted = [param.kernel_value(values[param.name]) for param in MASTER.params[1:]]
        np.testing.assert_allclose(targets(rigs)[1:], wanted, rtol=1e-6)
        assert rigs.link.get(Word.CABS_OFF) == (name in ("amp-input", "fx-return"))
        again = Outlet(store, rigs)
        assert (again.connection, again.message) == (outlet.connection, "")


def test_what_is_refused_changes_nothing(rigs: Rigs, tmp_path: Path) -> None:
    outlet = Outlet(ConnectionStore(tmp_path / "output.toml"), rigs)
    before = targets(rigs)
    for name, values in (("headphone", {}), ("amp-input", {"bass_db": 99.0}), ("amp-input", {"mono": 1.0, "bas": 0.0})):
        with pytest.raises(PresetError):
            outlet.change(name, values)
    np.testing.assert_array_equal(targets(rigs), before)
    assert rigs.link.get(Word.CABS_OFF) == 0
    assert not (tmp_path / "output.toml").exists()


def test_a_disk_that_refuses_holds_nothing_up(rigs: Rigs, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    outlet = Outlet(ConnectionStore(tmp_path / "file" / "output.toml"), rigs)
    assert "could not be saved" in outlet.change("amp-input", {})
    assert rigs.link.get(Word.CABS_OFF) == 1
