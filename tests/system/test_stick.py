"""The import service, without systemd: what it does with a stick and an inbox, and what it tells the panel."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pedal.library.backup import load_backup
from pedal.library.catalog import Catalog
from pedal.library.importer import PULLED_OUT, Importer
from pedal.library.lock import BusyError, locked
from pedal.library.report import Report
from pedal.library.scan import Tree
from pedal.library.telling import Told, heard
from pedal.system import stick as service
from pedal.system.stick import REMOVE, Teller, export_stick, import_inbox, import_stick, main
from tests.library.brought import PRESET, impulse, model, put


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEDAL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PEDAL_RUNTIME_DIR", str(tmp_path / "run"))
    for name in ("PEDAL_PRESETS_DIR", "PEDAL_MODELS_DIR", "PEDAL_SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "run").mkdir()
    return tmp_path / "home"


@pytest.fixture
def teller(tmp_path: Path) -> Teller:
    return Teller(tmp_path / "run", "stick")


def told(tmp_path: Path) -> Told:
    found = heard(tmp_path / "run")
    assert found is not None
    return found


def test_a_stick_comes_in_and_may_be_removed(tmp_path: Path, home: Path, teller: Teller) -> None:
    stick = put(
        tmp_path / "stick", {"a.nam": model(1), "b.wav": impulse(1), "bad.nam": b"x", "p.toml": PRESET.encode()}
    )
    report = import_stick(stick, teller)
    assert len(report.lines) == 4
    progress = told(tmp_path).progress
    assert (progress.phase, progress.text) == ("done", REMOVE)
    assert (progress.models, progress.impulses, progress.presets, progress.refused) == (1, 1, 1, 1)
    assert Catalog.default().find("a", "model").source == "library"


def test_an_empty_stick_and_one_that_is_gone(tmp_path: Path, teller: Teller) -> None:
    import_stick(put(tmp_path / "stick", {"photo.jpg": b""}), teller)
    assert told(tmp_path).progress.text == f"Nothing to import. {REMOVE}"
    assert main(["import", str(tmp_path / "gone")]) == 1
    progress = told(tmp_path).progress
    assert progress.phase == "failed" and PULLED_OUT.rstrip(".") in progress.text


def test_a_stick_that_asks_for_a_backup_gets_one_once(tmp_path: Path, teller: Teller) -> None:
    stick = put(tmp_path / "stick", {"a.nam": model(1), "pedal-backup-here": b""})
    assert import_stick(stick, teller).backup_wanted
    assert told(tmp_path).progress.phase == "saving"
    path = export_stick(stick, teller)
    assert told(tmp_path).progress.text == f"Saved as {path.name}. {REMOVE}"
    assert any(file.path.endswith(".nam") for file in load_backup(path).manifest.files)
    assert not (stick / "pedal-backup-here").exists()
    assert not import_stick(stick, teller).backup_wanted


def test_what_came_from_the_inbox_leaves_it(
    tmp_path: Path, home: Path, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what comes while it is being looked at; what was refused stays."""
    monkeypatch.setattr(service, "QUIET_S", 0.3)
    inbox = put(home / "inbox", {"pack/a.nam": model(1), "bad.nam": b"x"})
    begun = threading.Event()

    def clock() -> float:
        if not begun.is_set():
            begun.set()
            put(inbox, {"late.nam": model(2)})
        return time.monotonic()

    import_inbox(inbox, teller, clock)
    assert {p.name for p in inbox.rglob("*") if p.is_file()} == {"bad.nam"}
    names = {entry.asset_name for entry in Catalog.default().entries("model") if entry.source == "library"}
    assert names == {"pack/a.nam", "late.nam"}
    assert told(tmp_path).progress.text == "Ready to play."


def test_an_inbox_waits_while_something_else_comes_in(
    home: Path, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "QUIET_S", 0.05)
    inbox, library, waited = put(home / "inbox", {"a.nam": model(1)}), home / "library", threading.Event()
    asked = Importer.run

    def run(importer: Importer, tree: Tree, category: str = "") -> Report:
        try:
            return asked(importer, tree, category)
        except BusyError:
            waited.set()
            raise

    monkeypatch.setattr(Importer, "run", run)
    with locked(library):
        brings = threading.Thread(target=import_inbox, args=(inbox, teller))
        brings.start()
        assert waited.wait(30) and not list(library.glob("models/*.nam"))
    brings.join(30)
    assert list(library.glob("models/*.nam")) and not list(inbox.glob("*.nam"))


def test_a_stick_that_is_pulled_out_is_told(tmp_path: Path) -> None:
    """systemd ends the service with the stick's device: it says so before it goes, and its judge goes with it."""
    stick = put(tmp_path / "stick", {f"{number:03}.nam": model(number) for number in range(300)})
    process = subprocess.Popen(
        [sys.executable, "-m", "pedal.system.stick", "import", str(stick)], stderr=subprocess.PIPE
    )
    with process:
        while (found := heard(tmp_path / "run")) is None or found.progress.models < 3:
            assert process.poll() is None
            time.sleep(0.01)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    progress = told(tmp_path).progress
    assert process.returncode == 1 and (progress.phase, progress.text) == ("failed", PULLED_OUT)
    assert children and not any(os.path.exists(f"/proc/{child}/cwd") for child in children)


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import"]) == 2 == main(["eat", "x"])
    assert "usage" in capsys.readouterr().err
