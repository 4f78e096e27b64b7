"""Tells the panel how far an import is, and asks the player through it. Used by the import service, in its process."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec

from pedal.library.report import Progress
from pedal.library.telling import Question, Source, answered, tell

#: The page is drawn ten times a second; who tells more often only works.
_TELL_S = 0.1
#: An answer is looked for so often.
_ANSWER_S = 0.1


class Teller:
    """Tells the panel, not too often, and remembers what it told last.

    Args:
        folder: the runtime directory.
        source: of the import.
    """

    def __init__(self, folder: Path, source: Source) -> None:
        self._folder, self._source = folder, source
        self._told_s = float("-inf")
        self.last = Progress("looking")

    def __call__(self, progress: Progress) -> None:
        """How far it is; the end is told by ``end``, with what to do."""
        due = progress.phase != self.last.phase or time.monotonic() - self._told_s >= _TELL_S
        self.last = progress
        if due and progress.phase not in ("done", "failed"):
            self._told_s = time.monotonic()
            tell(self._folder, progress, self._source)

    def ask(self, question: Question) -> bool:
        """Ask the player, and wait for the answer; none is no."""
        self.last = msgspec.structs.replace(self.last, phase="asking")
        tell(self._folder, self.last, self._source, question)
        said = None
        while said is None and time.monotonic() < question.until_s:
            time.sleep(_ANSWER_S)
            said = answered(self._folder, question)
        return bool(said)

    def end(self, text: str, *, failed: bool = False) -> None:
        """The end, and what the player is to do or to know."""
        self.last = msgspec.structs.replace(self.last, phase="failed" if failed else "done", text=text)
        tell(self._folder, self.last, self._source)
