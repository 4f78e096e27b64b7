"""The keyboard as switches, knobs and encoders: keys of the terminal call back, in a thread of their own.

Used by ``pedal run`` on a virtual board, in the process that has the terminal.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import select
import termios
import threading
import tty
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TextIO

from pedal.config import Board
from pedal.errors import PedalError
from pedal.virtual.hands import EXPRESSION, Deed, Touch

QUIT, HELP, HOLD = "q", "?", "!"
#: What a terminal sends for keys that are no letters.
_NAMED = {
    "\x1b[A": "up",
    "\x1b[B": "down",
    "\x1b[C": "right",
    "\x1b[D": "left",
    "\x1bOA": "up",
    "\x1bOB": "down",
    "\x1bOC": "right",
    "\x1bOD": "left",
    "\n": "enter",
    "\r": "enter",
    "\x7f": "backspace",
    "\x08": "backspace",
}
_SHOWN = {" ": "space", "left": "←", "right": "→", "up": "↑", "down": "↓"}
_ESCAPE = re.compile(r"\x1b(?:[\[O][0-9;]*[A-Za-z~]?|.?)")
#: For chords, and pairs of keys for what turns besides the first encoder.
_CHORD_KEYS = "xyzuvw"
_PAIRS = ("-=", "[]", ",.", ";'", "<>", "{}")


def key_map(board: Board) -> dict[str, Touch]:
    """What keys do on a board.

    Switches have 1 to 9 in their order, the first one the space bar, and initials where they are unambiguous; a ``!``
    before the key holds it. Chords have keys of their own. The encoder of the menu, or else the first one, has the
    arrows, enter for its button and backspace to hold that; other encoders, knobs and the expression pedal have pairs.
    """
    switches = list(board.switches)
    keys = {str(i): Touch("press", switch) for i, switch in enumerate(switches[:9], start=1)}
    if switches:
        keys[" "] = Touch("press", switches[0])
    initials = [switch[0].lower() for switch in switches]
    for initial, switch in zip(initials, switches, strict=True):
        if initials.count(initial) == 1 and initial not in (*keys, QUIT, HELP):
            keys[initial] = Touch("press", switch)
    free = (key for key in _CHORD_KEYS if key not in keys)
    keys |= {key: Touch("chord", chord) for chord, key in zip(board.chords, free, strict=False)}
    encoders = sorted(board.encoders, key=lambda name: board.encoders[name].role != "menu")
    for first in encoders[:1]:
        keys |= {key: Touch("turn", first, 1) for key in ("right", "down")}
        keys |= {key: Touch("turn", first, -1) for key in ("left", "up")}
        if board.encoders[first].pin_push is not None:
            keys |= {"enter": Touch("push", first), "backspace": Touch("hold", first)}
    others: list[tuple[Deed, str]] = [("turn", name) for name in encoders[1:]] + [
        ("move", name) for name in board.knobs
    ]
    others += [("move", EXPRESSION)] if board.expression else []
    for (deed, name), pair in zip(others, _PAIRS, strict=False):
        keys |= {key: Touch(deed, name, by) for key, by in zip(pair, (-1, 1), strict=True)}
    return keys


def help_line(keys: dict[str, Touch]) -> str:
    """What the keys do, in one line."""
    named: dict[tuple[str, str], list[str]] = {}
    for key, touch in keys.items():
        deed = touch.deed if touch.deed in ("hold", "push") else ""
        named.setdefault((deed, touch.name), []).append(_SHOWN.get(key, key))
    parts = [f"{'/'.join(names)} {deed} {what}".replace("  ", " ") for (deed, what), names in named.items()]
    if any(touch.deed == "press" for touch in keys.values()):
        parts.append(f"{HOLD} before a key holds")
    return " · ".join([*parts, f"{QUIT} quits"])


class Keyboard:
    """Reads keys from ``terminal`` while the context lasts; the terminal's settings come back at its end.

    They also come back when the process ends by an exception. Where ``terminal`` is none, or is not ours to read
    (a job in the background), it does nothing.

    Args:
        keys: as ``key_map`` makes it.
        touch: called with what a key does; its ``PedalError`` becomes a line for ``tell``.
        leave: called once for ``q``.
        tell: shows a line to the player, for ``?`` and errors.
        terminal: standard input.
    """

    def __init__(
        self,
        keys: dict[str, Touch],
        touch: Callable[[Touch], None],
        leave: Callable[[], None],
        tell: Callable[[str], None],
        terminal: TextIO,
    ) -> None:
        self._keys = keys
        self._touch = touch
        self._holds = False
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
        for key in _keys_of(typed):
            if key == QUIT:
                self._leave()
                return False
            if key == HELP:
                self._tell(help_line(self._keys))
            holds, self._holds = self._holds, key == HOLD
            if key in self._keys:
                touch = self._keys[key]
                try:
                    self._touch(replace(touch, deed="long press") if holds and touch.deed == "press" else touch)
                except PedalError as error:
                    self._tell(str(error))
        return True


def _keys_of(typed: str) -> Iterator[str]:
    """Keys by name; of others that a terminal sends as several characters, the letters are not meant."""
    while typed:
        escape = _ESCAPE.match(typed)
        key = escape[0] if escape else typed[0]
        typed = typed[len(key) :]
        if escape is None or key in _NAMED:
            yield _NAMED.get(key, key.lower())
