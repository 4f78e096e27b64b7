"""``Lab``: what a scenario sees of the pedal. The player's hands, ears and accidents, and a trace of it all.

Made by ``driver`` in the guest, given to ``scenario(lab)``. Time is virtual: waiting costs nothing and is exact.
"""

from __future__ import annotations

import base64
import contextlib
import io
import os
import random
import signal
import subprocess
import time
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
from numpy.typing import NDArray
from PIL import Image

from pedal.cli.client import Client
from pedal.config import load_board
from pedal.errors import ControlError
from pedal.link import Link
from pedal.panel import protocol
from pedal.panel.control import SOCKET_NAME
from pedal.panel.setting_up import LATER
from tests.lab.cable import RATE_HZ, Cable, Signal
from tests.lab.guitar import load_take
from tests.lab.hardware.player import Player
from tests.lab.trace import Trace

UNITS = ("pedal-audio.service", "pedal-panel.service")
#: The board file of the guest (guest/etc).
BOARD = Path("/etc/pedal/lab.toml")
RUNTIME = Path("/run/pedal")
STATE = Path("/var/lib/pedal")
#: What a builder's command line holds.
BUILDER = b"pedal.panel.builder"
#: An unprivileged player at the command line (see guest/etc/sysusers.d).
PLAYER = "player"
#: Virtual seconds that anything may take unless a scenario says otherwise.
PATIENCE_S = 30.0
_TICK_S = 0.01


class Lab:
    """One run of one scenario.

    Args:
        trace: of the run.
        seed: of everything that chance decides (``lab.random``).
        out: the run's folder; what a scenario leaves there, the host's judge can read.
        minutes: virtual ones, for scenarios that can be of any length.
    """

    def __init__(self, trace: Trace, seed: int, out: Path, minutes: float = 1.0) -> None:
        self.trace = trace
        self.out = out
        self.minutes = minutes
        self.random = random.Random(seed)
        self.cable = Cable(trace)
        self._late = 0
        self._take_up(Player(load_board(BOARD), trace, self.random))
        #: Called by ``boot`` before the units start: whoever plays hardware plugs itself in here.
        self.before_boot: list[Callable[[Lab], None]] = []
        #: What the table of verdicts says about this run beside its verdict.
        self.notes: list[str] = []
        self._client = Client(RUNTIME / SOCKET_NAME)

    # --- time and trace

    def event(self, what: str, value: Any = None) -> None:
        """Something that happened, for the trace."""
        self.trace.add(what, value)

    def note(self, text: str) -> None:
        """A few words for the table of verdicts."""
        self.notes.append(text)
        self.event("note", text)

    def wait(self, seconds: float) -> None:
        """Let virtual time pass."""
        time.sleep(seconds)

    def until(self, condition: Callable[[], Any], what: str, limit_s: float = PATIENCE_S) -> Any:
        """Wait until ``condition`` is true; what it returned then.

        Raises:
            AssertionError: it never came true.
        """
        deadline_s = time.monotonic() + limit_s
        while not (value := condition()):
            assert time.monotonic() < deadline_s, f"not within {limit_s:g} s: {what}"
            time.sleep(_TICK_S)
        return value

    # --- the machine

    def boot(self, *, sound: bool = True) -> None:
        """Start the real units; back when the pedal plays (``sound``: when the guitar is heard through it)."""
        for plug_in in self.before_boot:
            plug_in(self)
        self._be_known()
        self.guitar(load_take())
        self.event("boot")
        start = self.cable.frame
        self.systemctl("start", *UNITS)
        if sound:
            self.until(lambda: self.is_heard(start), "sound after the boot", 60.0)
            self.event("first sound", self.first_sound(start) - start)
            self.until(lambda: self.status().get("preset_key"), "a preset after the boot")

    def _be_known(self) -> None:
        """The player was asked on an earlier day whether to set the pedal up: the question would have the first press.

        A partition of its own is left as its scenario has it.
        """
        later = STATE / "setup" / LATER
        if os.path.ismount(STATE) or later.exists():
            return
        later.parent.mkdir(exist_ok=True)
        later.touch()
        owner = os.stat(STATE)
        for path in (later.parent, later):
            os.chown(path, owner.st_uid, owner.st_gid)

    def plug_cable(self, device: str) -> None:
        """Plug guitar and listener into another far end; what is heard starts anew, from frame 0."""
        self.cable.stop()
        self._late += self.cable.xruns
        self.cable = Cable(self.trace, device)

    def set_board(self, **audio: str | int) -> None:
        """Other values in the ``[audio]`` of the board file, before ``boot``."""
        board = tomllib.loads(BOARD.read_text())
        board["audio"] |= audio
        BOARD.write_text(tomli_w.dumps(board))

    def rewire(self, **tables: Mapping[str, Any] | None) -> None:
        """Other tables in the board file, before ``boot``; None takes one out. What is wired has its player."""
        board = tomllib.loads(BOARD.read_text()) | tables
        BOARD.write_text(tomli_w.dumps({name: table for name, table in board.items() if table is not None}))
        self.player.bench.close()
        self._take_up(Player(load_board(BOARD), self.trace, self.random))

    def _take_up(self, player: Player) -> None:
        self.player = player
        # the player's hands and eyes, for short
        self.press, self.release, self.tap = player.press, player.release, player.tap
        self.knob, self.screen = player.knob, player.screen

    def systemctl(self, *arguments: str) -> str:
        """systemd's own command, as root; its output.

        Raises:
            AssertionError: it failed.
        """
        ran = subprocess.run(["systemctl", *arguments], capture_output=True, text=True)
        assert ran.returncode == 0, f"systemctl {' '.join(arguments)}: {ran.stdout}{ran.stderr}"
        return ran.stdout

    def kill(self, name: str) -> None:
        """SIGKILL to a process of the pedal: "audio", "panel", or the "builder"."""
        self.event("kill", name)
        os.kill(self.pid(name), signal.SIGKILL)

    def pid(self, name: str) -> int:
        """Process id of a part of the pedal."""
        if name != "builder":
            return int((RUNTIME / f"{name}.pid").read_text().split()[0])
        for command in sorted(Path("/proc").glob("[0-9]*/cmdline")):
            with contextlib.suppress(OSError):  # whoever ended meanwhile
                if BUILDER in command.read_bytes().split(b"\0"):
                    return int(command.parent.name)
        raise AssertionError("there is no builder")

    # --- the player

    def pedal(self, *arguments: str, check: bool = True) -> str:
        """The command ``pedal``, called by an unprivileged player of the group; its output.

        Raises:
            AssertionError: it failed, and ``check``.
        """
        command = ["setpriv", f"--reuid={PLAYER}", f"--regid={PLAYER}", "--init-groups", "pedal", *arguments]
        ran = subprocess.run(command, capture_output=True, text=True, cwd="/")
        said = ran.stdout + ran.stderr
        self.event("pedal", [*arguments, ran.returncode])
        assert ran.returncode == 0 or not check, f"pedal {' '.join(arguments)}: {said}"
        return said

    def status(self) -> dict[str, Any]:
        """What ``pedal status --json`` prints; empty while there is nobody who answers."""
        try:
            return self._client.call(protocol.Status())
        except ControlError:
            return {}

    def page(self) -> Image.Image:
        """The page that the panel means to show now, by its own account; mode ``1``, 128x64."""
        answer = self._client.call(protocol.Page(scale=1))
        return Image.open(io.BytesIO(base64.b64decode(answer["png"]))).convert("1")

    def until_page_is_shown(self, limit_s: float = 1.0) -> None:
        """The display shows what the panel means, pixel for pixel (a name may scroll between two looks)."""
        self.until(lambda: self.player.shows(self.page()), "the display shows the panel's page", limit_s)

    @property
    def link(self) -> Link:
        """The pedal's shared memory, as it is now."""
        return Link.attach(RUNTIME / "link")

    def guitar(self, signal: Signal) -> int:
        """The guitar plays this from now on, over and over; the frame of the cable where it begins."""
        self.event("guitar", signal)
        return self.cable.play(signal)

    def heard(self, start: int = 0, end: int | None = None) -> NDArray[np.float32]:
        """What came out of the pedal, frames x 2, from frame ``start`` of the cable to ``end`` (else now)."""
        return self.cable.heard(start, end)

    def listen(self, seconds: float) -> NDArray[np.float32]:
        """The next seconds of what comes out of the pedal."""
        start, frames = self.cable.frame, round(seconds * RATE_HZ)
        self.until(lambda: self.cable.frame >= start + frames, "the cable goes on", seconds + 1.0)
        return self.heard(start, start + frames)

    def is_heard(self, start: int) -> bool:
        """Whether anything but silence was heard since frame ``start``; cheap, it is asked a hundred times a second."""
        return self.cable.sounded(start) and bool(np.any(self.heard(start)))

    def first_sound(self, start: int) -> int:
        """The first frame since ``start`` that is not silence; of all that was heard when nothing was."""
        sounding = np.flatnonzero(np.any(self.heard(start), axis=1))
        return start + int(sounding[0]) if len(sounding) else self.cable.frame

    def end(self) -> None:
        """What every scenario must come to: the cable itself was never late, and the end is in the trace."""
        self.cable.stop()
        self.player.end()
        self._late += self.cable.xruns
        self.event("end", self._late)
        assert self._late == 0, "the laboratory's own cable was late: its result means nothing"
