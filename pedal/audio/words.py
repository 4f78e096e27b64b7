"""The period loop's words in the memory of a running pedal: what it is told, and what it says of its card.

Used by ``process`` and ``safe`` in pedal-audio.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from pedal import layout
from pedal.arena import Arena
from pedal.audio.alsa import Card
from pedal.config import Board

_SELECT = {"left": layout.SELECT_LEFT, "right": layout.SELECT_RIGHT, "sum": layout.SELECT_SUM}


class CardWords:
    """The loop's words.

    Args:
        arena: of the link.
        put: stores a word so that others see what was stored before it.
        board: as loaded.
    """

    def __init__(self, arena: Arena, put: Callable[[int, int], None], board: Board) -> None:
        self.arena = arena
        self._put = put
        self._board = board

    def stopped(self) -> bool:
        """Whether somebody asked the pedal to stop."""
        return bool(self.arena.i64[layout.STOP])

    def count_xrun(self) -> None:
        """One more gap that the card reported."""
        self._put(layout.XRUNS, int(self.arena.i64[layout.XRUNS]) + 1)

    def announce(self, card: Card) -> None:
        """Store what whoever plays must know of the card before its first period."""
        put, board = self._put, self._board
        put(layout.RATE_HZ, card.rate_hz)
        put(layout.PERIOD_FRAMES, card.period_frames)
        put(layout.PERIODS, card.periods)
        put(layout.SAMPLE_FORMAT, card.format_code)
        put(layout.CAPTURE_CHANNELS, card.capture_channels)
        put(layout.CAPTURE_SELECT, _SELECT[board.audio.input])
        self.arena.f64[layout.CAPTURE_RIGHT] = math.nan  # what is chosen, at once: nothing was heard of this card
        put(layout.PLAYBACK_CHANNELS, card.playback_channels)
        put(layout.CPU_SCALE_MILLI, round(board.cpu_scale * 1000))
        put(layout.VIRTUAL, int(board.virtual))
        put(layout.LAST_WAKE_NS, 0)  # the time without a card was not a late wake-up
        # The watcher compares this with now as soon as the state says running.
        put(layout.AUDIO_BEAT_NS, time.monotonic_ns())

    def set_state(self, state: int) -> None:
        """Store ``STARTING``, ``RUNNING`` or ``LOST``."""
        self._put(layout.CARD_STATE, state)
