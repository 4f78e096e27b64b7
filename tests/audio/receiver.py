"""An audio receiver on a serial line, for tests: the one mixer that alsa-lib can play without a sound card.

alsa-plugins speaks to such a device (``type arcam_av``) and shows it as controls with volumes, switches and lists; a
pseudo-terminal stands in for the line. What was set is what the receiver was told.
"""

from __future__ import annotations

import ctypes
import os
import pty
import threading
import tty
from pathlib import Path

_MESSAGE_BYTES = 7  # PC_, command, zone, value, carriage return
_ASKS = b"9"
NAMES = {b"*": "Power", b"0": "Master volume", b".": "Master switch", b"1": "Source", b"3": "Direct"}
#: The volume is set by one command and asked for by another.
_ASKED_BY = {b"0": b"/"}
_REMOVE = 0


class Receiver:
    """Answers like one; ``heard`` is what it was told, by name.

    Args:
        folder: where the configuration that makes it an ALSA device called "receiver" is written.
    """

    def __init__(self, folder: Path) -> None:
        self._line, self._far_end = pty.openpty()
        tty.setraw(self._line)
        tty.setraw(self._far_end)
        self.port = os.ttyname(self._far_end)
        self.heard: dict[str, bytes] = {}
        self.configuration = folder / "asound.conf"
        device = f'ctl.receiver {{ type arcam_av port "{self.port}" zone 1 }}'
        self.configuration.write_text(f"</usr/share/alsa/alsa.conf>\n{device}\n")
        self._state = {b"*": b"1", b"/": b"\x5e", b".": b"1"}
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        waiting = b""
        while True:
            waiting += os.read(self._line, 64)
            while len(waiting) >= _MESSAGE_BYTES:
                message, waiting = waiting[:_MESSAGE_BYTES], waiting[_MESSAGE_BYTES:]
                if message == b"PC_!!!\r":
                    return
                command, zone, value = message[3:4], message[4:5], message[5:6]
                if value == _ASKS:
                    value = self._state.get(command, b"0")
                elif zone == b"1":
                    self.heard[NAMES.get(command, command.decode())] = value
                    self._state[_ASKED_BY.get(command, command)] = value
                os.write(self._line, b"AV_" + command + b"P" + zone + value + b"\r")

    def close(self) -> None:
        """Hang up, and remove the memory that the plugin leaves behind."""
        os.write(self._far_end, b"PC_!!!\r")
        self._thread.join(5.0)
        found = os.stat(self.port)
        key = ord("A") << 24 | (found.st_dev & 0xFF) << 16 | (found.st_ino & 0xFFFF)  # as ftok(3)
        libc = ctypes.CDLL(None)
        memory = libc.shmget(key, 0, 0)
        if memory >= 0:
            libc.shmctl(memory, _REMOVE, None)
        os.close(self._far_end)
        os.close(self._line)
