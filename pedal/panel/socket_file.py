"""The file of the control socket: taken over from the dead, never from the living.

Used by ``control`` in pedal-panel.
"""

from __future__ import annotations

import fcntl
import os
import socket
import stat
from pathlib import Path

from pedal.errors import ControlError

#: Connections that may wait to be taken; more are told to try again.
_BACKLOG = 128


class SocketFile:
    """A listening Unix socket at ``path``, mode 0660, until ``close``.

    Whose it is, is told by a record lock on a file beside it: the lock dies with its process, killed or not, and no
    child inherits it. Asking whoever listens instead would take a busy panel for a dead one.

    Raises:
        ControlError: another panel is running there, or the place cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock_fd = _take_lock(path)
        try:
            self.listener = _listen(path)
        except ControlError:
            os.close(self._lock_fd)
            raise

    def close(self) -> None:
        """Stop listening and remove the socket; the lock's file stays, or two could each lock their own."""
        self.listener.close()
        self.path.unlink(missing_ok=True)
        os.close(self._lock_fd)


def _take_lock(path: Path) -> int:
    try:
        lock_fd = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
    except OSError as error:
        raise ControlError(f"the control socket cannot be opened ({error.strerror})", where=str(path)) from error
    try:
        fcntl.lockf(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock_fd)
        raise ControlError("another pedal is running here", where=str(path), hint="Stop that one first") from error
    return lock_fd


def _listen(path: Path) -> socket.socket:
    """A listening socket at ``path``; the caller holds the lock, so whatever socket is there is a dead panel's."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    # Under another name until it listens: whoever sees the socket can connect.
    unready = path.with_name(path.name + "~")
    try:
        if path.exists() and not stat.S_ISSOCK(path.lstat().st_mode):
            raise ControlError("is not a socket", where=str(path), hint="Move it away")
        unready.unlink(missing_ok=True)
        listener.bind(str(unready))
        # before listen: until then nobody can connect
        unready.chmod(0o660)
        listener.listen(_BACKLOG)
        unready.replace(path)
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise ControlError(f"the control socket cannot be opened ({reason})", where=str(path)) from error
    except ControlError:
        listener.close()
        raise
    return listener
