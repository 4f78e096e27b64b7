"""Presets of every schema there ever was are read, and mean what they meant; beside each lies its meaning, as JSON.

The meaning has every parameter of every block, also those that the file leaves to the default: a default that changes
would change a player's sound. Parameters and options that came later may be there as well. Files and meanings are never
edited. After files were added to the folder of the newest version, ``PEDAL_UPDATE_GOLDEN=1 pytest
tests/library/test_golden.py`` writes the meanings that are missing.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from pedal.errors import PresetError
from pedal.files import load_text
from pedal.library.presets import PresetStore
from pedal.params import BYPASS, KINDS
from pedal.preset import SCHEMA, Block, NewerSchemaError, Preset, parse_preset
from pedal.preset.migrate import Document, migrated
from pedal.preset.snapshots import recalled

GOLDEN = Path(__file__).parent / "golden"
VERSIONS = range(1, SCHEMA + 1)
FILES = sorted(GOLDEN.glob("v*/*.toml"))
#: A version with fewer files is not covered.
ENOUGH = 12


def folder(version: int) -> Path:
    return GOLDEN / f"v{version}"


def meaning(preset: Preset) -> dict[str, Any]:
    """All that is heard and shown of a preset, in the units of files."""
    snapshots = [
        {"number": snapshot.number, "name": snapshot.name, "chain": _chain(recalled(preset, snapshot.number))}
        for snapshot in preset.snapshots
    ]
    controls: dict[str, Any] = {"switches": preset.switches} if preset.switches else {}
    controls |= {"expression": asdict(preset.expression)} if preset.expression else {}
    return {"name": preset.name, "chain": _chain(preset)} | ({"snapshots": snapshots} if snapshots else {}) | controls


def _chain(preset: Preset) -> list[dict[str, Any]]:
    return [_block(block) for block in preset.chain if block.id != "master"]


def _block(block: Block) -> dict[str, Any]:
    kind = KINDS[block.kind]
    return {
        "id": block.id,
        "kind": block.kind,
        "asset": block.asset,
        "on": block.on,
        "options": {option.name: block.option(option.name) for option in kind.options},
        "values": {p.name: p.shown(block.value(p.name)) for p in kind.params if p is not BYPASS},
        "hashes": dict(block.hashes),
    }


def changed(then: Any, now: Any, place: str = "") -> list[str]:
    """What of ``then`` is not so ``now``; what came in addition is not told."""
    if isinstance(then, dict) and isinstance(now, dict):
        return [line for key in then for line in changed(then[key], now.get(key), f"{place}/{key}")]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [line for i in range(len(then)) for line in changed(then[i], now[i], f"{place}/{i}")]
    return [] if then == now and type(then) is type(now) else [f"{place} was {then!r}, is {now!r}"]


def read(path: Path) -> Preset:
    return parse_preset(load_text(path, PresetError), path.name)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_has_golden_presets(version: int) -> None:
    files = list(folder(version).glob("*.toml"))
    assert len(files) >= ENOUGH, f"schema {version} needs presets as it wrote them in {folder(version)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_it_means_what_it_meant(path: Path) -> None:
    now, kept = meaning(read(path)), path.with_suffix(".json")
    if os.environ.get("PEDAL_UPDATE_GOLDEN") and not kept.exists():
        kept.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert changed(json.loads(kept.read_text("utf-8")), now) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_reading_leaves_it_alone_and_saving_keeps_it(path: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine" / path.name
    mine.parent.mkdir()
    mine.write_bytes(path.read_bytes())
    store = PresetStore(mine.parent, tmp_path / "factory")
    loaded = store.load(path.stem)
    assert not loaded.warning and mine.read_bytes() == path.read_bytes()
    assert [entry.name for entry in mine.parent.iterdir()] == [path.name]
    store.save(path.stem, loaded.preset)
    assert store.load(path.stem).preset == loaded.preset
    assert mine.with_name(f"{path.name}.previous").read_bytes() == path.read_bytes()
    comments = [line.partition("#")[2] for line in path.read_text("utf-8").splitlines() if "#" in line]
    by_hand = mine.with_name(f"{path.name}.by-hand")  # where they could not stay where they were
    kept = by_hand if by_hand.exists() else mine
    assert all(comment.strip() in kept.read_text("utf-8") for comment in comments)
    assert not by_hand.exists() or path.stem in ("inline", "snapshots-by-hand")
    assert f"schema = {SCHEMA}\n" in mine.read_text("utf-8")


def test_a_version_that_changes_the_meaning_is_noticed() -> None:
    then = meaning(Preset("x", (Block("tone", "tone"),)))
    louder = meaning(Preset("x", (Block("tone", "tone", values={"bass_db": 1.0}),)))
    assert changed(then, louder) == ["/chain/1/values/bass_db was 0.0, is 1.0"]
    assert changed(then, meaning(Preset("x"))) != []


# --- the steps


def renamed(document: Document) -> Document:
    document["title"] = document.pop("name", "")
    return document


def shouted(document: Document) -> Document:
    return document | {"title": str(document["title"]).upper()}


@pytest.mark.parametrize(
    ("document", "title"),
    [({"name": "a"}, "A"), ({"schema": 2, "title": "b"}, "B"), ({"schema": 3, "title": "c"}, "c")],
)
def test_steps_are_taken_one_after_the_other(document: Document, title: str) -> None:
    assert migrated(document, "x", (renamed, shouted)) == {"title": title}


@pytest.mark.parametrize("schema", ["0", "-1", "true", "1.0", '"2"', "[2]", "{}"])
def test_what_is_no_version_is_refused(schema: str) -> None:
    with pytest.raises(PresetError, match=r"x\.toml: schema = .* is no version"):
        parse_preset(f'schema = {schema}\nname = "x"\n', "x.toml")


@pytest.mark.parametrize("schema", [SCHEMA + 1, 10**30])
def test_a_newer_file_is_refused_and_left_as_it_is(schema: int, tmp_path: Path) -> None:
    store = PresetStore(tmp_path, tmp_path / "factory")
    path = store.save("mine", Preset("Before"))
    store.save("mine", Preset("Mine"))
    path.write_text(text := f'schema = {schema}\nname = "Mine"\nwarp = 9\n')
    for attempt in (lambda: store.load("mine"), lambda: store.save("mine", Preset("Other"))):
        with pytest.raises(NewerSchemaError, match=r"mine\.toml: was written by a newer pedal .*Update the pedal\."):
            attempt()
        assert path.read_text() == text
    assert "Before" in (tmp_path / "mine.toml.previous").read_text()


def test_a_changed_file_without_a_number_is_of_version_one() -> None:
    text = 'name = "x"\n[[block]]\nkind = "tone"\n'
    assert asdict(parse_preset(text, "")) == asdict(parse_preset("schema = 1\n" + text, ""))
