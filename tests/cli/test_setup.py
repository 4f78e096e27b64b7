"""``pedal setup``: real PCMs of the virtual card, real processes; broken off, beside a pedal, and without a card."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from pedal import layout
from pedal.cli import setup_steps
from pedal.cli.main import main
from pedal.cli.setup_beside import is_playing, listen
from pedal.cli.setup_steps import Steps
from pedal.config import detect, load_board
from pedal.errors import CardError
from pedal.setup.own_board import Changes
from pedal.setup.recording import PLAYED, Recording
from tests.audio.players import ROOT, needs_jackd


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEDAL_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def pedal(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["setup", *args])
    return done.exit_code, done.output


@needs_jackd
@pytest.mark.slow
def test_the_whole_of_it_on_the_virtual_board(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup_steps, "PERIOD_S", 1.0)
    monkeypatch.setattr(setup_steps, "CANDIDATES", (128, 256))
    code, text = pedal("--virtual", "--yes")
    assert code == 0, text
    found = json.loads((home / "setup" / "findings.json").read_text())
    assert found["strum"]["word"] == "right"
    assert [wakes["period_frames"] for wakes in found["wakes"]] == [128, 256]
    assert set(found["book"]["ns_per_frame"]) >= {"128", "256"}
    chosen = found["choice"]["period_frames"]
    if found["loop"] is None:  # a stalled machine ran dry meanwhile, and that is what it said
        assert "ran dry" in found["skipped"]["cable"]
    else:
        assert found["loop_frames"] == 4 * chosen
        # All of it; or, where the server of the virtual card was late itself, whole periods fewer.
        assert found["loop"]["frames"] in range(chosen, 4 * chosen + 1, chosen)
    assert load_board(home / "board.toml").audio.period_frames == chosen
    assert "In use from the next start on" in text
    assert (home / "setup" / "report.md").read_text().startswith("# Virtual pedal\n")
    with Image.open(home / "setup" / "report.png") as picture:
        assert picture.size == (1000, 620)


@needs_jackd
def test_broken_off_it_keeps_what_was_found_and_frees_the_card(home: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PEDAL_HOME": str(home)}
    command = [sys.executable, "-m", "pedal.cli.main", "setup", "--virtual", "--yes"]
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert running.stdout is not None
        said = ""
        while "Right: " not in said:  # the strum is done, the first period is tried next
            line = running.stdout.readline()
            assert line, said
            said += line
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        rest, _ = running.communicate(timeout=20)
        assert running.returncode == 0
    finally:
        running.kill()
        running.wait()
    assert "Broken off. What was found is kept." in rest and "The board stays as it was" in rest
    assert json.loads((home / "setup" / "findings.json").read_text())["strum"]["word"] == "right"
    assert "Not measured: not done yet." in (home / "setup" / "report.md").read_text()
    assert not (home / "board.toml").exists()
    recordings = [path for path in Path("/proc").glob("[0-9]*/cmdline") if str(home).encode() in _read(path)]
    assert recordings == []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_steps_can_be_left_out(home: Path) -> None:
    code, text = pedal("--virtual", "--yes", "--skip", "strum", "--skip", "period", "--skip", "cable")
    assert code == 0
    assert text.count("left out: skipped") == 3
    assert (home / "setup" / "report.md").read_text().count("Not measured: skipped.") == 3
    assert pedal("--keep")[0] == 0
    assert load_board(home / "board.toml").virtual


def test_a_card_that_is_not_there_is_told_and_the_rest_goes_on(home: Path) -> None:
    code, text = pedal("--board", "usb-generic", "--yes", "--skip", "period")
    assert code == 0
    assert "card 'USB': is not there" in text and "left out: nobody was there to plug a cable in" in text


def test_without_a_card_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine = detect.load_machine(tmp_path)
    monkeypatch.setattr("pedal.cli.setup_talk.load_machine", lambda: machine)
    code, text = pedal("--yes")
    assert code == 1 and "`pedal setup --virtual` needs no card" in text


def test_nothing_to_keep_is_an_error_in_words() -> None:
    code, text = pedal("--keep")
    assert code == 1 and "there is no such file" in text


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Path]:
    """A link whose pedal plays, as far as its words go: this process, a guitar at half of full scale, one gap."""
    words, stop = [0] * layout.WORDS, threading.Event()
    for word, value in {
        layout.MAGIC: layout.LINK_MAGIC, layout.VERSION: layout.LINK_VERSION, layout.AUDIO_PID: os.getpid(),
        layout.RATE_HZ: 48000, layout.PERIOD_FRAMES: 64, layout.PERIODS: 3,
    }.items():  # fmt: skip
        words[word] = value
    path = tmp_path / "link"
    path.write_bytes(struct.pack(f"={layout.WORDS}q", *words) + bytes(8 * 4096))

    def play() -> None:
        with path.open("r+b", buffering=0) as file:
            for period in range(10**6):
                for word, value in {
                    layout.FRAME: 64 * period, layout.AUDIO_BEAT_NS: time.monotonic_ns(), layout.XRUNS: period > 30,
                }.items():  # fmt: skip
                    os.pwrite(file.fileno(), struct.pack("=q", value), 8 * word)
                peak = 0.5 if period == 20 else 0.1
                os.pwrite(file.fileno(), struct.pack("=d", peak), 8 * layout.IN_PEAK)
                if stop.wait(0.04 if period == 20 else 0.005):
                    return

    player = threading.Thread(target=play)
    player.start()
    while not is_playing(tmp_path):
        time.sleep(0.001)
    yield tmp_path
    stop.set()
    player.join()


def test_beside_a_pedal_that_plays_it_only_looks(played: Path) -> None:
    before = (played / "link").stat().st_size
    level, wakes = listen(played, 1.0, lambda share, level: None)
    assert level.peak_db == pytest.approx(-6.0, abs=0.1) and level.clipped == 0
    assert (wakes.period_frames, wakes.periods, wakes.xruns) == (64, 3, 1)
    assert (played / "link").stat().st_size == before


def test_beside_a_pedal_the_gaps_decide(played: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup_steps, "PERIOD_S", 0.2)
    time.sleep(0.5)  # the gap is over
    steps = Steps("usb-generic", Changes(), "", played, True, tmp_path, lambda label: _Quiet())
    steps.period()
    assert steps.findings.choice is not None and steps.findings.choice.period_frames == 64
    assert "a pedal plays" in steps.findings.skipped["costs"]


class Picky:
    """A card that has 64 and 128 frames and no others, and is punctual."""

    notes = ()

    def __init__(self, folder: Path, has: tuple[int, ...]) -> None:
        self.folder, self.has = folder, has

    def play(self, frames: int, seconds: float, signal: str, watch: object) -> Recording:
        if frames not in self.has:
            raise CardError(f"gives 64 frames x 3, not {frames} x 3", where="card 'USB'")
        taken = Recording.make(self.folder / "recording", 200, frames, 2)
        taken.woke_ns[:] = np.arange(200) * frames * 10**9 // 48000
        taken.words[PLAYED] = 200
        return taken


def test_periods_that_the_card_does_not_have_are_passed_over_and_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(setup_steps, "time_chain", lambda board, show: None)
    steps = Steps("usb-generic", Changes(), "", tmp_path, False, tmp_path, lambda label: _Quiet())
    steps._trial = Picky(tmp_path, (64, 128))
    steps.period()
    assert steps.findings.choice is not None and steps.findings.choice.period_frames == 64
    assert [note[:9] for note in steps.findings.notes[:2]] == ["32 frames", "256 frame"]
    steps._trial = Picky(tmp_path, ())
    with pytest.raises(CardError, match="gives 64 frames"):
        steps.period()


class _Quiet:
    def __enter__(self):
        return lambda share, words: None

    def __exit__(self, *error: object) -> None:
        return None


def test_no_pedal_no_meters(tmp_path: Path) -> None:
    assert not is_playing(tmp_path)
    with pytest.raises(CardError, match="has stopped"):
        listen(tmp_path, 0.1, lambda share, level: None)
