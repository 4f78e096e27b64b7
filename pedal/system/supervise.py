"""The small parent of the pedal's processes: starts them, watches them, starts them again.

Called by ``pedal run``. Ordinary priority, no compiled code, no sound: it survives what it watches.
A child that dies is started again at once, and so is one whose heartbeat stops. systemd's watchdog hears of us only
after every look at the children's heartbeats: as long as it is fed, they live, or are being replaced.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from pedal.layout import CARD_LOST, CARD_RUNNING, CARD_STARTING
from pedal.system.heartbeat import Beat
from pedal.system.leftovers import lock_place, remove_leftover
from pedal.system.notify import notify, watchdog_interval_s
from pedal.system.post import STOP_S, Child, Post
from pedal.system.wire import Wire

#: No sign of life for so long: it hangs. Periods are milliseconds apart; the panel may wait for a slow SD card.
SILENT_S = {"audio": 1.0, "panel": 5.0}
_TICK_S = 0.1
#: Who was not there to look, because the machine or the terminal held it up, does not judge the others at once.
_ABSENT_S = 0.5
_CARD_WORDS = {CARD_STARTING: "card not open yet", CARD_RUNNING: "playing", CARD_LOST: "looking for the card"}


class Supervisor:
    """Runs children until it is told to stop.

    Args:
        children: started in this order, stopped in the reverse order.
        runtime_dir: where locks, pid files and failures are kept; one supervisor at a time for each child's name.
        load_beat: looks at the heartbeats of the children called "audio" and "panel".
        ended: asked every tenth of a second; True stops everything (a demo that is over).
        forget: files of an earlier run that must not be taken over; removed once the directory is ours.
        open_wire: the wire around the sound, where the board has one, once the directory is ours: the pedal is in it
            only while all is well. Closed at the end.
    """

    def __init__(
        self,
        children: Iterable[Child],
        runtime_dir: Path,
        load_beat: Callable[[], Beat | None] = lambda: None,
        ended: Callable[[], bool] = lambda: False,
        forget: Iterable[Path] = (),
        open_wire: Callable[[], Wire | None] = lambda: None,
    ) -> None:
        self._posts = [Post(child, runtime_dir) for child in children]
        self._runtime_dir = runtime_dir
        self._load_beat = load_beat
        self._ended = ended
        self._forget = tuple(forget)
        self._open_wire = open_wire
        self._wire: Wire | None = None
        self._stop_asked = False
        self._looked_s = 0.0

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
            PedalError: another supervisor runs one of them in this runtime directory.
        """
        with ExitStack() as stack:
            for post in self._posts:
                stack.enter_context(lock_place(self._runtime_dir, post.child.name))
                remove_leftover(self._runtime_dir, post.child.name)
            self._wire = self._open_wire()
            if self._wire is not None:
                stack.callback(self._wire.close)
            wake_fd = stack.enter_context(self._wakes())
            for path in self._forget:
                path.unlink(missing_ok=True)
            waiting = select.poll()
            waiting.register(wake_fd, select.POLLIN)
            interval_s, heard_s = watchdog_interval_s(), 0.0
            try:
                for post in self._posts:
                    post.open()
                notify(READY="1", STATUS=self._status())
                while not (self._stop_asked or self._ended()):
                    if self._wait(waiting, wake_fd) or time.monotonic() - self._looked_s >= 0.9 * _TICK_S:
                        self._look_after()
                    if interval_s is not None and time.monotonic() - heard_s >= min(interval_s, 1.0):
                        heard_s = time.monotonic()
                        notify(WATCHDOG="1", STATUS=self._status())
            finally:
                if self._stop_asked:  # else another board begins, in this very process
                    notify(STOPPING="1")
                self._leave_wire(waiting, wake_fd)
                self._stop_all()

    def _wait(self, waiting: select.poll, wake_fd: int) -> bool:
        """Sleep until the wire's heartbeat or a look is due, or a signal comes; then beat. True: there was a signal."""
        tick_s = self._wire.tick_s if self._wire else None
        woken = bool(waiting.poll(1000 * (_TICK_S if tick_s is None else min(tick_s, _TICK_S))))
        if woken:
            os.read(wake_fd, 4096)
        if self._wire is not None:
            self._wire.turn(time.monotonic())
        return woken

    def _leave_wire(self, waiting: select.poll, wake_fd: int) -> None:
        """Take the pedal out of the wire, silently, while it still plays."""
        if self._wire is None:
            return
        self._wire.leave(time.monotonic())
        while not self._wire.is_over(time.monotonic()):
            self._wait(waiting, wake_fd)
            self._look_at_wire(self._load_beat(), time.monotonic())

    def _look_after(self) -> None:
        now_s = time.monotonic()
        beat = self._load_beat() if now_s - self._looked_s < _ABSENT_S else None
        self._looked_s = now_s
        for post in self._posts:
            if beat is not None:
                name = post.child.name
                post.kill_if_silent(beat.silent_s(name, post.pid), SILENT_S.get(name, 0.0))
            post.look_after()
        self._look_at_wire(beat, now_s)

    def _look_at_wire(self, beat: Beat | None, now_s: float) -> None:
        if self._wire is not None:
            audio = next((post for post in self._posts if post.child.name == "audio"), None)
            self._wire.look(beat, audio.pid if audio else 0, audio.safe_mode if audio else "", now_s)

    def _status(self) -> str:
        beat = self._load_beat()
        parts = [f"{post.child.name} {'up' if post.pid else 'down'}" for post in self._posts]
        parts += [_CARD_WORDS.get(beat.card_state, "")] if beat else []
        parts += [self._wire.words] if self._wire else []
        return ", ".join(parts) + "".join(f"; safe mode: {post.safe_mode}" for post in self._posts if post.safe_mode)

    def _stop_all(self) -> None:
        for post in reversed(self._posts):
            post.ask_to_stop()
        deadline_s = time.monotonic() + STOP_S
        for post in reversed(self._posts):
            post.close(max(0.0, deadline_s - time.monotonic()))

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
