"""The importer's end of its judge: hands it files' content, believes its answers, kills it when it hangs.

Called by the importer, which waits. A file that makes the judge die, or think too long, is refused, and the next file
has a new judge. What is judged is the very bytes that will be kept: nothing is read twice.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from multiprocessing.connection import Connection
from types import TracebackType

import msgspec

from pedal.errors import LibraryError
from pedal.library.cards import About
from pedal.library.scan import Kind

#: Reading the worst file takes a second here, some more on the slowest board; starting takes most of a second.
JUDGE_TIMEOUT_S, START_TIMEOUT_S = 30.0, 120.0
#: util-linux: a judge whose importer was killed must not think on.
_DIE_WITH_PARENT = ("setpriv", "--pdeathsig", "KILL")
#: Threads of linear algebra would each ask for memory of their own, and a judge needs none.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class Question(msgspec.Struct, frozen=True, array_like=True):
    """What is this? The content follows in a message of its own."""

    kind: Kind
    name: str


class Verdict(msgspec.Struct, frozen=True):
    """The answer: what the content says of itself, or one ``error`` sentence."""

    about: About = About()
    error: str = ""


_verdicts = msgspec.json.Decoder(Verdict)


class Checker:
    """One judge at a time, started when it is needed.

    Args:
        timeout_s: for one file.
    """

    def __init__(self, timeout_s: float = JUDGE_TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Checker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def judge_pid(self) -> int:
        """Of the judge's process, or 0."""
        return self._process.pid if self._process is not None else 0

    def ask(self, kind: Kind, name: str, data: bytes) -> Verdict:
        """What ``data`` is; ``name`` is for messages.

        Raises:
            LibraryError: no judge can be started.
        """
        pipe = self._pipe or self._start()
        try:
            pipe.send_bytes(msgspec.json.encode(Question(kind, name)))
            pipe.send_bytes(data)
            if pipe.poll(self._timeout_s):
                return _verdicts.decode(pipe.recv_bytes())
            reason = f"takes longer than {self._timeout_s:g} s to read"
        except (EOFError, OSError):
            reason = "takes more memory than a pedal has, or breaks what reads it"
        self.close()
        return Verdict(error=f"{name}: {reason}.")

    def close(self) -> None:
        """End the judge."""
        if self._process is not None and self._pipe is not None:
            self._process.kill()
            self._process.wait()
            self._pipe.close()
        self._process = self._pipe = None

    def _start(self) -> Connection:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [*_DIE_WITH_PARENT, sys.executable, "-m", "pedal.library.judge", str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    env=os.environ | _ENVIRONMENT,
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                raise LibraryError(f"files cannot be checked ({error.strerror})", hint="Install util-linux") from error
        self._pipe = Connection(ours.detach())
        try:
            if self._pipe.poll(START_TIMEOUT_S):
                self._pipe.recv_bytes()
                return self._pipe
        except (EOFError, OSError):
            pass
        self.close()
        raise LibraryError("files cannot be checked: what reads them does not start", hint="Install the pedal again")
