"""What the panel knows of an import that goes on: the page that is shown of it, until it is old or somebody plays.

Called by the panel's loop. The import is another process; it tells by a file, and cannot hold up the panel. Where it
asks, the player answers by foot: whoever goes on playing says no, a long hold says yes.
"""

from __future__ import annotations

from pathlib import Path

from pedal.library.telling import Question, Told, answer, heard

#: A page that says the end stays so long; one that says nothing new is of a process that was killed.
DONE_S, SILENT_S = 20.0, 90.0


class Imports:
    """Looks at what was told.

    Args:
        runtime_dir: where.
    """

    def __init__(self, runtime_dir: Path) -> None:
        self._runtime_dir = runtime_dir
        self._told: Told | None = None
        self._began_s = self._dismissed_s = float("-inf")
        self._answered = ""

    def look(self) -> None:
        """Read what was told last."""
        told = heard(self._runtime_dir)
        if told is not None and not has_ended(told) and (self._told is None or has_ended(self._told)):
            self._began_s = told.at_s
        self._told = told

    def dismiss(self, now_s: float) -> None:
        """The player has other things to do: no more of this import until its end, and no to what it asks."""
        self._say(now_s, yes=False)
        self._dismissed_s = now_s

    def agree(self, now_s: float) -> bool:
        """Yes to what is asked; whether anything was."""
        return self._say(now_s, yes=True)

    def question(self, now_s: float) -> Question | None:
        """What is asked on the page that is shown, until it is answered."""
        told = self.view(now_s)
        question = told.question if told else None
        return question if question and now_s < question.until_s and question.token != self._answered else None

    def view(self, now_s: float) -> Told | None:
        """What there is to show; None for the usual page."""
        told = self._told
        if told is None or told.at_s > now_s:
            return None
        if told.question is not None:  # is news, whatever went before
            return told if now_s < told.question.until_s and self._dismissed_s < told.at_s else None
        if not has_ended(told):
            return told if now_s - told.at_s < SILENT_S and self._dismissed_s < self._began_s else None
        is_new = now_s - told.at_s < DONE_S and self._dismissed_s < told.at_s
        return told if is_new and told.progress.text else None

    def _say(self, now_s: float, *, yes: bool) -> bool:
        question = self.question(now_s)
        if question is not None:
            self._answered = question.token
            answer(self._runtime_dir, question, yes=yes)
        return question is not None


def has_ended(told: Told) -> bool:
    """Whether this was the last word of an import."""
    return told.progress.phase in ("done", "failed")
