"""A first boot, by footswitches only: `pedal run` as the services run it, on the virtual card.

From the offer to a board of one's own. Also broken off in the middle, killed in the middle, and with a board whose card
does not open.
"""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pedal.cli.client import RefusedError
from pedal.config import load_board
from pedal.errors import ControlError
from pedal.panel import protocol
from pedal.panel.controls.gestures import HOLD_S
from pedal.panel.display.menu_pages import draw_menu
from pedal.panel.menu.facts import Facts
from pedal.panel.menu.setup import OfferPage
from pedal.setup.choice import propose
from pedal.setup.own_board import Changes, load_own_text
from pedal.setup.told import TOLD
from tests.e2e.running import BOARD, PATIENCE_S, ROOT, START_S, Pedal

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd2 is not installed")]

TURN, PUSH = "bypass", "next"
#: Four periods of six seconds, four cards that are made, and a chain that is timed.
TRIAL_S = 120.0


class Installed(Pedal):
    """As on an installed pedal: a board that is named, and a folder where another one may be chosen."""

    def press(self, *switches: str, hold_s: float = 0.08) -> None:
        """One after the other; each is over before the next."""
        for switch in switches:
            self.call(protocol.Press(switch=switch, hold_s=hold_s))
            time.sleep(hold_s + 0.3)

    def page(self) -> Image.Image:
        png = base64.b64decode(self.call(protocol.Page())["png"])
        return Image.open(io.BytesIO(png)).convert("1")

    def until_files(self, truth: Callable[[], bool], limit_s: float = PATIENCE_S) -> None:
        deadline_s = time.monotonic() + limit_s
        while not truth():
            assert time.monotonic() < deadline_s, (self.folder / "log").read_text()
            time.sleep(0.05)

    def until_playing(self, period_frames: int = 256, limit_s: float = PATIENCE_S) -> dict[str, Any]:
        return self.until(
            lambda status: status["audio"] == "playing" and status["period_frames"] == period_frames, limit_s
        )

    def findings(self) -> dict[str, Any]:
        path = self.folder / "home" / "setup" / "findings.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def told(self) -> dict[str, Any]:
        path = self.runtime / TOLD
        return json.loads(path.read_text()) if path.exists() else {}

    def begin(self, row: int) -> str:
        """A step from the list, whose first row is looked at; returns the errand's number."""
        before = self.told().get("token")
        self.press(*[TURN] * row, PUSH, TURN, PUSH)
        self.until_files(lambda: self.told().get("token", before) != before)
        return str(self.told()["token"])


@pytest.fixture(scope="module")
def pedal() -> Iterator[Installed]:
    folder = Path(tempfile.mkdtemp(prefix="pedal-e2e-", dir="/tmp"))
    (folder / "mine.toml").write_text(BOARD.format(rate_hz=48000))
    for name in ("run", "own", "home"):
        (folder / name).mkdir()
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PEDAL_HOME": str(folder / "home"),
        "PEDAL_RUNTIME_DIR": str(folder / "run"),
        "PEDAL_BOARD": str(folder / "mine.toml"),
        "PEDAL_BOARD_DIR": str(folder / "own"),
    }
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "pedal.cli.main", "run"]
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log
        )
    running = Installed(folder, process, environment)
    try:
        deadline_s = time.monotonic() + START_S
        while True:
            try:
                if running.call(protocol.Status())["blocks"]:
                    break
            except (RefusedError, ControlError):
                pass
            assert process.poll() is None and time.monotonic() < deadline_s, (folder / "log").read_text()
            time.sleep(0.05)
        yield running
    finally:
        process.terminate()
        process.wait(20.0)
        print((folder / "log").read_text())
        shutil.rmtree(folder)


def test_it_asks_by_itself_and_plays_meanwhile(pedal: Installed) -> None:
    pedal.until_playing()
    offer = draw_menu(OfferPage().sheet(Facts(), 0))
    assert pedal.page().tobytes() == offer.tobytes()
    before = pedal.status()["periods_played"]
    pedal.until(lambda status: status["periods_played"] > before + 20)
    pedal.press(PUSH)
    assert pedal.page().tobytes() != offer.tobytes()


def test_a_cable_is_measured_on_the_card_alone(pedal: Installed) -> None:
    audio = pedal.pid("audio")
    pedal.begin(3)
    pedal.until_files(lambda: bool(pedal.findings().get("loop") or pedal.findings().get("skipped")))
    found = pedal.findings()
    if found["loop"] is None:  # a stalled machine ran dry meanwhile, and that is what it said
        assert "ran dry" in found["skipped"]["cable"]
    else:
        assert found["loop"]["frames"] == 256 * 4
    pedal.until_playing()
    assert pedal.pid("audio") != audio
    pedal.press(TURN, PUSH)  # done


def test_held_it_is_broken_off_and_the_pedal_plays(pedal: Installed) -> None:
    pedal.press(*[TURN] * 5)  # around, to the first row: six rows, the cable's is looked at
    pedal.begin(0)
    errand = int(pedal.told()["pid"])
    pedal.press(PUSH, hold_s=HOLD_S + 0.1)
    pedal.until_playing()
    pedal.until_files(lambda: not Path(f"/proc/{errand}").exists())
    assert not (pedal.runtime / "setup.errand").exists() and pedal.findings()["choice"] is None


def test_killed_in_the_middle_the_pedal_plays_and_says_so(pedal: Installed) -> None:
    pedal.begin(0)
    pedal.until_files(lambda: pedal.told().get("share", 0.0) > 0.02)
    os.kill(int(pedal.told()["pid"]), signal.SIGKILL)
    pedal.until_playing()
    pedal.until_files(lambda: "broken off" in pedal.findings().get("skipped", {}).get("period", ""))
    probes = [path for path in Path("/proc").glob("[0-9]*/cmdline") if str(pedal.runtime).encode() in _read(path)]
    assert not any(b"pedal.audio.probe" in _read(path) for path in probes), "the card is nobody else's"
    status = pedal.status()
    assert status["audio"] == "playing" and status["guard_trips"] == 0


def test_the_shortest_period_is_found_and_put_in_use(pedal: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    pedal.press(PUSH, TURN, PUSH)  # again; begin
    pedal.until_files(lambda: bool(pedal.findings().get("choice")), TRIAL_S)
    chosen = pedal.findings()["choice"]["period_frames"]
    assert [wakes["period_frames"] for wakes in pedal.findings()["wakes"]] == [32, 64, 128, 256]
    own = pedal.folder / "own" / "board.toml"
    preset = pedal.status()["preset_key"]
    if chosen == 256:  # as it is: a busy machine keeps no shorter one, so it is told to
        chosen = 128
        monkeypatch.setenv("PEDAL_BOARD_DIR", str(own.parent))
        propose(load_own_text(str(pedal.folder / "mine.toml"), Changes(period_frames=chosen)))
    else:
        pedal.press(PUSH)
    pedal.until_files(own.exists)
    pedal.until_playing(chosen, 60.0)
    pedal.until_files(lambda: not (pedal.folder / "own" / "board.toml.trial").exists(), 60.0)
    assert load_board(str(own)).audio.period_frames == chosen and pedal.status()["preset_key"] == preset
    assert (pedal.folder / "home" / "setup" / "report.md").exists()


def test_a_board_whose_card_does_not_open_is_put_back(pedal: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the panel proposes it: the sound is back with the board before, and the screen says why."""
    before, own = pedal.status()["period_frames"], pedal.folder / "own" / "board.toml"
    text = own.read_text() if own.exists() else ""
    monkeypatch.setenv("PEDAL_BOARD_DIR", str(own.parent))
    propose(load_own_text(str(pedal.folder / "mine.toml"), Changes(card="nosuch")))
    pedal.until_files(lambda: own.with_name("board.toml.refused").exists(), 60.0)
    pedal.until_playing(before, 60.0)
    assert (own.read_text() if own.exists() else "") == text
    assert "The board before is back. The card 'nosuch' did not open." in (pedal.folder / "log").read_text()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
