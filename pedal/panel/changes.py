"""The record of all that the governor changed: what, why, and the load before and after. One log line for each.

Used by the panel's loop, through ``widths``; read by status, ``pedal governor`` and the page of the menu.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pedal.governor.scene import OFF, DropTails, Hold, Impulse, Order, Release, Scene, Taps
from pedal.link.status import Status

_log = logging.getLogger("pedal.panel")

#: The load after a change is read when the mean has settled.
AFTER_S = 0.4
HISTORY = 256
Kind = Literal["width", "taps", "tails", "block"]


@dataclass(slots=True)
class Change:
    """One change that happened.

    Attributes:
        frame: of the period thread.
        kind: what sort of thing gave way or came back.
        block: its id; empty of tails.
        before, after: what it played, in words.
        reason: a sentence for players.
        lag_frames: from request to change, and warm: of a width only, whether the understudy had it ready.
        load_before: mean share of the period; load_after: the same when it has settled, None until then.
        settled_at_s: when that is.
    """

    frame: int
    kind: Kind
    block: str
    before: str
    after: str
    reason: str
    load_before: float
    settled_at_s: float
    lag_frames: int = 0
    warm: bool = True
    load_after: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """For status and reports."""
        about: dict[str, Any] = {
            "frame": self.frame,
            "kind": self.kind,
            "block": self.block,
            "from": self.before,
            "to": self.after,
            "reason": self.reason,
            "load_before": round(self.load_before, 4),
            "load_after": None if self.load_after is None else round(self.load_after, 4),
        }
        if self.kind == "width":
            about |= {"amp": self.block, "lag_frames": self.lag_frames, "warm": self.warm}
        return about


class Changes:
    """The last changes, the newest at the end."""

    def __init__(self) -> None:
        self._all: deque[Change] = deque(maxlen=HISTORY)

    def __iter__(self) -> Iterator[Change]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def add(self, change: Change) -> Change:
        """One more."""
        self._all.append(change)
        return change

    def settle(self, status: Status, now_s: float) -> None:
        """Read the load after those that have settled, and log them."""
        for change in self._all:
            if change.load_after is None and now_s >= change.settled_at_s:
                change.load_after = status.load_mean
                text = "%s: %s -> %s (%s); load %.0f %% -> %.0f %%"
                loads = 100.0 * change.load_before, 100.0 * change.load_after
                _log.info(text, change.block or "echoes", change.before, change.after, change.reason, *loads)

    def of(self, kind: Kind | None = None) -> list[dict[str, Any]]:
        """All of one kind, or of all, for reports."""
        return [change.as_dict() for change in self._all if kind is None or change.kind == kind]


def change_of(order: Taps | DropTails | Hold | Release, scene: Scene, status: Status, now_s: float) -> Change:
    """What to record of an order that is carried out at once; ``scene`` is as it was before."""
    kind, block, before, after = _words(order, scene)
    return Change(status.frame, kind, block, before, after, order.reason, status.load_mean, now_s + AFTER_S)


def _words(order: Order, scene: Scene) -> tuple[Kind, str, str, str]:
    match order:
        case Taps(id=name, size=size):
            impulse = next(impulse for impulse in scene.impulses if impulse.id == name)
            return "taps", name, _share(impulse, impulse.playing), _share(impulse, size)
        case Hold(id=name):
            return "block", name, "on", "waits"
        case Release(id=name):
            return "block", name, "waits", "on"
    return "tails", "", "ring on", "end"


def _share(impulse: Impulse, size: int) -> str:
    """A size of a cabinet, in words."""
    if size == OFF:
        return "off"
    fewer = len(impulse.costs) - 1 - size
    return ("all taps", "fewer taps", "few taps")[min(fewer, 2)]
