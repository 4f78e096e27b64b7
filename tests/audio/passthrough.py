"""A pedal with nothing in it, for tests: plays what it hears, through the real card and the real loop.

``python passthrough.py SETTINGS PERIODS STALL_AT``: SETTINGS is JSON for the card; with STALL_AT
periods left it computes for longer than any buffer lasts. Prints one JSON object a
line: what the loop reports, each state, each xrun; at the end the number of periods. ALSA reads its
configuration once a process, so tests that need a card of their own run this.
"""

from __future__ import annotations

import json
import sys
import time
from types import SimpleNamespace
from typing import Any

import numpy as np

from pedal.arena import Arena
from pedal.audio.alsa import FORMATS, Card, open_card
from pedal.audio.loop import play


def say(**fields: Any) -> None:
    print(json.dumps(fields), flush=True)


class PassThrough:
    """The loop's words and its compiled call in one: both are only a few lines here."""

    def __init__(self, periods: int, stall_at: int) -> None:
        self.arena = Arena.allocate(4096)
        self.periods_left = periods
        self.stall_at = stall_at
        self.card: Card | None = None

    def stopped(self) -> bool:
        return self.periods_left <= 0

    def count_xrun(self) -> None:
        say(xrun=self.periods_left)

    def announce(self, card: Card) -> None:
        self.card = card

    def set_state(self, state: int) -> None:
        say(state=state)

    def play_period(self, _f32: Any, _f64: Any, _i64: Any, captured: Any, played: Any, frames: int) -> None:
        assert self.card is not None
        sample_bytes = FORMATS[self.card.format][0]
        frame = captured.reshape(frames, self.card.capture_channels, sample_bytes)
        played.reshape(frames, self.card.playback_channels, sample_bytes)[:] = np.broadcast_to(
            frame[:, :1], (frames, self.card.playback_channels, sample_bytes)
        )
        if self.periods_left == self.stall_at:
            time.sleep(0.2)
        self.periods_left -= 1


def main() -> None:
    settings = SimpleNamespace(**json.loads(sys.argv[1]))
    pedal = PassThrough(int(sys.argv[2]), int(sys.argv[3]))
    play(lambda: open_card(settings), pedal, pedal.play_period, lambda line: say(report=line))
    say(left=pedal.periods_left)


if __name__ == "__main__":
    main()
