"""Safe mode with all the real processes: what is heard, what the player is told, and the ways back."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import pytest

from pedal.link import Word
from pedal.panel import protocol
from pedal.preset import parse_preset
from tests.e2e.running import PATIENCE_S, ROOT, Pedal, running_pedal
from tests.e2e.supervised import TONE_FRAMES

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd2 is not installed")]


@pytest.fixture(scope="module")
def pedal() -> Iterator[Pedal]:
    with running_pedal() as running:
        yield running


def kill(pedal: Pedal, name: str, times: int) -> None:
    """Kill a process, and each successor as soon as it has said its number."""
    word = {"audio": Word.AUDIO_PID, "panel": Word.PANEL_PID}[name]
    for _ in range(times):
        pid = pedal.pid(name)
        deadline_s = time.monotonic() + PATIENCE_S
        while pedal.link.get(word) != pid:
            assert time.monotonic() < deadline_s
            time.sleep(0.01)
        os.kill(pid, signal.SIGKILL)
        while (pedal.runtime / f"{name}.pid").exists() and pedal.pid(name) == pid:
            time.sleep(0.01)
        while not (pedal.runtime / f"{name}.pid").exists():
            time.sleep(0.01)


def command(pedal: Pedal, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pedal.cli.main", *arguments, "--runtime-dir", str(pedal.runtime)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_guitar_comes_through_until_the_player_tries_again(pedal: Pedal) -> None:
    before = pedal.go_to("01-crunch")
    pedal.call(protocol.SetParam(target="amp.drive_db", value=7.0))
    drive = pedal.parameter("amp", 1)
    kill(pedal, "audio", 3)
    status = pedal.until(lambda status: status["audio"] == "safe mode")
    assert status["safe_mode"] == "The sound failed 3 times in a minute; the last time it was killed by SIGKILL."
    assert status["preset_key"] == before["preset_key"]
    assert "safe mode" in command(pedal, "status")
    start = pedal.played_frames()
    while pedal.played_frames() < start + 48000:
        time.sleep(0.02)
    heard = pedal.played(start, start + 48000)
    assert np.abs(heard[TONE_FRAMES:] - heard[:-TONE_FRAMES]).max() < 1e-6, "the tone, without a gap"
    assert abs(np.abs(heard).max() - 0.2) < 1e-4, "as loud as it came in"
    pedal.call(protocol.Press(switch="bypass"))
    pedal.until(lambda status: status["audio"] == "playing" and not status["safe_mode"] and bool(status["blocks"]))
    assert pedal.rig().origin == "01-crunch" and not pedal.status()["bypassed"]
    assert pedal.parameter("amp", 1) == drive, "with what the player had changed"


def test_another_preset_chosen_in_safe_mode_is_the_one_that_is_tried(pedal: Pedal) -> None:
    pedal.go_to("01-crunch")
    kill(pedal, "audio", 3)
    pedal.until(lambda status: status["audio"] == "safe mode")
    pedal.call(protocol.SelectPreset(name="02-clean-edge"))
    pedal.until(lambda status: status["preset_key"] == "02-clean-edge" and not status["message"].startswith("Loading"))
    for _ in range(3):  # as often as the player likes: memory of what cannot play is used again
        for name in ("03-two-amps", "02-clean-edge"):
            number = pedal.link.get(Word.WANTED_SLOT)
            pedal.call(protocol.SelectPreset(name=name))
            deadline_s = time.monotonic() + PATIENCE_S
            while pedal.link.get(Word.WANTED_SLOT) == number:
                assert time.monotonic() < deadline_s
                time.sleep(0.02)
    assert pedal.link.get(Word.PLAYING_SLOT) == -1
    assert command(pedal, "resume") == "Trying again.\n"
    pedal.until(lambda status: status["audio"] == "playing" and not status["safe_mode"] and bool(status["blocks"]))
    assert pedal.rig().origin == "02-clean-edge"
    start = pedal.played_frames()
    while pedal.played_frames() < start + 24000:
        time.sleep(0.02)
    assert np.abs(pedal.played(start, start + 24000)).max() > 0.01


def test_a_panel_that_keeps_failing_starts_plain_and_loses_nothing(pedal: Pedal) -> None:
    pedal.go_to("01-crunch")
    pedal.call(protocol.SetParam(target="tone.bass_db", value=9.0))
    audio = pedal.pid("audio")
    kill(pedal, "panel", 3)
    status = pedal.until(lambda status: status["preset"] == "Plain" and status["audio"] == "playing")
    assert "The panel failed 3 times in a minute" in status["message"]
    assert "kept as preset '01-crunch-rescued'" in status["message"]
    kept = parse_preset((pedal.folder / "presets/01-crunch-rescued.toml").read_text(), "kept")
    assert kept.block("tone").value("bass_db") == 9.0
    assert pedal.pid("audio") == audio, "the sound went on"
    pedal.go_to("01-crunch-rescued")
    status = pedal.until(lambda status: not status["message"])
    assert status["preset_key"] == "01-crunch-rescued"
