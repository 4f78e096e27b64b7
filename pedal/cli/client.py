"""The commands' end of the control socket: one request, one reply; or news, as long as one listens.

Called by the live commands (``pedal status``, ``watch``, ``preset``, ...) in their own process. Imports neither
numba nor numpy, so that a command answers at once.
"""

from __future__ import annotations

import errno
import socket
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from pedal.errors import ControlError
from pedal.panel import protocol
from pedal.panel.feed_requests import Subscribe, Topic

_NOT_RUNNING = (errno.ENOENT, errno.ECONNREFUSED, errno.ENOTDIR)
_KNOCK_S = 0.01


class Client:
    """Calls the panel that listens at ``socket_path``; a new connection each time, so it may be kept for long."""

    def __init__(self, socket_path: Path) -> None:
        self.socket_path = socket_path

    def call(self, request: protocol.Request, timeout_s: float = 5.0) -> dict[str, Any]:
        """The result of ``request``.

        Raises:
            ControlError: no pedal is running, it does not answer in time, does not understand, or refuses.
        """
        until_s = time.monotonic() + timeout_s
        with self.open(timeout_s) as line, _sentences(self.socket_path, timeout_s):
            line.send(request, until_s)
            said = line.receive(until_s)
        if not isinstance(said, protocol.Reply) or said.id != request.id:
            raise ControlError("the pedal answered another question", hint="Update both")
        if not said.ok:
            raise RefusedError(said.error)
        return said.result

    def open(self, timeout_s: float = 5.0) -> Line:
        """A connection that stays: for many requests, and for what is subscribed to.

        Raises:
            ControlError: no pedal is running, or it does not open in time.
        """
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with _sentences(self.socket_path, timeout_s):
                _connect(sock, self.socket_path, time.monotonic() + timeout_s)
        except BaseException:
            sock.close()
            raise
        return Line(sock, self.socket_path)

    def listen(self, topics: Sequence[Topic], rate_hz: float = 5.0) -> Line:
        """A connection that is told about ``topics``.

        Raises:
            ControlError: no pedal is running, or it refuses.
        """
        line = self.open()
        try:
            line.ask(Subscribe(topics=list(topics), rate_hz=rate_hz))
        except BaseException:
            line.close()
            raise
        return line


class NotRunningError(ControlError):
    """There is no pedal to talk to."""


class NoAnswerError(ControlError):
    """It did not answer in time."""


class Line:
    """A connection that is open, for one thread. A context manager."""

    def __init__(self, sock: socket.socket, path: Path) -> None:
        self._sock = sock
        self._path = path
        self._heard = bytearray()
        self._news: deque[protocol.News] = deque()
        self._id = 0

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._sock.close()

    def ask(self, request: protocol.Request, timeout_s: float = 5.0) -> dict[str, Any]:
        """The result of ``request``; news that comes before it is kept for ``news``.

        Raises:
            ControlError: the pedal is gone, does not answer in time, or refuses.
        """
        until_s = time.monotonic() + timeout_s
        self._id += 1
        with _sentences(self._path, timeout_s):
            self.send(msgspec.structs.replace(request, id=self._id), until_s)
            while True:
                said = self.receive(until_s)
                if isinstance(said, protocol.News):
                    self._news.append(said)
                elif said.id == self._id:  # not the late answer to one that was given up
                    break
        if not said.ok:
            raise RefusedError(said.error)
        return said.result

    def news(self, timeout_s: float = 5.0) -> protocol.News | None:
        """The next that was subscribed to; None: nothing came in this time, which is no fault.

        Raises:
            ControlError: the pedal is gone, or what came is not understood.
        """
        if self._news:
            return self._news.popleft()
        until_s = time.monotonic() + timeout_s
        with suppress(NoAnswerError), _sentences(self._path, timeout_s):
            while True:
                said = self.receive(until_s)
                if isinstance(said, protocol.News):
                    return said
        return None

    def send(self, request: protocol.Request, until_s: float) -> None:
        """Say it. Raises OSError."""
        self._sock.settimeout(_left_s(until_s))
        self._sock.sendall(protocol.format_request(request))

    def receive(self, until_s: float) -> protocol.Reply | protocol.News:
        """The next line; the time holds for all of it: a trickle is no way around it. Raises OSError, ControlError."""
        while (end := self._heard.find(b"\n")) < 0:
            self._sock.settimeout(_left_s(until_s))
            chunk = self._sock.recv(65536)
            if not chunk:
                raise ConnectionResetError(errno.ECONNRESET, "hung up")
            self._heard += chunk
            if len(self._heard) > protocol.REPLY_CAP_BYTES and b"\n" not in chunk:
                raise ControlError("a reply without an end", hint="Update both")
        line = bytes(self._heard[: end + 1])
        del self._heard[: end + 1]
        return protocol.parse_line(line)


@contextmanager
def _sentences(path: Path, timeout_s: float) -> Iterator[None]:
    """What goes wrong with the socket at ``path`` becomes a sentence."""
    try:
        yield
    except TimeoutError as error:
        hint = "If it does not come back, start it again"
        raise NoAnswerError(f"the pedal did not answer within {timeout_s:g} s", hint=hint) from error
    except OSError as error:
        raise _unreachable(path, error) from error


def _unreachable(path: Path, error: OSError) -> ControlError:
    if error.errno in _NOT_RUNNING:
        return NotRunningError("the pedal is not running", hint="Start it with `pedal run`")
    if error.errno in (errno.EACCES, errno.EPERM):
        return ControlError(
            "no permission to talk to the pedal",
            where=str(path),
            hint="Join its group with `sudo usermod -aG pedal $USER` and log in again",
        )
    if error.errno in (errno.ECONNRESET, errno.EPIPE):
        return ControlError("the pedal hung up", hint="Try again")
    return ControlError(f"the pedal cannot be reached ({error.strerror or error})", where=str(path))


class RefusedError(ControlError):
    """The pedal said no; its sentence is the message as it stands."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.args = (sentence,)


def _connect(sock: socket.socket, path: Path, deadline_s: float) -> None:
    """Connect, knocking again while too many others wait at the door: a Unix socket with a timeout does not queue."""
    while True:
        sock.settimeout(_left_s(deadline_s))
        try:
            sock.connect(str(path))
        except BlockingIOError:
            time.sleep(_KNOCK_S)
        else:
            return


def _left_s(deadline_s: float) -> float:
    left_s = deadline_s - time.monotonic()
    if left_s <= 0.0:
        raise TimeoutError
    return left_s
