"""The small parent of the pedal's processes: starts them, watches them, starts them again.

Called by ``pedal run``. Ordinary priority, no compiled code, no sound: it survives what it watches.
A child that dies is started again at once; the audio process also when its heartbeat stops.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pedal.errors import PedalError
from pedal.layout import CARD_LOST, CARD_RUNNING, CARD_STARTING
from pedal.system.heartbeat import Beat
from pedal.system.leftovers import forget_pid, lock_runtime, remember_pid, remove_leftovers
from pedal.system.notify import notify, watchdog_interval_s

_log = logging.getLogger("pedal.supervise")

#: No period for this long while the card runs: the audio process hangs.
STALE_S = 1.0
#: A child that lives shorter has not really started.
EARLY_S = 2.0
FIRST_DELAY_S, LAST_DELAY_S = 0.25, 5.0
_TICK_S = 0.1
_STOP_S = 3.0
_CARD_WORDS = {CARD_STARTING: "card not open yet", CARD_RUNNING: "playing", CARD_LOST: "looking for the card"}
#: util-linux: the kernel ends the child with the thread that started it, however that ends.
_DIE_WITH_PARENT = ("setpriv", "--pdeathsig", "KILL")


@dataclass(frozen=True)
class Child:
    """What to run: a name for people and pid files, a command line and additions to the environment.

    What it says (stderr) goes to the end of the file ``log_path``, where one is given.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    log_path: Path | None = None


@dataclass
class Patience:
    """How long to wait before a child is started again. Pure: time is an argument.

    At once, as a rule; from the second early death in a row on 0.25 s, doubling up to 5 s.
    """

    early_deaths: int = 0

    def delay_s(self, lived_s: float) -> float:
        """Seconds to wait after a child died that had lived for ``lived_s``."""
        if lived_s >= EARLY_S:
            self.early_deaths = 0
            return 0.0
        self.early_deaths += 1
        if self.early_deaths == 1:
            return 0.0
        return float(min(LAST_DELAY_S, FIRST_DELAY_S * 2.0 ** (self.early_deaths - 2)))


class Supervisor:
    """Runs children until it is told to stop.

    Args:
        children: started in this order, stopped in the reverse order.
        runtime_dir: where pid files are kept; one supervisor at a time may use it.
        load_beat: looks at the audio process; it is the child called "audio".
        ended: asked every tenth of a second; True stops everything (a demo that is over).
        forget: files of an earlier run that must not be taken over; removed once the directory is ours.
    """

    def __init__(
        self,
        children: Iterable[Child],
        runtime_dir: Path,
        load_beat: Callable[[], Beat | None] = lambda: None,
        ended: Callable[[], bool] = lambda: False,
        forget: Iterable[Path] = (),
    ) -> None:
        self._posts = [_Post(child, runtime_dir) for child in children]
        self._runtime_dir = runtime_dir
        self._load_beat = load_beat
        self._ended = ended
        self._forget = tuple(forget)
        self._stop_asked = False

    @property
    def stop_asked(self) -> bool:
        """Whether it was a signal, or ``stop``, that ended ``run``."""
        return self._stop_asked

    def stop(self) -> None:
        """Ask ``run`` to end (from another thread or a signal handler)."""
        self._stop_asked = True

    def run(self) -> None:
        """Start all children and stay until SIGINT, SIGTERM or ``stop``. Main thread only.

        Raises:
            PedalError: another supervisor uses this runtime directory.
        """
        with lock_runtime(self._runtime_dir), self._wakes() as wake_fd:
            remove_leftovers(self._runtime_dir)
            for path in self._forget:
                path.unlink(missing_ok=True)
            waiting = select.poll()
            waiting.register(wake_fd, select.POLLIN)
            interval_s, heard_s = watchdog_interval_s(), 0.0
            try:
                for post in self._posts:
                    post.start()
                notify(READY="1", STATUS=self._status())
                while not (self._stop_asked or self._ended()):
                    if waiting.poll(_TICK_S * 1000):
                        os.read(wake_fd, 4096)
                    self._look_after()
                    if interval_s is not None and time.monotonic() - heard_s >= min(interval_s, 1.0):
                        heard_s = time.monotonic()
                        notify(WATCHDOG="1", STATUS=self._status())
            finally:
                notify(STOPPING="1")
                self._stop_all()

    def _look_after(self) -> None:
        beat = self._load_beat()
        for post in self._posts:
            # A state and a beat that a dead process left behind say nothing about its successor.
            ours = beat is not None and beat.audio_pid == post.pid and post.child.name == "audio"
            if ours and beat is not None and beat.is_stuck(STALE_S):
                _log.warning("audio has not played for %.1f s", beat.age_s)
                post.kill()
            post.restart_if_dead()

    def _status(self) -> str:
        beat = self._load_beat()
        parts = [f"{post.child.name} {'up' if post.pid else 'down'}" for post in self._posts]
        return ", ".join(parts + ([_CARD_WORDS.get(beat.card_state, "")] if beat else []))

    def _stop_all(self) -> None:
        for post in reversed(self._posts):
            post.terminate()
        deadline_s = time.monotonic() + _STOP_S
        for post in reversed(self._posts):
            post.wait(max(0.0, deadline_s - time.monotonic()))

    @contextlib.contextmanager
    def _wakes(self) -> Iterator[int]:
        """A descriptor that becomes readable with every signal we care for."""
        read_fd, write_fd = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        handlers = {
            signal.SIGINT: lambda *_: self.stop(),
            signal.SIGTERM: lambda *_: self.stop(),
            signal.SIGCHLD: lambda *_: None,
        }
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        fd_before = signal.set_wakeup_fd(write_fd, warn_on_full_buffer=False)
        try:
            yield read_fd
        finally:
            signal.set_wakeup_fd(fd_before)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(read_fd)
            os.close(write_fd)


class _Post:
    """One child's place: its process, if it lives, and when the next may be started."""

    def __init__(self, child: Child, runtime_dir: Path) -> None:
        self.child = child
        self._pid_file = runtime_dir / f"{child.name}.pid"
        self._process: subprocess.Popen[bytes] | None = None
        self._patience = Patience()
        self._started_s = 0.0
        self._due_s = 0.0

    @property
    def pid(self) -> int:
        """The living child's process id, or 0."""
        return self._process.pid if self._process is not None else 0

    def start(self) -> None:
        """Start the child.

        Raises:
            PedalError: setpriv is not there, or its log cannot be written.
        """
        environment, log_path = os.environ | dict(self.child.environment), self.child.log_path
        try:
            with open(log_path, "ab") if log_path is not None else contextlib.nullcontext() as log:
                self._process = subprocess.Popen(_DIE_WITH_PARENT + self.child.command, env=environment, stderr=log)
        except OSError as error:
            raise PedalError(f"cannot be started ({error.strerror})", where=self.child.name) from error
        self._started_s = time.monotonic()
        remember_pid(self._pid_file, self._process.pid)

    def restart_if_dead(self) -> None:
        """Notice a death, and start the next child when it is due."""
        now_s = time.monotonic()
        if self._process is not None and (code := self._process.poll()) is not None:
            delay_s = self._patience.delay_s(now_s - self._started_s)
            later = f" in {delay_s:g} s" if delay_s else ""
            _log.warning("%s ended with %d: starting it again%s", self.child.name, code, later)
            self._process = None
            forget_pid(self._pid_file)
            self._due_s = now_s + delay_s
        if self._process is None and now_s >= self._due_s:
            self.start()

    def kill(self) -> None:
        """End a child that no longer listens."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def terminate(self) -> None:
        """Ask the child to stop."""
        if self._process is not None:
            self._process.terminate()

    def wait(self, limit_s: float) -> None:
        """Wait for a child that was asked to stop; kill it after ``limit_s``."""
        if self._process is None:
            return
        try:
            self._process.wait(limit_s)
        except subprocess.TimeoutExpired:
            _log.warning("%s does not stop: killed", self.child.name)
            self.kill()
        self._process = None
        forget_pid(self._pid_file)
