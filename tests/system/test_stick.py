"""The import service, without systemd: what it does with a stick and an inbox, and what it tells the panel."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pedal.library.backup import Places, last_before, load_backup, plan_restore, restore, save_backup
from pedal.library.catalog import Catalog
from pedal.library.importer import PULLED_OUT, Importer
from pedal.library.lock import BusyError, locked
from pedal.library.report import Report
from pedal.library.scan import Found, Tree
from pedal.library.telling import Question, Told, answer, heard
from pedal.system import stick as service
from pedal.system.offer import offer_newest
from pedal.system.stick import REMOVE, export_stick, import_inbox, import_stick, main
from pedal.system.teller import Teller
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


def stick_with_backup(folder: Path, presets: dict[str, bytes], name: str = "mine.pedal", made: str = "") -> Path:
    """A stick with a backup of a pedal that has just these presets."""
    home = put(folder / f"of {name}", {f"presets/{key}.toml": text for key, text in presets.items()})
    stick = put(folder / "stick", {})
    stick.mkdir(exist_ok=True)
    save_backup(stick / name, Places(home, home / "presets", home / "models", home / "settings.toml"))
    if made:
        data = (stick / name).read_bytes()
        old = load_backup(stick / name).manifest.made.encode()
        (stick / name).write_bytes(data.replace(b'"made": "' + old, b'"made": "' + made.encode()))
    return stick


class Foot:
    """Answers what is asked, as the panel does; in a thread, because who asks waits."""

    def __init__(self, folder: Path, yes: bool) -> None:
        self.asked: list[Question] = []
        self._folder, self._yes = folder, yes
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Foot:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(0.01):
            told = heard(self._folder)
            if told is not None and told.question is not None and told.question not in self.asked:
                self.asked.append(told.question)
                answer(self._folder, told.question, yes=self._yes)


OURS, THEIRS = PRESET.encode(), PRESET.replace("Loud", "Theirs").encode()


def test_a_backup_on_a_stick_is_restored_when_the_player_says_so(tmp_path: Path, home: Path, teller: Teller) -> None:
    stick = put(stick_with_backup(tmp_path, {"01-a": THEIRS, "02-b": THEIRS}), {"amp.nam": model(1)})
    put(home, {"presets/01-a.toml": OURS, "presets/03-c.toml": OURS})
    with Foot(tmp_path / "run", yes=True) as foot:
        import_stick(stick, teller)
    (question,) = foot.asked
    assert (question.holds, question.changes) == ("2 presets", "New: 1 preset. Replaced: 1.")
    progress = told(tmp_path).progress
    assert (progress.phase, progress.text, progress.models, progress.refused) == ("done", f"Restored. {REMOVE}", 1, 0)
    presets = {path.stem: path.read_bytes() for path in (home / "presets").glob("*.toml")}
    assert presets == {"01-a": THEIRS, "02-b": THEIRS, "03-c": OURS}
    undone = load_backup(last_before(Places.default()))
    restore(undone, plan_restore(undone, Places.default()), Places.default())
    assert (home / "presets" / "01-a.toml").read_bytes() == OURS
    with Foot(tmp_path / "run", yes=True) as foot:
        import_stick(stick, teller)
        import_stick(stick, teller)
    assert len(foot.asked) == 1, "what is here already is not asked about"
    assert told(tmp_path).progress.text == f"All of the backup is here. {REMOVE}"


def test_who_says_no_or_nothing_keeps_what_he_has(
    tmp_path: Path, home: Path, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = stick_with_backup(tmp_path, {"01-a": THEIRS})
    put(home, {"presets/01-a.toml": OURS})
    with Foot(tmp_path / "run", yes=False) as foot:
        import_stick(stick, teller)
    assert len(foot.asked) == 1 and told(tmp_path).progress.text == f"Nothing was restored. {REMOVE}"
    with Tree(stick) as tree:
        assert offer_newest(tree, teller, ask_s=0.3) == "Nothing was restored."
    assert {path.name for path in (home / "presets").iterdir()} == {"01-a.toml"}
    assert (home / "presets" / "01-a.toml").read_bytes() == OURS and not (home / "backups").exists()


def test_the_newest_backup_that_can_be_read_is_offered(tmp_path: Path, home: Path, teller: Teller) -> None:
    stick_with_backup(tmp_path, {"01-a": b'name = "Old"\n'}, "old.pedal", "2026-01-01 10:00")
    stick_with_backup(tmp_path, {"01-a": b'name = "New"\n'}, "a-new.pedal", "2026-03-01 10:00")
    stick = put(stick_with_backup(tmp_path, {"01-a": OURS}, "mid.pedal", "2026-02-01 10:00"), {"zz.pedal": b"none"})
    (stick / "link.pedal").symlink_to(tmp_path / "stick" / "old.pedal")
    with Foot(tmp_path / "run", yes=True) as foot:
        import_stick(stick, teller)
    assert [question.made for question in foot.asked] == ["2026-03-01 10:00"]
    assert (home / "presets" / "01-a.toml").read_bytes() == b'name = "New"\n'


def test_a_backup_that_is_broken_or_hostile_changes_nothing(tmp_path: Path, home: Path, teller: Teller) -> None:
    stick = put(tmp_path / "stick", {"broken.pedal": b"x" * 2000})
    import_stick(stick, teller)
    assert told(tmp_path).progress.text == f"Its backup cannot be read. {REMOVE}"
    data = bytearray((stick_with_backup(tmp_path, {"01-a": THEIRS}) / "mine.pedal").read_bytes())
    data[data.index(b"bass_db")] ^= 1  # found out before a byte is written
    (stick / "broken.pedal").unlink()
    (stick / "mine.pedal").write_bytes(data)
    put(home, {"presets/01-a.toml": OURS})
    with Foot(tmp_path / "run", yes=True) as foot:
        assert main(["import", str(stick)]) == 1
    assert len(foot.asked) == 1
    progress = told(tmp_path).progress
    assert progress.phase == "failed" and "damaged" in progress.text
    assert (home / "presets" / "01-a.toml").read_bytes() == OURS


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


def test_what_lies_in_a_folder_of_its_owner_alone_stays(tmp_path: Path) -> None:
    inbox = put(tmp_path / "inbox", {"his/a.nam": b"a", "his/b.nam": b"b", "ours.nam": b"a", "gone.nam": b"a"})
    kept = {hashlib.sha256(b"a").hexdigest()}
    (inbox / "his").chmod(0o555)
    inbox.chmod(0o777)
    with Tree(inbox) as tree:
        there = [item for item in tree.walk() if isinstance(item, Found)]
        (inbox / "gone.nam").unlink()
        user = os.geteuid()
        try:
            os.seteuid(user or 65534)  # root may do anything
            assert service._take_out(tree, there, kept) == 1
        finally:
            os.seteuid(user)
    assert {str(path.relative_to(inbox)) for path in inbox.rglob("*.nam")} == {"his/a.nam", "his/b.nam"}
    (inbox / "his").chmod(0o755)


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
