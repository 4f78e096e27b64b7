"""The keyboard as footswitches: keys of the terminal call back, in a thread of their own.

Used by ``pedal run`` on a virtual board, in the process that has the terminal.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import termios
import threading
import tty
from collections.abc import Callable, Sequence
from typing import Any, TextIO

from pedal.errors import PedalError

QUIT, HELP = "q", "?"


def key_map(switches: Sequence[str]) -> dict[str, str]:
    """Keys of ``switches``: 1 to 9 in their order, the space bar for the first, and initials that are unambiguous."""
    keys = {str(i): switch for i, switch in enumerate(switches[:9], start=1)}
    if switches:
        keys[" "] = switches[0]
    initials = [switch[0].lower() for switch in switches]
    for initial, switch in zip(initials, switches, strict=True):
        if initials.count(initial) == 1 and initial not in (*keys, QUIT, HELP):
            keys[initial] = switch
    return keys


def help_line(keys: dict[str, str]) -> str:
    """What the keys do, in one line."""
    named: dict[str, list[str]] = {}
    for key, switch in keys.items():
        named.setdefault(switch, []).append("space" if key == " " else key)
    return " · ".join([*(f"{'/'.join(names)} {switch}" for switch, names in named.items()), f"{QUIT} quits"])


class Keyboard:
    """Reads keys from ``terminal`` while the context lasts; the terminal's settings come back at its end.

    They also come back when the process ends by an exception. Where ``terminal`` is none, or is not ours to read
    (a job in the background), it does nothing.

    Args:
        keys: key to switch, as ``key_map`` makes it.
        press: called with a switch; its ``PedalError`` becomes a line for ``tell``.
        leave: called once for ``q``.
        tell: shows a line to the player, for ``?`` and errors.
        terminal: standard input.
    """

    def __init__(
        self,
        keys: dict[str, str],
        press: Callable[[str], None],
        leave: Callable[[], None],
        tell: Callable[[str], None],
        terminal: TextIO,
    ) -> None:
        self._keys = keys
        self._press = press
        self._leave = leave
        self._tell = tell
        self._fd = terminal.fileno() if terminal.isatty() else -1
        self._settings: list[Any] | None = None

    def __enter__(self) -> Keyboard:
        if self._fd < 0 or os.tcgetpgrp(self._fd) != os.getpgrp():
            return self
        self._settings = termios.tcgetattr(self._fd)
        atexit.register(self._restore)
        tty.setcbreak(self._fd)
        self._ended, self._end = os.pipe()
        self._thread = threading.Thread(target=self._run, name="keyboard", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._settings is None:
            return
        os.close(self._end)
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=2.0)
        self._restore()
        atexit.unregister(self._restore)

    def _restore(self) -> None:
        # the terminal may be gone
        with contextlib.suppress(termios.error):
            if self._settings is not None:
                termios.tcsetattr(self._fd, termios.TCSADRAIN, self._settings)
        self._settings = None

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while self._ended not in (ready := select.select([self._fd, self._ended], [], [])[0]):
                typed = os.read(self._fd, 64) if ready else b""
                if not typed or not self._take(typed.decode("ascii", "ignore")):
                    break
        os.close(self._ended)

    def _take(self, typed: str) -> bool:
        """Act on what was typed; False after the key that quits."""
        if typed.startswith("\x1b"):
            # an arrow or function key: its letters are not meant
            return True
        for key in typed.lower():
            if key == QUIT:
                self._leave()
                return False
            if key == HELP:
                self._tell(help_line(self._keys))
            elif key in self._keys:
                try:
                    self._press(self._keys[key])
                except PedalError as error:
                    self._tell(str(error))
        return True
