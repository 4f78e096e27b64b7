"""One child's place under the supervisor: its process, how it fares, and what is started next.

Used by ``supervise``. A child that ends without being asked is started again; after three such ends within a minute
(``pedal.health``) its safe command is started instead. Somebody else may have its place for a while, for what needs the
card alone (``setup/errand``): whatever becomes of him, the child is started again after him.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pedal.errors import PedalError
from pedal.health import Health, is_resume_asked, load_health, save_health
from pedal.system.leftovers import forget_pid, remember_pid

_log = logging.getLogger("pedal.supervise")

#: How long a child may take to stop.
STOP_S = 3.0
#: Nobody has a child's place for longer.
STAND_IN_S = 180.0
#: util-linux: the kernel ends the child with the thread that started it, however that ends.
_DIE_WITH_PARENT = ("setpriv", "--pdeathsig", "KILL")


@dataclass(frozen=True)
class Child:
    """What to run: a name for people and files, a command line and additions to the environment.

    Attributes:
        name: "audio" and "panel" are watched by their heartbeats.
        command: of a usual start.
        environment: added to ours.
        log_path: what it says (stderr) goes to the end of this file, where one is given.
        safe_command: started after three failures in a minute; the reason becomes its last argument. Without one
            there is no safe mode.
        safe_once: a safe start mends what was wrong, and the next start is a usual one; else safe mode lasts until
            somebody asks to leave it.
        stand_in: asked at each look: the command line of whoever is to have the child's place now, each for once;
            empty: nobody.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    log_path: Path | None = None
    safe_command: tuple[str, ...] = ()
    safe_once: bool = False
    stand_in: Callable[[], tuple[str, ...]] = tuple


class Post:
    """One child's place."""

    def __init__(self, child: Child, runtime_dir: Path) -> None:
        self.child = child
        self._runtime_dir = runtime_dir
        self._pid_file = runtime_dir / f"{child.name}.pid"
        self._process: subprocess.Popen[bytes] | None = None
        self._health = Health()
        self._started_s = 0.0
        self._due_s = 0.0
        self._how = ""
        self._stand_in: tuple[str, ...] = ()  # who has the child's place, or had it last
        self._is_away = False

    @property
    def pid(self) -> int:
        """The living child's process id; 0 if there is none, or somebody else has its place."""
        return self._process.pid if self._process is not None and not self._is_away else 0

    @property
    def safe_mode(self) -> str:
        """Why it is in safe mode; empty if it is not."""
        return self._health.safe_mode

    def open(self) -> None:
        """Begin: read how it fared under a supervisor that was killed, and start it, or wait as that one would have.

        Raises:
            PedalError: it cannot be started.
        """
        self._health = load_health(self._runtime_dir, self.child.name)
        if self._health.running:
            self._note_failure("its supervisor was killed", 0.0)
        self.start_if_due()

    def kill_if_silent(self, silent_s: float, limit_s: float) -> None:
        """End a child that has given no sign of life for too long."""
        if self.pid and silent_s > limit_s:
            _log.warning("%s hangs: no sign of life for %.1f s", self.child.name, silent_s)
            self._how = "it hung"
            self._kill()

    def look_after(self) -> None:
        """Notice a death, or that somebody asked to leave safe mode; start the next child when it is due.

        Raises:
            PedalError: it cannot be started.
        """
        if self._look_after_stand_in():
            return
        if self._process is not None and (code := self._process.poll()) is not None:
            self._process = None
            forget_pid(self._pid_file)
            self._note_failure(self._how or _how_it_ended(code), time.monotonic() - self._started_s)
        elif is_resume_asked(self._runtime_dir, self.child.name, self._health):
            _log.warning("%s: leaving safe mode, as asked", self.child.name)
            self._stop(STOP_S)
            self._note(self._health.resumed())
            self._due_s = 0.0
        self.start_if_due()

    def start_if_due(self) -> None:
        """Start the child unless it runs, or is better waited for.

        Raises:
            PedalError: setpriv is not there, or its log cannot be written.
        """
        if self._process is not None or time.monotonic() < self._due_s:
            return
        command, reason = self.child.command, self._health.safe_mode
        if reason:
            command = (*self.child.safe_command, reason)
        self._start(command)
        self._note((self._health.resumed() if reason and self.child.safe_once else self._health).started())

    def ask_to_stop(self) -> None:
        """Ask the child to stop."""
        if self._process is not None:
            self._process.terminate()

    def close(self, limit_s: float) -> None:
        """Wait for a child that was asked to stop; kill it after ``limit_s``. What it did wrong is forgotten."""
        self._stop(limit_s)
        self._note(Health())

    def _start(self, command: tuple[str, ...]) -> None:
        environment, log_path = os.environ | dict(self.child.environment), self.child.log_path
        try:
            with open(log_path, "ab") if log_path is not None else contextlib.nullcontext() as log:
                self._process = subprocess.Popen(_DIE_WITH_PARENT + command, env=environment, stderr=log)
        except OSError as error:
            raise PedalError(f"cannot be started ({error.strerror})", where=self.child.name) from error
        self._started_s, self._how = time.monotonic(), ""
        remember_pid(self._pid_file, self._process.pid)

    def _look_after_stand_in(self) -> bool:
        """Let somebody have the child's place, or take it back; True while somebody has it.

        His end is nobody's failure, and the child's own end for him neither.
        """
        wanted = self.child.stand_in()
        if self._is_away and self._process is not None:
            lasted_s = time.monotonic() - self._started_s
            if self._process.poll() is None and wanted == self._stand_in and lasted_s < STAND_IN_S:
                return True
            self._stop(STOP_S)
            self._is_away, self._due_s = False, 0.0
            _log.info("%s has its place again after %.1f s", self.child.name, lasted_s)
        elif wanted and wanted != self._stand_in and self._process is not None and not self.safe_mode:
            self._stand_in = wanted
            self._stop(STOP_S)
            self._start(wanted)
            self._is_away = True
            _log.info("%s is away: %s", self.child.name, " ".join(wanted[1:]))
            return True
        return False

    def _stop(self, limit_s: float) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(limit_s)
        except subprocess.TimeoutExpired:
            _log.warning("%s does not stop: killed", self.child.name)
            self._kill()
        self._process = None
        forget_pid(self._pid_file)

    def _kill(self) -> None:
        # The wait may be for ever (a process inside a dead driver): then systemd's watchdog ends all of us.
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _note_failure(self, how: str, lived_s: float) -> None:
        name, now_s, was_safe = self.child.name, time.monotonic(), self.safe_mode
        self._note(self._health.failed(name, how, lived_s, now_s, has_safe_mode=bool(self.child.safe_command)))
        if self.safe_mode and not was_safe:
            self._due_s = now_s  # nothing was tried yet that could be tried too often
            _log.error("%s Safe mode begins.", self.safe_mode)
            return
        delay_s = self._health.delay_s()
        self._due_s = now_s + delay_s
        later = f" in {delay_s:g} s" if delay_s else ""
        _log.warning("%s has ended (%s): starting it again%s", name, how, later)

    def _note(self, health: Health) -> None:
        self._health = health
        try:
            save_health(self._runtime_dir, self.child.name, health)
        except OSError as error:
            _log.warning("%s: its failures cannot be written down (%s)", self.child.name, error.strerror)


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"it ended with {code}"
    try:
        return f"it was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"it was killed by signal {-code}"
