"""Whatever the player asks of the library, a power cut at any system call leaves all of the old or all of the new."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pedal.errors import PresetError
from pedal.library import atomic
from pedal.library.banks import Bank, BankStore, format_banks
from pedal.library.presets import PresetStore
from pedal.preset import Block, Preset, parse_preset
from pedal.preset.snapshots import taken
from tests.library.power import Disk, disks_of, put

TONE = Preset("Mine", (Block("tone", "tone", values={"bass_db": 3.0}),))
OTHER = Preset("Other")
#: Of version 1, as its player wrote it.
BY_HAND = '# louder at home\nname = "By hand"\n[[block]]\nkind = "tone"\nbass_db = 3\n'


def store(folder: Path) -> PresetStore:
    return PresetStore(folder / "mine", folder / "factory")


def library(folder: Path) -> dict[str, Preset]:
    """All presets as a pedal finds them; a broken one, or one with a warning, fails."""
    found, there = {}, store(folder)
    for entry in there.entries():
        loaded = there.load(entry.key)
        assert not loaded.warning
        found[entry.key] = loaded.preset
    return found


def found(disks: list[Disk], work: Path) -> list[dict[str, Preset]]:
    libraries = []
    for disk in disks:
        shutil.rmtree(work, ignore_errors=True)
        libraries.append(library(put(disk, work)))
    return libraries


def is_kept(disks: list[Disk], text: str) -> bool:
    """Whether this text is somewhere on each disk."""
    return all(text.encode() in disk.values() for disk in disks)


def save_over(there: PresetStore) -> None:
    there.save("01-mine", TONE.with_value("tone", "bass_db", -3.0))


def save_again(there: PresetStore) -> None:
    there.save("01-mine", TONE.with_value("tone", "bass_db", 6.0))
    there.save("01-mine", TONE.with_value("tone", "bass_db", 9.0))


def save_new(there: PresetStore) -> None:
    there.save("02-new", TONE)


def save_over_an_old_version(there: PresetStore) -> None:
    there.save("03-by-hand", there.load("03-by-hand").preset)


def save_over_a_factory_preset(there: PresetStore) -> None:
    there.save("09-factory", OTHER)


def delete(there: PresetStore) -> None:
    there.delete("01-mine")


def save_a_snapshot(there: PresetStore) -> None:
    there.save("01-mine", replace(TONE, snapshots=(taken(TONE, 3, "Chorus"),)))


OPERATIONS = [
    save_a_snapshot,
    save_over,
    save_again,
    save_new,
    save_over_an_old_version,
    save_over_a_factory_preset,
    delete,
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    there = store(root)
    there.save("01-mine", OTHER)
    there.save("01-mine", TONE)
    (root / "mine" / "03-by-hand.toml").write_text(BY_HAND)
    (root / "factory").mkdir()
    (root / "factory" / "09-factory.toml").write_text('name = "Factory"\n')
    return root


def states(operation: Callable[[PresetStore], None], folder: Path) -> list[dict[str, Preset]]:
    """The library before, after each step, and at the end."""
    seen = [library(folder)]
    there = store(folder)
    real = atomic.sync_folder
    with pytest.MonkeyPatch.context() as patch:

        def synced(path: Path) -> None:
            real(path)
            seen.append(library(folder))

        patch.setattr(atomic, "sync_folder", synced)
        operation(there)
    return [*seen, library(folder)]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.__name__)
def test_old_or_new_and_nothing_between(operation: Callable[[PresetStore], None], folder: Path, tmp_path: Path) -> None:
    rehearsal = tmp_path / "rehearsal"
    shutil.copytree(folder, rehearsal)
    allowed = states(operation, rehearsal)
    before = (folder / "mine" / "01-mine.toml").read_text()
    there = store(folder)
    disks, last = disks_of(folder, lambda: operation(there))
    assert len(disks) >= 4
    seen = found(disks, tmp_path / "work")
    assert all(state in allowed for state in seen)
    assert seen[0] == allowed[0]
    assert all(state == allowed[-1] for state in found(last, tmp_path / "work")), "what was said holds"
    if operation is not save_again:
        assert is_kept(disks, before) and is_kept(disks, BY_HAND)


def test_a_library_that_does_not_flush_is_caught(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check itself: without the flush of the folder, or of the file, there are disks that it refuses."""
    new = parse_preset('name = "Mine"\n[[block]]\nkind = "tone"\nid = "tone"\nbass_db = -3\n', "")
    monkeypatch.setattr(atomic, "sync_folder", lambda folder: None)
    there = store(folder)
    _, last = disks_of(folder, lambda: save_over(there))
    assert any(library["01-mine"] != new for library in found(last, tmp_path / "work"))
    monkeypatch.setattr(atomic, "_write_durably", lambda path, data: path.write_bytes(data))
    disks, _ = disks_of(folder, lambda: save_over(there))
    with pytest.raises((PresetError, AssertionError)):
        found(disks, tmp_path / "work")


def test_banks_are_the_old_or_the_new_ones(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    before, after = (Bank("Rock", ("01-mine",)),), (Bank("Rock", ("02-new", "01-mine")), Bank("Quiet"))
    kept = BankStore(root / "banks.toml")
    kept.save(before[:0])
    (root / "banks.toml").write_text("# Friday\n" + format_banks(before))

    def banks(disk: Disk) -> object:
        shutil.rmtree(tmp_path / "work", ignore_errors=True)
        return BankStore(put(disk, tmp_path / "work") / "banks.toml").load()

    disks, last = disks_of(root, lambda: kept.save(after))
    assert {banks(disk) for disk in disks} == {(before, ""), (after, "")}
    assert {banks(disk) for disk in last} == {(after, "")}
    assert is_kept(disks, "# Friday\n" + format_banks(before))
