"""What setting up does on the card alone: asked for, followed, broken off. The pedal is silent meanwhile.

Used by ``setting_up`` in pedal-panel, which touches no card: the parent of pedal-audio starts who does
(``setup/errand``). The pedal fades to silence before it is asked, so that the end of its sound is not heard.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pedal.errors import SettingsError
from pedal.panel.report import is_alive
from pedal.setup.errand import MOST_S, Errand, Kind, ask, withdraw
from pedal.setup.told import Told, load_told

#: A fade of 20 ms and the card's buffer, with room.
FADE_S = 0.15
#: A parent that has not begun by then does not know of errands, or keeps the sound in safe mode.
UNHEARD_S = 15.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an errand ended: what was told, or why there is nothing."""

    kind: Kind
    told: Told | None
    error: str


class Alone:
    """One errand at a time.

    Args:
        runtime: where one asks.
        silence: makes the pedal silent, or lets it be heard again.
    """

    def __init__(self, runtime: Path, silence: Callable[[bool], None]) -> None:
        self._runtime, self._silence = runtime, silence
        self._kind: Kind | None = None
        self._errand: Errand | None = None
        self._since_s = 0.0
        self.share, self.words = 0.0, ""
        withdraw(runtime)  # of a panel that was killed

    @property
    def kind(self) -> Kind | None:
        """What is under way."""
        return self._kind

    def start(self, kind: Kind, now_s: float) -> None:
        """Fade out, then ask."""
        self.stop()
        self._kind, self._since_s, self._errand = kind, now_s, None
        self.share, self.words = 0.0, ""
        self._silence(True)

    def stop(self) -> None:
        """Break off: who is at it is ended, and the pedal plays again."""
        if self._kind is not None:
            self._kind = None
            withdraw(self._runtime)
            self._silence(False)

    def tick(self, now_s: float) -> Outcome | None:
        """Look how far it is; what came of it, once.

        Raises:
            SettingsError: nobody can be asked.
        """
        kind, passed_s = self._kind, now_s - self._since_s
        if kind is None or passed_s < FADE_S:
            return None
        if self._errand is None:
            try:
                self._errand = ask(self._runtime, kind, now_s)
            except SettingsError:
                self.stop()
                raise
            return None
        told = load_told(self._runtime, self._errand.token)
        if told is not None:
            self.share, self.words = told.share, told.words
        error = told.error if told else ""
        if told is not None and told.ended:
            pass
        elif told is not None and not is_alive(told.pid):
            error = "It was broken off. The pedal plays again."
        elif passed_s > (MOST_S if told else UNHEARD_S):
            error = "The card could not be had alone."
        else:
            return None
        self.stop()
        return Outcome(kind, None if error else told, error)
