"""A whole running pedal for tests: its processes, its folder, and what commands and the kernel see of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pedal.cli.client import Client, RefusedError
from pedal.errors import ControlError
from pedal.link import Link, Word
from pedal.notes import RigNotes, decode_notes
from pedal.panel import protocol

ROOT = Path(__file__).resolve().parents[2]

#: The first start compiles kernels; after it nothing takes long, but the machine may be busy.
START_S, PATIENCE_S = 600.0, 30.0
FRAME_BYTES = 8
BOARD = """
title = "test"
virtual = true
[audio]
card = "virtual"
rate_hz = {rate_hz}
period_frames = 256
periods = 4
format = "S32_LE"
capture_channels = 1
[switches.bypass]
pin = 17
action = "bypass"
[switches.next]
pin = 27
action = "next_preset"
[display]
driver = "virtual"
"""


class Pedal:
    """A running pedal, as commands and as the kernel see it."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.process = process
        self.environment = environment
        self.runtime = folder / "run"
        self._client = Client(self.runtime / "control.sock")

    def call(self, request: protocol.Request) -> dict[str, Any]:
        return self._client.call(request, PATIENCE_S)

    def status(self) -> dict[str, Any]:
        """Asked until the panel answers: it may just have been killed."""
        deadline_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.call(protocol.Status())
            except ControlError:
                assert time.monotonic() < deadline_s, "no answer"
                time.sleep(0.02)

    def until(self, truth: Callable[[dict[str, Any]], bool], limit_s: float = PATIENCE_S) -> dict[str, Any]:
        deadline_s = time.monotonic() + limit_s
        while not truth(status := self.status()):
            assert time.monotonic() < deadline_s, f"it never came true: {status}"
            time.sleep(0.02)
        return status

    @property
    def link(self) -> Link:
        return Link.attach(self.runtime / "link")

    def pid(self, name: str) -> int:
        return int((self.runtime / f"{name}.pid").read_text().split()[0])

    @property
    def builder_pid(self) -> int:
        """The panel's only child."""
        panel = self.pid("panel")
        return int(Path(f"/proc/{panel}/task/{panel}/children").read_text().split()[0])

    def rig(self) -> RigNotes:
        link = self.link
        return decode_notes(link.read_notes(link.get(Word.PLAYING_SLOT)))

    def parameter(self, block_id: str, cell: int) -> float:
        block = next(block for block in self.rig().blocks if block.id == block_id)
        return float(self.link.arena.f32[block.params_idx + cell])

    def go_to(self, name: str) -> dict[str, Any]:
        before = self.link.get(Word.PLAYING_SLOT)
        key = self.call(protocol.SelectPreset(name=name))["preset_key"]
        self.until(lambda status: status["preset_key"] == key and self.link.get(Word.PLAYING_SLOT) != before)
        return self.status()

    def played_frames(self) -> int:
        """Frames in the newest file of the card."""
        return max(self.runtime.glob("card/played*")).stat().st_size // FRAME_BYTES

    def played(self, start: int, stop: int) -> NDArray[np.float64]:
        """The left channel of those frames of the newest file."""
        data = max(self.runtime.glob("card/played*")).read_bytes()[start * FRAME_BYTES : stop * FRAME_BYTES]
        return np.frombuffer(data, "<i4")[::2] / 2.0**31


@contextmanager
def running_pedal(
    *flags: str,
    rate_hz: int = 48000,
    presets: Mapping[str, str] | None = None,
    more_board: str = "",
    home: Path | None = None,
) -> Iterator[Pedal]:
    """A pedal in a folder of its own, from its first sound to its end.

    Args:
        flags: as ``supervised`` has them.
        rate_hz: of its card.
        presets: the player's own presets by key, besides the factory's.
        more_board: behind the board file's other tables.
        home: a state folder that is there already; its presets and models are the player's.
    """
    folder = Path(tempfile.mkdtemp(prefix="pedal-e2e-", dir="/tmp"))  # short enough for a Unix socket
    (folder / "board.toml").write_text(BOARD.format(rate_hz=rate_hz) + more_board)
    for name in ("run", "presets", "models/cabs"):
        (folder / name).mkdir(parents=True)
    for key, text in (presets or {}).items():
        (folder / "presets" / f"{key}.toml").write_text(text)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PEDAL_HOME": str(home or folder / "home"),
        "PEDAL_RUNTIME_DIR": str(folder / "run"),
        "PEDAL_PRESETS_DIR": str((home or folder) / "presets"),
        "PEDAL_MODELS_DIR": str((home or folder) / "models"),
        "PEDAL_SETTINGS": str(folder / "settings.toml"),
    }
    command = [sys.executable, "-m", "tests.e2e.supervised", str(folder / "board.toml"), str(folder / "run"), *flags]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stderr=log, stdin=subprocess.DEVNULL)
    running = Pedal(folder, process, environment)
    try:
        deadline_s = time.monotonic() + START_S
        while not (folder / "run" / "control.sock").exists():
            assert process.poll() is None and time.monotonic() < deadline_s, (folder / "log").read_text()
            time.sleep(0.01)
        while True:
            try:
                if running.call(protocol.Status())["blocks"]:
                    break
            except RefusedError as not_yet:  # it says so while the kernels are compiled
                assert "not ready yet" in str(not_yet)
            assert process.poll() is None and time.monotonic() < deadline_s, (folder / "log").read_text()
            time.sleep(0.01)
        yield running
    finally:
        process.terminate()
        process.wait(20.0)
        print((folder / "log").read_text())
        shutil.rmtree(folder)
