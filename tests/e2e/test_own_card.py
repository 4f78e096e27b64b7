"""The emulator on a real PCM of this computer: pins and screen are virtual, what is heard comes from the card.

For the computer's card stands a PCM of its ALSA configuration, as ``/etc/asound.conf`` would have one.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from pedal.cli.client import Client
from pedal.config import load_board
from pedal.errors import ControlError
from pedal.panel import protocol
from pedal.virtual.card import VirtualCard
from pedal.virtual.own_card import AUTO, save_board
from tests.e2e.running import PATIENCE_S, ROOT, START_S

needs_jackd = pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd2 is not installed")
PERIOD = 256
#: What the computer calls its card by default, for who names none.
DEFAULT = "pcm.!default virtual\n"


def computer(folder: Path, channels: int) -> VirtualCard:
    """A computer with a card, at whose input one tone plays."""
    tone = 0.2 * np.sin(2 * np.pi * np.arange(9600) / 96.0)
    return VirtualCard(folder, tone.astype(np.float32), period_frames=PERIOD, capture_channels=channels)


def environment(card: VirtualCard, folder: Path) -> dict[str, str]:
    (folder / "default.conf").write_text(DEFAULT)
    given = card.environment()
    home = {name: str(folder / place) for name, place in (("PEDAL_HOME", "home"), ("PEDAL_PRESETS_DIR", "presets"))}
    alsa = {"ALSA_CONFIG_PATH": f"{given['ALSA_CONFIG_PATH']}:{folder / 'default.conf'}"}
    return os.environ | given | alsa | home | {"PYTHONPATH": str(ROOT), "PEDAL_SETTINGS": str(folder / "settings.toml")}


def found(card: VirtualCard, folder: Path, wanted: str) -> list[str]:
    """Card and number of inputs as ``find_card`` says; in a process of its own, as alsa-lib reads its files once."""
    code = (
        "import sys; from pedal.config import load_board; from pedal.virtual.own_card import find_card\n"
        "audio = find_card(sys.argv[1], load_board('virtual').audio); print(audio.card, audio.capture_channels)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, wanted], env=environment(card, folder), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@needs_jackd
@pytest.mark.parametrize("channels", [1, 2])
def test_a_card_is_found_by_name_or_whichever_there_is(tmp_path: Path, channels: int) -> None:
    with computer(tmp_path / "card", channels) as card:
        assert found(card, tmp_path, "virtual") == ["virtual", str(channels)]
        assert found(card, tmp_path, AUTO) == ["plug:default", "2"], "what it does not offer is converted"


def test_a_copy_of_the_board_differs_in_the_card_alone(tmp_path: Path) -> None:
    board = load_board("virtual")
    audio = type(board.audio)(card="plughw:CARD=PCH", capture_channels=2)
    copy = load_board(save_board("virtual", audio, tmp_path / "board"))
    assert (copy.name, copy.audio.card, copy.audio.capture_channels) == ("virtual", "plughw:CARD=PCH", 2)
    assert (copy.audio.period_frames, copy.switches, copy.encoders) == (PERIOD, board.switches, board.encoders)


@pytest.mark.slow
@needs_jackd
def test_the_emulator_plays_on_the_computers_card(tmp_path: Path) -> None:
    folder = Path("/tmp") / f"pedal-own-{os.getpid()}"  # short enough for a Unix socket
    folder.mkdir()
    try:
        with computer(tmp_path / "card", 2) as card, (tmp_path / "log").open("wb") as log:
            command = [sys.executable, "-m", "pedal.cli.main", "run", "--virtual", "--card", "virtual"]
            process = subprocess.Popen(
                [*command, "--runtime-dir", str(folder)],
                env=environment(card, tmp_path), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
            try:
                _wait_until_it_plays(folder, process)
                before = max(len(life) for life in card.played())
                deadline_s = time.monotonic() + PATIENCE_S
                while max(len(life) for life in card.played()) < before + 48000 and time.monotonic() < deadline_s:
                    time.sleep(0.05)
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(PATIENCE_S)
            said = (tmp_path / "log").read_text()
            heard = max(card.played(), key=len)
        assert "sound: 'virtual', two inputs, the guitar at the left" in said
        assert len(heard) >= before + 48000 and np.abs(heard[before:]).max() > 0.01, "the tone, through the pedal"
        assert not (folder / "card").exists(), "no card of files beside it"
    finally:
        shutil.rmtree(folder)


def _wait_until_it_plays(runtime: Path, process: subprocess.Popen[bytes]) -> None:
    client, deadline_s = Client(runtime / "control.sock"), time.monotonic() + START_S
    while True:
        assert process.poll() is None and time.monotonic() < deadline_s
        try:
            status = client.call(protocol.Status(), PATIENCE_S)
            if status["audio"] == "playing" and status["blocks"]:
                return
        except (ControlError, OSError):
            pass
        time.sleep(0.05)


def test_without_a_card_a_recorded_guitar_plays_unless_one_was_named(tmp_path: Path) -> None:
    """ALSA without any configuration has no PCM at all, whatever this machine has."""
    code = (
        "import sys; from pathlib import Path\n"
        "from pedal.config import load_board; from pedal.cli.run import own_board\n"
        "print(own_board('virtual', load_board('virtual'), sys.argv[1], Path(sys.argv[2])))"
    )
    said = {}
    for name in (AUTO, "Nope"):
        done = subprocess.run(
            [sys.executable, "-c", code, name, str(tmp_path)],
            env=os.environ | {"ALSA_CONFIG_PATH": "/dev/null"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        said[name] = done.returncode, done.stdout, done.stderr
    assert said[AUTO][:2] == (0, "None\n")
    (line,) = said[AUTO][2].splitlines()
    assert line.startswith("a recorded guitar plays, for no sound card of this computer can be used: card '")
    assert said["Nope"][0] == 1 and "card 'Nope': " in said["Nope"][2]
