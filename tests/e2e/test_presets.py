"""Presets kept by the whole pedal, all its processes: saved, recalled, found again by content, under the feet."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pedal.library.backup import Places, save_backup
from pedal.link import Word
from pedal.panel import protocol
from pedal.panel.bank_requests import AddToBank, NewBank, UseBank
from pedal.panel.preset_requests import RecallSnapshot, SavePreset, TakeSnapshot
from pedal.paths import factory_dir
from tests.e2e.running import PATIENCE_S, Pedal, running_pedal
from tests.library.brought import put

MODEL = (factory_dir("models") / "starter-crunch.nam").read_bytes()
MINE = """\
# For the small amp.
name = "Mine"
[[block]]
kind = "amp"
id = "amp"
model = "small.nam"  # borrowed
[[block]]
kind = "tone"
id = "tone"
"""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd2 is not installed")]


@pytest.fixture(scope="module")
def pedal() -> Iterator[Pedal]:
    with running_pedal("--no-safe-mode", presets={"20-mine": MINE}) as running:
        (running.folder / "models" / "small.nam").write_bytes(MODEL)
        yield running


def test_what_is_saved_knows_its_model_by_content_and_keeps_the_comments(pedal: Pedal) -> None:
    assert not pedal.go_to("Mine")["edited"]
    pedal.call(protocol.SetParam(target="tone.bass_db", value=3.0))
    assert pedal.status()["edited"]
    pedal.call(SavePreset())
    assert not pedal.status()["edited"]
    text = (pedal.folder / "presets" / "20-mine.toml").read_text()
    assert f'model_hash = "sha256:{hashlib.sha256(MODEL).hexdigest()}"' in text
    assert text.startswith("# For the small amp.") and "# borrowed" in text and "bass_db = 3.0" in text
    assert (pedal.folder / "presets" / "20-mine.toml.previous").read_text() == MINE


def test_a_snapshot_is_parameters_and_no_new_rig(pedal: Pedal) -> None:
    pedal.call(TakeSnapshot(number=1, name="As it is"))
    pedal.call(protocol.SetParam(target="tone.bass_db", value=-6.0))
    pedal.call(protocol.SwitchBlock(block="tone", on=False))
    pedal.call(TakeSnapshot(number=2, name="Dark"))
    slot, serial = pedal.link.get(Word.PLAYING_SLOT), pedal.rig().serial
    pedal.call(RecallSnapshot(number=1))
    assert (pedal.parameter("tone", 0), pedal.parameter("tone", 1)) == (0.0, 3.0)
    pedal.call(RecallSnapshot())
    assert (pedal.parameter("tone", 0), pedal.parameter("tone", 1)) == (1.0, -6.0)
    assert (pedal.link.get(Word.PLAYING_SLOT), pedal.rig().serial) == (slot, serial)
    status = pedal.status()
    assert status["snapshot"] == 2 and [kept["name"] for kept in status["snapshots"]] == ["As it is", "Dark"]
    assert not status["edited"]


def test_a_panel_that_was_killed_knows_its_snapshots(pedal: Pedal) -> None:
    before = pedal.status()
    os.kill(pedal.pid("panel"), signal.SIGKILL)
    after = pedal.until(lambda status: bool(status["blocks"]))
    for key in ("preset_key", "snapshot", "snapshots", "edited"):
        assert after[key] == before[key]
    pedal.call(RecallSnapshot(number=1))
    assert pedal.parameter("tone", 1) == 3.0


def test_a_model_is_found_under_another_name_and_one_that_changed_is_said(pedal: Pedal) -> None:
    models = pedal.folder / "models"
    (models / "small.nam").rename(models / "renamed.nam")
    pedal.go_to("02-clean-edge")
    status = pedal.go_to("Mine")
    assert status["message"] == "" and [amp["width"] != "" for amp in status["amps"]] == [True]
    (models / "renamed.nam").unlink()
    (models / "small.nam").write_bytes(MODEL + b"\n")
    # The factory has the content too; without it, the name is what is left.
    shutil.copy(pedal.folder / "presets" / "20-mine.toml", pedal.folder / "presets" / "21-other.toml")
    other = (pedal.folder / "presets" / "21-other.toml").read_text()
    known = hashlib.sha256(MODEL).hexdigest()
    (pedal.folder / "presets" / "21-other.toml").write_text(other.replace(known, "0" * 64).replace("Mine", "Other"))
    pedal.call(protocol.SelectPreset(name="Other"))
    status = pedal.until(lambda status: status["preset_key"] == "21-other")
    assert status["message"] == "amp: plays 'small.nam', which has changed since this preset was saved."


def test_a_bank_under_the_feet(pedal: Pedal) -> None:
    pedal.call(NewBank(name="Friday"))
    for preset in ("Clean edge", "Mine"):
        pedal.call(AddToBank(bank="Friday", preset=preset))
    assert pedal.call(UseBank(bank="Friday", place=2))["presets"] == ["02-clean-edge", "20-mine"]
    pedal.until(lambda status: status["preset_key"] == "20-mine" and status["bank"] == "Friday")
    assert (pedal.folder / "home" / "banks.toml").is_file()


@pytest.mark.parametrize(("hold_s", "restored"), [(2.5, True), (0.08, False)])
def test_a_backup_on_a_stick_comes_back_by_a_long_hold_only(
    pedal: Pedal, tmp_path: Path, hold_s: float, restored: bool
) -> None:
    theirs = put(tmp_path / "other", {"presets/90-theirs.toml": b'name = "Theirs"\n'})
    (tmp_path / "stick").mkdir()
    save_backup(
        tmp_path / "stick" / "b.pedal", Places(theirs, theirs / "presets", theirs / "models", theirs / "s.toml")
    )
    place = pedal.folder / "presets" / "90-theirs.toml"
    place.unlink(missing_ok=True)
    before = pedal.status()["preset_key"]
    command = [sys.executable, "-m", "pedal.system.stick", "import", str(tmp_path / "stick")]
    with subprocess.Popen(command, env=pedal.environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any("Restore it?" in line for line in process.stderr)
        asked = pedal.until(lambda _: b"asking" in (pedal.runtime / "import.json").read_bytes())
        pedal.until(lambda status: status["frame"] > asked["frame"] + 48000)  # the panel has looked, twice
        pedal.call(protocol.Press(switch="next", hold_s=hold_s))
        process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0 and place.exists() == restored
    if restored:
        assert pedal.status()["preset_key"] == before, "a hold that says yes is no step to the next preset"
    else:
        pedal.until(lambda status: status["preset_key"] != before)
