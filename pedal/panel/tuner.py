"""The tuner: while it is on, listens to the guitar in the link's input ring and says how far off it is.

Owned by the panel's loop, asked at every tick. It runs here and not in the period thread because nothing that is heard
depends on it: off, it costs nothing; on, some thousandths of a second twenty times a second at the panel's priority,
and no period is ever longer for it. The input ring has what it needs, as it came from the card. Unless the board says
otherwise the pedal is silent meanwhile, bypassed or not: one word in the link, behind every preset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pedal import layout
from pedal.config import TunerSettings
from pedal.errors import ControlError
from pedal.link import Link, Word
from pedal.panel.pitch import LEAST_REFERENCE_HZ, LONGEST_S, MOST_REFERENCE_HZ, Reading, read_pitch

#: A reading stays on the page for so long after the string is silent.
HOLD_S = 1.0
#: Within this of the note the page says that it is in tune.
IN_TUNE_CENTS = 1.0


@dataclass(frozen=True, slots=True)
class TunerView:
    """What the tuner's page shows; ``reading`` is None until a string is heard."""

    reading: Reading | None
    reference_hz: float
    is_muted: bool


class Tuner:
    """On or off, its reference, and the last reading."""

    def __init__(self, link: Link, settings: TunerSettings) -> None:
        self._link = link
        self._mutes = settings.mute
        link.put(Word.SILENT, 0)  # a panel that was killed while one tuned
        self.reference_hz = settings.reference_hz
        self.is_on = False
        self._is_held_silent = False
        self._reading: Reading | None = None
        self._read_at_s = 0.0

    def switch(self, on: bool | None = None, reference_hz: float | None = None) -> None:
        """On, off, or (None) the other.

        Raises:
            ControlError: a reference outside of 430 to 450 Hz.
        """
        if reference_hz is not None:
            if not LEAST_REFERENCE_HZ <= reference_hz <= MOST_REFERENCE_HZ:
                hint = f"Use {LEAST_REFERENCE_HZ:g} to {MOST_REFERENCE_HZ:g}"
                raise ControlError(f"a reference of {reference_hz:g} Hz", hint=hint)
            self.reference_hz = reference_hz
        self.is_on = not self.is_on if on is None else on
        self._reading = None
        self._mute()

    def hold_silent(self, on: bool) -> None:
        """The pedal is silent for another reason, or for this one no more."""
        self._is_held_silent = on
        self._mute()

    def tick(self, now_s: float) -> None:
        """Listen, if it is on."""
        if not self.is_on:
            return
        rate_hz = self._link.get(Word.RATE_HZ)  # none before a card was opened for the first time
        reading = read_pitch(self._heard(), rate_hz, self.reference_hz) if rate_hz > 0 else None
        if reading is not None:
            self._reading, self._read_at_s = reading, now_s
        elif now_s - self._read_at_s > HOLD_S:
            self._reading = None

    def view(self) -> TunerView | None:
        """For the page; None while it is off."""
        return TunerView(self._reading, self.reference_hz, self._mutes) if self.is_on else None

    def status(self) -> dict[str, Any]:
        """For ``pedal status`` and ``pedal tuner``."""
        said: dict[str, Any] = {"on": self.is_on, "reference_hz": self.reference_hz}
        if self.is_on and self._reading is not None:
            said |= {
                "note": self._reading.note,
                "cents": round(self._reading.cents, 2),
                "hz": round(self._reading.hz, 3),
                "fine": self._reading.fine,
            }
        return said

    def _mute(self) -> None:
        self._link.put(Word.SILENT, int(self._is_held_silent or (self.is_on and self._mutes)))

    def _heard(self) -> NDArray[np.float32]:
        """The newest part of the input ring, copied."""
        head = self._link.get(Word.INPUT_HEAD)
        frames = min(head, int(LONGEST_S * self._link.get(Word.RATE_HZ)))
        places = np.arange(head - frames, head) & (layout.INPUT_RING_FRAMES - 1)
        heard: NDArray[np.float32] = self._link.arena.f32[layout.INPUT_RING_F32 + places]
        return heard
