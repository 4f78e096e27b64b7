"""Power cut: at every write of an import from a stick, nothing is lost, nothing half is believed."""

from __future__ import annotations

import hashlib
import tempfile
import time
from pathlib import Path

from pedal.library.cards import Card
from pedal.library.catalog import Catalog
from pedal.library.check import check_library
from pedal.library.checker import Checker
from pedal.library.importer import Importer, import_path
from pedal.library.presets import PresetStore
from tests.lab.bringing import PRESET, brought, last_word
from tests.lab.guest.machine import Disk
from tests.lab.lab import STATE, Lab
from tests.lab.power import do_steps, judge_cuts
from tests.lab.scenario import Breakage
from tests.lab.scenarios.power_cut import NOWHERE, presets
from tests.lab.stick import UsbStick

#: An import leaves 32 MiB of it free.
DISK = Disk(mib=48, log_mib=48)
BREAKAGE = Breakage(
    "content bears its name before it is on the disk",
    "pedal/library/atomic.py",
    "        file.flush()\n        os.fsync(descriptor)\n",
    "",
)
MODELS = 4
MINE = b'# louder at home\nname = "Mine"\n[[block]]\nkind = "tone"\nbass_db = 3\n'


def begin(state: Path) -> None:
    """A player who has a preset, and a model that is on the stick too, by a name of his own."""
    for folder in ("presets", "library/models", "library/impulses"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    (state / "presets" / "01-mine.toml").write_bytes(MINE)
    data = brought(MODELS)["Pack/Amp 0.nam"]
    content = hashlib.sha256(data).hexdigest()
    Catalog(state / "library").add(Card("model", content, "My amp", size_bytes=len(data), favourite=True), data)


def scenario(lab: Lab) -> None:
    begin(STATE)
    stick = UsbStick(Path("/run/stick.img"))
    stick.fill(brought(MODELS))

    def bring() -> None:
        since_s = time.monotonic()
        stick.plug()
        progress = last_word(lab, since_s)
        assert (progress.phase, progress.models, progress.known) == ("done", MODELS - 1, 1), progress

    do_steps(lab, [bring])


def judge(folder: Path) -> list[str]:
    """What was there is as it was, what came is whole, and the same import again brings what is missing."""
    files = brought(MODELS)
    good = {"cabs/box.wav", *(name for name in files if name.startswith("Pack/"))}
    hashes = {hashlib.sha256(files[name]).hexdigest() for name in good}
    with tempfile.TemporaryDirectory() as stick, Checker() as checker:
        for name, data in files.items():
            (Path(stick) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(stick) / name).write_bytes(data)

        def look(state: Path, done: int) -> None:
            there = in_library(state)
            assert there <= hashes and (there == hashes or not done), f"{len(there)} of {len(hashes)} are there"
            assert presets_of(state) == 2 or not done, "the stick's preset is not there"
            catalog, store = Catalog(state / "library"), PresetStore(state / "presets", NOWHERE)
            report = import_path(Path(stick), Importer(catalog, store, state / "presets", checker))
            assert not report.problem and report.count("refused") == 2, report.summary()
            assert (in_library(state), presets_of(state)) == (hashes, 2), "the same import again does not finish it"
            assert not check_library(catalog)[1], "the same import again leaves something behind"

        return judge_cuts(folder, DISK, 1, look)


def in_library(state: Path) -> set[str]:
    """Hashes of all that the library believes to have. Fails where it has not, and where the player's card is lost."""
    catalog = Catalog(state / "library")
    _, findings = check_library(catalog)
    bad = [finding for finding in findings if finding.state != "unknown"]  # without a card it is believed by nobody
    assert not bad, f"{bad[0].state}: {bad[0].path} {bad[0].what}"
    entries = catalog.entries()
    for entry in entries:
        assert not entry.missing and hashlib.sha256(entry.path.read_bytes()).hexdigest() == entry.hash, entry.name
    assert [entry.name for entry in entries if entry.card.favourite] == ["My amp"], "the player's own card is lost"
    return {entry.hash for entry in entries}


def presets_of(state: Path) -> int:
    """How many presets there are: his, and the stick's if it has come; each to the last byte."""
    found = [text.encode() for text in presets(state).values()]
    assert found in ([MINE], [MINE, PRESET]), f"presets are not as they were: {found}"
    return len(found)
