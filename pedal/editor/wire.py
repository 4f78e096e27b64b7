"""The editor's line to the panel: one connection, kept, on which questions are asked one after the other.

Used by the session's thread in the editor's process. ``pedal.cli.client`` connects anew for every question; an editor
asks several times a second.
"""

from __future__ import annotations

import errno
import socket
import time
from pathlib import Path
from typing import Any

import msgspec

from pedal.errors import ControlError
from pedal.panel import protocol

#: The panel answers within a tick; while it starts, or a disk is slow, it may take a little.
ANSWER_S = 5.0
_CHUNK_BYTES = 65536


class GoneError(ControlError):
    """Nobody answers (any more); the message says why, and what to do."""


class RefusedError(ControlError):
    """The panel said no, in a sentence of its own."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence.rstrip("."))


class Wire:
    """A connection to the panel that listens at ``path``.

    Raises:
        GoneError: nobody does.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._incoming = bytearray()
        self._id = 0
        try:
            self._socket.settimeout(ANSWER_S)
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise _gone(error) from error

    def ask(self, request: protocol.Request) -> dict[str, Any]:
        """What the panel answers.

        Raises:
            RefusedError: it refuses.
            GoneError: the connection is of no use any more.
        """
        self._id += 1
        try:
            self._socket.sendall(protocol.format_request(msgspec.structs.replace(request, id=self._id)))
            reply = protocol.parse_reply(self._line(time.monotonic() + ANSWER_S))
        except OSError as error:
            raise _gone(error) from error
        if reply.id != self._id:
            raise GoneError("the pedal answered another question", hint="Update both")
        if not reply.ok:
            raise RefusedError(reply.error)
        return reply.result

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _line(self, deadline_s: float) -> bytes:
        while (end := self._incoming.find(b"\n")) < 0:
            if len(self._incoming) > protocol.REPLY_CAP_BYTES:
                raise GoneError("a reply without an end", hint="Update both")
            self._socket.settimeout(max(0.001, deadline_s - time.monotonic()))
            chunk = self._socket.recv(_CHUNK_BYTES)
            if not chunk:
                raise ConnectionResetError(errno.ECONNRESET, "hung up")
            self._incoming += chunk
        line = bytes(self._incoming[:end])
        del self._incoming[: end + 1]
        return line


def _gone(error: OSError) -> GoneError:
    if isinstance(error, TimeoutError):
        return GoneError("the pedal does not answer", hint="If it does not come back, start it again")
    if error.errno in (errno.EACCES, errno.EPERM):
        hint = "Join its group with `sudo usermod -aG pedal $USER` and log in again"
        return GoneError("no permission to talk to the pedal", hint=hint)
    if error.errno in (errno.ENOENT, errno.ECONNREFUSED, errno.ENOTDIR):
        return GoneError("the pedal is not running", hint="Start it with `pedal run`")
    if error.errno in (errno.ECONNRESET, errno.EPIPE):
        return GoneError("the pedal hung up")
    return GoneError(f"the pedal cannot be reached ({error.strerror or error})")
