"""The commands' end of the control socket: one request, one reply.

Called by the live commands (``pedal status``, ``preset``, ``bypass``, ...) in their own process. Imports neither
numba nor numpy, so that a command answers at once.
"""

from __future__ import annotations

import errno
import socket
import time
from pathlib import Path
from typing import Any

from pedal.errors import ControlError
from pedal.panel import protocol

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
        deadline_s = time.monotonic() + timeout_s
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
                _connect(sock, self.socket_path, deadline_s)
                sock.sendall(protocol.format_request(request))
                reply = protocol.parse_reply(_receive_line(sock, deadline_s))
        except TimeoutError as error:
            raise self._no_answer(timeout_s) from error
        except OSError as error:
            raise self._unreachable(error) from error
        if reply.id != request.id:
            raise ControlError("the pedal answered another question", hint="Update both")
        if not reply.ok:
            raise RefusedError(reply.error)
        return reply.result

    def _no_answer(self, timeout_s: float) -> ControlError:
        return ControlError(
            f"the pedal did not answer within {timeout_s:g} s", hint="If it does not come back, start it again"
        )

    def _unreachable(self, error: OSError) -> ControlError:
        if error.errno in _NOT_RUNNING:
            return ControlError("the pedal is not running", hint="Start it with `pedal run`")
        if error.errno in (errno.EACCES, errno.EPERM):
            return ControlError(
                "no permission to talk to the pedal",
                where=str(self.socket_path),
                hint="Join its group with `sudo usermod -aG pedal $USER` and log in again",
            )
        if error.errno in (errno.ECONNRESET, errno.EPIPE):
            return ControlError("the pedal hung up", hint="Try again")
        return ControlError(f"the pedal cannot be reached ({error.strerror or error})", where=str(self.socket_path))


class RefusedError(ControlError):
    """The pedal said no; its sentence is the message as it stands."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence.rstrip("."))


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


def _receive_line(sock: socket.socket, deadline_s: float) -> bytes:
    """Bytes up to a newline; the deadline holds for the whole line, so a trickle is no way around it."""
    line = bytearray()
    while not line.endswith(b"\n"):
        sock.settimeout(_left_s(deadline_s))
        chunk = sock.recv(65536)
        if not chunk:
            raise ConnectionResetError(errno.ECONNRESET, "hung up")
        line += chunk
        if len(line) > protocol.REPLY_CAP_BYTES:
            raise ControlError("a reply without an end", hint="Update both")
    return bytes(line)


def _left_s(deadline_s: float) -> float:
    left_s = deadline_s - time.monotonic()
    if left_s <= 0.0:
        raise TimeoutError
    return left_s
