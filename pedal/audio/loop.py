"""The period loop: read, one compiled call, write.

Called by ``process``; runs in the period thread of pedal-audio. Between two periods it does
nothing else: no log, no lock, no allocation but the bytes that pyalsaaudio reads into.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from pedal.arena import Arena
from pedal.audio.alsa import Card, CardGone
from pedal.errors import CardError
from pedal.layout import CARD_LOST, CARD_RUNNING, CARD_STARTING

#: How often a card that is not there is looked for.
RETRY_S = 0.5
#: Pause before a card that gave no period since its last start is started once more.
BREATH_S = 0.001

STARTING, RUNNING, LOST = CARD_STARTING, CARD_RUNNING, CARD_LOST

#: ``play_period(f32, f64, i64, captured, played, frames)``, compiled.
PlayPeriod = Callable[[Any, Any, Any, Any, Any, int], None]


class Words(Protocol):
    """The loop's few words in shared memory."""

    @property
    def arena(self) -> Arena:
        """What the compiled side works on."""

    def stopped(self) -> bool:
        """Whether somebody asked the pedal to stop."""

    def count_xrun(self) -> None:
        """One more gap that the card reported."""

    def announce(self, card: Card) -> None:
        """Store what the compiled side must know of the card before its first period."""

    def set_state(self, state: int) -> None:
        """Store ``STARTING``, ``RUNNING`` or ``LOST``."""


def stream(card: Card, words: Words, play_period: PlayPeriod) -> None:
    """Play until somebody asks to stop.

    Raises:
        CardGone: it is.
    """
    arena = words.arena
    f32, f64, i64 = arena.f32, arena.f64, arena.i64
    read, write, frombuffer, u8 = card.capture.read, card.playback.write, np.frombuffer, np.uint8
    stopped, period_frames = words.stopped, card.period_frames
    played = np.zeros(card.period_bytes, u8)
    is_flowing = True
    card.start()
    while not stopped():
        length, data = read()
        if length == period_frames:
            play_period(f32, f64, i64, frombuffer(data, u8), played, length)
            length = write(played)
        if length != period_frames:  # -EPIPE: an overrun of the one, or an underrun of the other
            words.count_xrun()
            if not is_flowing:  # a card that was pulled out fails at once until its driver has noticed: let it
                time.sleep(BREATH_S)
            card.start()
        is_flowing = length == period_frames


def play(open_card: Callable[[], Card], words: Words, play_period: PlayPeriod, report: Callable[[str], None]) -> None:
    """Stream until somebody asks to stop, and come back to the card however often it vanishes.

    The rig, its state and everything else that sounds lie in shared memory and are not touched by
    a missing card. ``report`` gets one line when the card is found and one when it is lost, never
    while streaming.
    """
    trouble = ""
    words.set_state(STARTING)
    while not words.stopped():
        try:
            card = open_card()
        except CardError as missing:
            words.set_state(LOST)
            if trouble != str(missing):
                trouble = str(missing)
                report(trouble)
            time.sleep(RETRY_S)
            continue
        trouble = ""
        report(f"card '{card.name}': {card.rate_hz} Hz, {card.period_frames} frames x {card.periods}, {card.format}")
        try:
            words.announce(card)
            words.set_state(RUNNING)
            stream(card, words, play_period)
        except CardGone as gone:
            words.set_state(LOST)
            report(f"card '{card.name}' is gone ({gone}); looking for it every {RETRY_S} s")
            time.sleep(RETRY_S)
        finally:
            card.close()
