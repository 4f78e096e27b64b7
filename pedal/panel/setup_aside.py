"""Work of setting up that takes too long for the panel's loop, one piece at a time, in a thread of its own.

Used by ``setting_up``. The thread reads files, waits for another process or draws a report; it changes nothing that the
loop looks at, and gives its result when it is asked for it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pedal.errors import PedalError

#: Shows a share and words; raises to break off.
Show = Callable[[float, str], None]


class _BrokenOffError(Exception):
    """Nobody wants it any more."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a piece of work, by its name; ``error`` says why nothing did."""

    name: str
    value: Any
    error: str = ""


class Aside:
    """One piece of work at a time; a new one breaks the old one off."""

    def __init__(self) -> None:
        self._results: queue.SimpleQueue[tuple[int, Result]] = queue.SimpleQueue()
        self._number = 0
        self.name = ""
        self.share, self.words = 0.0, ""

    def start(self, name: str, work: Callable[[Show], Any]) -> None:
        """Begin."""
        self.stop()
        self._number += 1
        self.name = name
        threading.Thread(target=self._run, args=(self._number, name, work), name=f"setup {name}", daemon=True).start()

    def stop(self) -> None:
        """Break off what is under way, if it asks or not; of it nothing is heard."""
        self._number += 1
        self.name, self.share, self.words = "", 0.0, ""

    def take(self) -> Result | None:
        """What is done, once."""
        while not self._results.empty():
            number, result = self._results.get()
            if number == self._number:
                self.stop()
                return result
        return None

    def _run(self, number: int, name: str, work: Callable[[Show], Any]) -> None:
        def show(share: float, words: str) -> None:
            if number != self._number:
                raise _BrokenOffError
            self.share, self.words = share, words

        try:
            result = Result(name, work(show))
        except PedalError as error:
            result = Result(name, None, str(error))
        except _BrokenOffError:
            return
        self._results.put((number, result))
