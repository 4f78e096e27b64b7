"""What the period thread tells of: changes of width, blocks that broke, periods that took too long.

Used by the panel's loop, for every event in turn: the journal gets its line, the page its message, reports their list.
"""

from __future__ import annotations

import logging
from collections import deque
from typing import Any

from pedal import layout
from pedal.link.status import Event, Status
from pedal.panel.changes import Change
from pedal.panel.player import Player
from pedal.panel.rigs import Rigs
from pedal.panel.widths import Widths

_log = logging.getLogger("pedal.panel")

#: Overruns kept for reports.
OVERRUNS_KEPT = 32


class Events:
    """Told one event after the other.

    Attributes:
        overruns: the newest, as reports have them.
    """

    def __init__(self, rigs: Rigs, widths: Widths, player: Player) -> None:
        self.overruns: deque[dict[str, Any]] = deque(maxlen=OVERRUNS_KEPT)
        self._rigs = rigs
        self._widths = widths
        self._player = player

    def heard(self, event: Event, status: Status, now_s: float) -> None:
        """What an event means for people."""
        if event.kind == layout.EVENT_WIDTH:
            change = self._widths.note_event(event, status, now_s)
            if change is not None:
                self._tell(change, event, status)
        elif event.kind == layout.EVENT_GUARD:
            notes = self._rigs.playing
            names = {block.serial: block.id for block in notes.blocks} if notes else {}
            name = names.get(event.numbers[0], "a block")
            self._player.message = f"{name} made a broken signal and was reset."
            _log.warning("%s made a signal that is not finite; muted and reset", name)
        elif event.kind == layout.EVENT_OVERRUN:
            load_milli, used_ns, wall_ns = event.numbers[:3]
            overrun = {"frame": event.frame, "load": load_milli / 1e3, "used_s": used_ns / 1e9, "wall_s": wall_ns / 1e9}
            self.overruns.append(overrun)
            text = "frame %d: a period overran: load %.0f %% (%.2f ms of work in %.2f ms)"
            _log.warning(text, event.frame, load_milli / 10.0, used_ns / 1e6, wall_ns / 1e6)

    def _tell(self, change: Change, event: Event, status: Status) -> None:
        """Why an amp is narrower now; whoever chose the width himself knows."""
        _, before, after, *_ = event.numbers
        amp = next((amp for amp in self._rigs.amps() if amp.block.id == change.block), None)
        if amp is None:
            return
        ceiling = self._widths.amp_view(amp, status, self._player.work.quality).ceiling
        if after < min(before, ceiling):
            starts = change.reason.startswith("Plays ")
            self._player.message = change.reason if starts else f"Plays {change.after}: {change.reason}"
