"""What the governor changed: the record for status and `pedal governor`, and a line of the journal for each change.

Used by ``widths``, in the panel's loop. Every change has a reason, and the load before and after it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pedal.governor.scene import DropTails, Hold, Release, Taps
from pedal.link.status import Status

_log = logging.getLogger("pedal.panel")

#: The load after a change is read when the mean has settled.
AFTER_S = 0.4
HISTORY = 256

What = Literal["width", "taps", "tails", "hold", "release"]
_WHAT: dict[type[object], What] = {Taps: "taps", DropTails: "tails", Hold: "hold", Release: "release"}


@dataclass(slots=True)
class Change:
    """One change that happened.

    Attributes:
        frame: of the sound.
        what: an amp's width, a cabinet's taps, tails that were cut short, a block that waits or is back.
        block: which; empty of tails.
        reason: in words.
        load_before, load_after: shares of the period; the latter once it is known.
        before, after: widths, as players call them; else empty.
        lag_frames, warm: of a width; see ``rig/width.py``.
        settled_at_s: when the load after it is read; None until somebody has looked at the clock.
    """

    frame: int
    what: What
    block: str
    reason: str
    load_before: float
    load_after: float | None = None
    before: str = ""
    after: str = ""
    lag_frames: int = 0
    warm: bool = True
    settled_at_s: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """For status and reports."""
        about: dict[str, Any] = {
            "frame": self.frame,
            "what": self.what,
            "block": self.block,
            "reason": self.reason,
            "load_before": round(self.load_before, 4),
            "load_after": None if self.load_after is None else round(self.load_after, 4),
        }
        if self.what == "width":
            about |= {"amp": self.block, "from": self.before, "to": self.after}
            about |= {"lag_frames": self.lag_frames, "warm": self.warm}
        return about


class Changes:
    """The last of them, the newest last."""

    def __init__(self) -> None:
        self._last: deque[Change] = deque(maxlen=HISTORY)

    def __iter__(self) -> Iterator[Change]:
        return iter(self._last)

    def __len__(self) -> int:
        return len(self._last)

    def note(self, change: Change) -> Change:
        """It happened."""
        self._last.append(change)
        return change

    def note_order(self, order: Taps | DropTails | Hold | Release, status: Status) -> None:
        """It is carried out now."""
        block = "" if isinstance(order, DropTails) else order.id
        self.note(Change(status.frame, _WHAT[type(order)], block, order.reason, status.load_mean))

    def tick(self, status: Status, now_s: float) -> None:
        """Read the load after changes that are some time ago, and write them into the journal."""
        for change in self._last:
            if change.load_after is not None:
                continue
            if change.settled_at_s is None:
                change.settled_at_s = now_s + AFTER_S
            elif now_s >= change.settled_at_s:
                change.load_after = status.load_mean
                what = f"{change.block}: {change.before} -> {change.after} ({change.reason})"
                said = what if change.what == "width" else change.reason
                _log.info("%s; load %.0f %% -> %.0f %%", said, 100.0 * change.load_before, 100.0 * change.load_after)
