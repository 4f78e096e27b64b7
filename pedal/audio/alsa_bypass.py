"""A codec's own path from input to output, as the switch that ``system/wire`` throws. Touches hardware.

Made by ``pedal run``, in the parent of pedal-audio. The codec keeps what it was last told, so this needs a system that
still runs: not as safe as a relay, and better than silence.
"""

from __future__ import annotations

import logging

from pedal.audio.alsa_mixer import mixer_device, set_mixer
from pedal.config import CodecBypassSettings

_log = logging.getLogger("pedal.wire")


class CodecBypass:
    """Dry from now on, until ``drive`` says otherwise.

    Args:
        card: as the board names it.
        settings: what the mixer is set to for the guitar alone, and for the pedal.
    """

    #: Nothing has to be kept up.
    beat_s = None

    def __init__(self, card: str, settings: CodecBypassSettings) -> None:
        self._card = card
        self._settings = settings
        self._told: set[str] = set()
        self.drive(False)

    def drive(self, wet: bool) -> None:
        """The pedal, or the guitar alone; what cannot be set is told once."""
        wanted = self._settings.wet if wet else self._settings.dry
        for complaint in set_mixer(mixer_device(self._card), wanted):
            if complaint not in self._told:
                self._told.add(complaint)
                _log.warning("%s", complaint)

    def turn(self) -> None:
        """Nothing: a codec has no heartbeat."""

    def close(self) -> None:
        """The guitar alone."""
        self.drive(False)
