"""The lists that the menu shows: all there is, in short lines, from a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from pedal.errors import LibraryError
from pedal.library.catalog import Catalog
from pedal.library.listing import CHUNK, Lines, favour, lines_of
from pedal.library.presets import PresetStore
from pedal.preset import Preset
from tests.library.crowd import make_models


@pytest.fixture
def store(tmp_path: Path) -> PresetStore:
    made = PresetStore(tmp_path / "presets", tmp_path / "data" / "models" / "presets")
    made.save("01-one", Preset("Ещё чище"))
    (tmp_path / "presets" / "02-broken.toml").write_text("name = ")
    return made


def test_all_of_it_in_short_lines(tmp_path: Path, store: PresetStore) -> None:
    cards = make_models(tmp_path, 3 * CHUNK + 1)
    lines = list(lines_of(Catalog(tmp_path / "library"), store))
    assert [(p.key, p.name) for line in lines for p in line.presets] == [
        ("01-one", "Ещё чище"),
        ("02-broken", "02-broken (cannot be read)"),
    ]
    assert max(len(line.models) for line in lines) == CHUNK
    things = [thing for line in lines for thing in line.models]
    assert {thing.content for thing in things} == {card.hash for card in cards}
    assert {thing.content for thing in things if thing.favourite} == {card.hash for card in cards if card.favourite}


def test_a_favourite_and_no_longer_one(tmp_path: Path) -> None:
    card = make_models(tmp_path, 1)[0]
    catalog = Catalog(tmp_path / "library")
    for on in (False, True, False):
        favour(catalog, "model", card.hash, on)
        assert [entry.card.favourite for entry in catalog.entries()] == [on]
    with pytest.raises(LibraryError, match="not in the library any more"):
        favour(catalog, "model", "0" * 64, True)


def test_as_a_process(tmp_path: Path, store: PresetStore) -> None:
    card = make_models(tmp_path, 1)[0]
    for name in ("board", "models"):
        (tmp_path / "data" / name).mkdir(parents=True, exist_ok=True)
    where = {"PEDAL_HOME": "", "PEDAL_PRESETS_DIR": "presets", "PEDAL_MODELS_DIR": "mine", "PEDAL_DATA_DIR": "data"}
    where = {name: str(tmp_path / place) for name, place in where.items()}

    def run(*order: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "pedal.library.listing", *order]
        return subprocess.run(command, env=os.environ | where, capture_output=True, check=False)

    lines = [msgspec.json.decode(line, type=Lines) for line in run("model", card.hash, "on").stdout.splitlines()]
    assert [thing.favourite for line in lines for thing in line.models] == [True]
    assert len([preset for line in lines for preset in line.presets]) == 2
    refused = run("model", "0" * 64, "on")
    assert refused.returncode == 1 and b"not in the library any more" in refused.stderr
