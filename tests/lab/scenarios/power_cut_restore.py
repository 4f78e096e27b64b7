"""Power cut: at every write of a backup and a restore, files are the old or the new, and what is replaced is kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pedal.library.atomic import write_atomic
from pedal.library.backup import BEFORE_FOLDER, Places, load_backup, plan_restore, restore, save_backup
from pedal.library.cards import Card
from pedal.library.catalog import Catalog
from pedal.library.check import check_library
from pedal.library.container import SUFFIX
from pedal.library.presets import PresetStore
from pedal.paths import factory_dir
from pedal.preset import Block, Preset
from tests.lab.guest.machine import Disk
from tests.lab.lab import STATE, Lab
from tests.lab.power import Step, do_steps, judge_cuts, rehearsed
from tests.lab.scenario import Breakage
from tests.lab.scenarios.power_cut import NOWHERE, presets

DISK = Disk(mib=48, log_mib=48)
BREAKAGE = Breakage(
    "presets come back before the models that they name",
    "pedal/library/backup.py",
    "key=lambda step: (_rank(step.file.path), step.file.path))",
    "key=lambda step: (-_rank(step.file.path), step.file.path))",
)
KEPT = f"kept{SUFFIX}"
#: The player's own model, and the preset that plays it.
PLEXI, MINE = "models/Plexi.nam", "presets/01-mine.toml"
TONE = Block("tone", "tone", values={"bass_db": 3.0})
#: By path below the state folder: content.
Files = dict[str, bytes]


def model(number: int) -> bytes:
    """A model like no other."""
    return (factory_dir("models") / "starter-crunch.nam").read_bytes() + b" " * number


def begin(state: Path) -> None:
    """Two imported models, one of the player's own, and presets."""
    for folder in ("presets", "models", "library/models", "library/impulses", BEFORE_FOLDER):
        (state / folder).mkdir(parents=True, exist_ok=True)
    for number in range(2):
        data = model(number)
        card = Card("model", hashlib.sha256(data).hexdigest(), f"Amp {number}", size_bytes=len(data), favourite=True)
        Catalog(state / "library").add(card, data)
    write_atomic(state / PLEXI, model(2))
    store = PresetStore(state / "presets", NOWHERE)
    store.save("01-mine", Preset("Mine", (Block("amp", "amp", "Plexi.nam"), TONE)))
    store.save("02-other", Preset("Other", (TONE,)))


def change(state: Path) -> None:
    """What makes a player want the old ones back: another preset, another model by the same name, one deleted."""
    store, catalog = PresetStore(state / "presets", NOWHERE), Catalog(state / "library")
    store.save("01-mine", Preset("Mine, no amp", (TONE,)))
    store.save("03-new", Preset("New", (TONE,)))
    write_atomic(state / PLEXI, model(3))
    catalog.delete(catalog.find("Amp 0", "model"))


def scenario(lab: Lab) -> None:
    begin(STATE)
    kept = str(STATE / KEPT)
    do_steps(
        lab,
        [lambda: lab.pedal("backup", kept), lambda: change(STATE), lambda: lab.pedal("restore", "--yes", kept)],
    )


def here(state: Path) -> list[Step]:
    """The same steps, without a guest."""
    return [
        lambda: save_backup(state / KEPT, places(state)),
        lambda: change(state),
        lambda: take_back(state),
    ]


def judge(folder: Path) -> list[str]:
    """Each file is the old or the new, none names what is not there, and another restore brings all of it back."""
    expected = rehearsed(files, begin, here)
    first, _, changed, last = expected
    assert last == changed | first != changed, (
        "a restore that brings nothing back, or takes something away, shows nothing"
    )

    def look(state: Path, done: int) -> None:
        found, old, new = files(state), expected[done], expected[min(done + 1, 3)]
        for path in sorted(found | old | new):
            assert found.get(path) in (old.get(path), new.get(path)), f"{path} is neither the old nor the new one"
        presets(state)  # each can be read
        bad = [finding for finding in check_library(Catalog(state / "library"))[1] if finding.state != "unknown"]
        assert not bad, f"{bad[0].state}: {bad[0].path} {bad[0].what}"
        assert found[MINE] != first[MINE] or found[PLEXI] == first[PLEXI], "a preset is back, and its model is not"
        saved = backups(state)
        if done == 0:
            save_backup(state / f"again{SUFFIX}", places(state))
            return
        assert set(saved[KEPT].items()) == {(path, digest(data)) for path, data in first.items()}, "not all was saved"
        if done >= 2:
            kept = {item for path, files in saved.items() if path != KEPT for item in files.items()}
            for path, data in changed.items():
                assert found[path] == data or (path, digest(data)) in kept, f"{path} was replaced, and is nowhere else"
        take_back(state)
        assert files(state) == found | first, "another restore does not bring all of it back"

    return judge_cuts(folder, DISK, 3, look)


def places(state: Path) -> Places:
    """Of an installed pedal."""
    return Places(state, state / "presets", state / "models", state / "settings.toml")


def files(state: Path) -> Files:
    """All that is the player's."""
    return {path: place.read_bytes() for path, place in places(state).files()}


def backups(state: Path) -> dict[str, dict[str, str]]:
    """What is saved, in which backup: hashes by path. Fails where one bears its name and is not whole."""
    found = {}
    for path in (*state.glob(f"*{SUFFIX}"), *(state / BEFORE_FOLDER).glob(f"*{SUFFIX}")):
        backup = load_backup(path)
        for _ in backup.verify():
            pass
        found[path.name] = {file.path: file.hash for file in backup.manifest.files}
    return found


def take_back(state: Path) -> None:
    """Restore the backup, as the command does."""
    backup = load_backup(state / KEPT)
    restore(backup, plan_restore(backup, places(state)), places(state))


def digest(data: bytes) -> str:
    """As a backup names content."""
    return hashlib.sha256(data).hexdigest()
