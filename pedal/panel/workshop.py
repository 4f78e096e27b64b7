"""The panel's end of its builder: starts the process, hands it jobs, kills it when it hangs.

Used by the panel's loop, which never waits here: answers arrive as ``Done`` in its queue, from a
thread that does nothing but read the pipe.
"""

from __future__ import annotations

import itertools
import logging
import queue
import socket
import subprocess
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pedal.panel.jobs import Done, Job, Survey, decode_done, encode

_log = logging.getLogger("pedal.panel")

#: A build takes a fraction of a second; compiling kernels for the first time takes minutes.
BUILD_TIMEOUT_S, READY_TIMEOUT_S = 20.0, 1200.0
#: A builder that cannot start is not started more often than this.
RESTART_S = 1.0
#: util-linux: a builder whose panel was killed must not write on beside its successor.
_DIE_WITH_PARENT = ("setpriv", "--pdeathsig", "KILL")


class Workshop:
    """One builder process at a time, and at most one job with it; the newest waiting job wins.

    Made in the main thread: the builder dies with the thread that started it.

    Args:
        link_path: of the link rigs are built into.
        answers: gets a ``Done`` for every job that was begun.
    """

    def __init__(self, link_path: Path, answers: queue.SimpleQueue[Any]) -> None:
        self._link_path = link_path
        self._answers = answers
        self._numbers = itertools.count(1)
        self._waiting: Job | Survey | None = None
        self._busy: Job | Survey | None = None
        self._ready = False
        self._start()

    @property
    def is_ready(self) -> bool:
        """False while the builder still compiles or loads its kernels."""
        return self._ready

    @property
    def is_idle(self) -> bool:
        """True when it is ready and has nothing to do."""
        return self._ready and self._busy is None and self._waiting is None

    @property
    def builder_pid(self) -> int:
        """Of the process that builds."""
        return self._process.pid

    def next_number(self) -> int:
        """A number for a job."""
        return next(self._numbers)

    def submit(self, job: Job | Survey) -> None:
        """Do this as soon as the builder is free; a job still waiting is dropped."""
        self._waiting = job
        self._send()

    def received(self, done: Done) -> None:
        """Tell the workshop what its queue delivered; sends the next job."""
        if done.number == 0:
            self._ready = True
        elif self._busy is not None and done.number == self._busy.number:
            self._busy = None
        self._send()

    def look_after(self, now_s: float) -> None:
        """Kill and replace a builder that died or does not answer; its job is answered with an error."""
        died = self._process.poll() is not None
        limit_s = BUILD_TIMEOUT_S if self._ready else READY_TIMEOUT_S
        hangs = (self._busy is not None or not self._ready) and now_s - self._since_s > limit_s
        if not (died or hangs) or now_s - self._started_s < RESTART_S:
            return
        job, self._busy, self._ready = self._busy, None, False
        _log.warning("the builder %s: starting another", "ended" if died else "does not answer")
        self.close()
        if job is not None:
            how = "ended while it built" if died else "took too long to build"
            sentence = f"The builder {how} preset '{job.origin}'. What played plays on."
            self._answers.put(Done(job.number, error=sentence))
        self._start()

    def close(self) -> None:
        """End the builder."""
        self._process.kill()
        self._process.wait()
        self._reader.join(1.0)  # it has reached the end of the pipe: nobody else has the other one
        self._pipe.close()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "pedal.panel.builder", str(self._link_path), str(theirs.fileno())]
            self._process = subprocess.Popen(
                [*_DIE_WITH_PARENT, *command],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is the panel's to answer
            )
        self._pipe = Connection(ours.detach())
        self._started_s = self._since_s = time.monotonic()
        self._reader = threading.Thread(target=self._read, args=(self._pipe,), name="builder", daemon=True)
        self._reader.start()

    def _read(self, pipe: Connection) -> None:
        try:
            while True:
                self._answers.put(decode_done(pipe.recv_bytes()))
        except (EOFError, OSError):
            return  # look_after notices

    def _send(self) -> None:
        if self._busy is not None or self._waiting is None or not self._ready:
            return
        self._busy, self._waiting = self._waiting, None
        self._since_s = time.monotonic()
        try:
            self._pipe.send_bytes(encode(self._busy))
        except OSError:
            return  # it died; look_after answers for it
