"""The panel's side of width changes: feeds the governor, asks the period thread, keeps the record.

Called by the panel's loop on every tick. The governor (``pedal.governor.decide``) is pure; this is
where its decisions meet shared memory, and where each change gets its reason and its load before
and after.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, replace
from typing import Any

from pedal import layout
from pedal.governor import decide
from pedal.governor.fit import fit
from pedal.governor.memory import Memory, after_overload
from pedal.governor.scene import Amp, Scene, Width
from pedal.link.status import Event, Status
from pedal.notes import BlockNote, RigNotes
from pedal.panel.quality import limits
from pedal.panel.rigs import AmpState, Rigs

_log = logging.getLogger("pedal.panel")

#: The load after a change is read when the mean has settled.
AFTER_S = 0.4
HISTORY = 256
OVERRAN = "a period overran"


@dataclass(slots=True)
class Change:
    """One width change that happened."""

    frame: int
    amp: str
    before: str
    after: str
    reason: str
    lag_frames: int
    warm: bool
    load_before: float
    load_after: float | None
    settled_at_s: float

    def as_dict(self) -> dict[str, Any]:
        """For status and reports."""
        return {
            "frame": self.frame,
            "amp": self.amp,
            "from": self.before,
            "to": self.after,
            "reason": self.reason,
            "lag_frames": self.lag_frames,
            "warm": self.warm,
            "load_before": round(self.load_before, 4),
            "load_after": None if self.load_after is None else round(self.load_after, 4),
        }


class Widths:
    """Widths of the playing rig's amps: decided, asked for, recorded."""

    def __init__(self, rigs: Rigs, budget: float) -> None:
        self.budget = budget
        self.changes: deque[Change] = deque(maxlen=HISTORY)
        self._rigs = rigs
        self._memory = Memory()
        self._reasons: dict[str, tuple[str, float]] = {}
        #: How much longer things take, of late, than their notes say: the book's common factor.
        self.slowness = 1.0

    def restart(self) -> None:
        """Forget what was learned about the last rig."""
        self._memory = Memory()

    def tick(self, status: Status, quality: dict[str, str], now_s: float) -> None:
        """One step of the governor."""
        for change in self.changes:
            if change.load_after is None and now_s >= change.settled_at_s:
                change.load_after = status.load_mean
                text = "%s: %s -> %s (%s); load %.0f %% -> %.0f %%"
                loads = 100.0 * change.load_before, 100.0 * change.load_after
                _log.info(text, change.amp, change.before, change.after, change.reason, *loads)
        states = {amp.block.id: amp for amp in self._rigs.amps()}
        for amp in states.values():
            if amp.held != layout.NO_WIDTH:  # answered here: the governor takes it from there
                self._ask(amp, min(amp.wanted, amp.held), OVERRAN, status)
                self._memory = after_overload(self._memory, now_s)
        load = decide.Load(status.load_mean, self.budget)
        amps = [self._corrected(self.amp_view(amp, status, quality), self.slowness) for amp in states.values()]
        self._memory, orders = decide.step(self._memory, load, Scene(tuple(amps)), now_s)
        for order in orders:
            if isinstance(order, Width):
                self._ask(states[order.id], order.width, order.reason, status)

    def make_room_for_block(self, block: BlockNote, status: Status, quality: dict[str, str]) -> bool:
        """``make_room`` for a block of the playing rig."""
        joining = block.id if block.amp is not None else ""
        extra = block.cost_ns * status.rate_hz * 1e-9 * status.cpu_scale
        reason = f"room for {block.id}: it would not fit beside Full"
        return self.make_room(extra, joining, status, quality, reason)

    def make_room(self, extra: float, joining: str, status: Status, quality: dict[str, str], reason: str) -> bool:
        """Ask for widths at which ``extra`` more load would fit, before it starts.

        Args:
            extra: share of the period of a block that is to be switched on (not an amp's model).
            joining: id of the amp that is to be switched on, or empty.
            status: now.
            quality: the player's choices by amp.
            reason: for the record.

        Returns:
            True if some amp is asked to narrow, so that the caller waits for it.
        """
        states = [amp for amp in self._rigs.amps() if amp.playing >= 0 or amp.block.owner == joining]
        slowness = max(1.0, self.slowness)
        views = [self.amp_view(amp, status, quality) for amp in states]
        views = [self._corrected(view, slowness) for view in views]
        # The mean may still be that of a narrower width, just left: never below what the others are known to cost.
        known = self._rigs.cost_without_amps_ns() * status.rate_hz * 1e-9 * status.cpu_scale
        others = max(known, status.load_mean - sum(view.cost for view in views)) + extra * slowness
        waiting = False
        for amp, width in zip(states, fit(views, others, self.budget), strict=True):
            if amp.playing < 0:
                self._rigs.ask_width(amp, width)
            elif width < amp.playing:
                self._ask(amp, width, reason, status)
                waiting = True
        return waiting

    def make_room_for_rig(self, coming: RigNotes, status: Status) -> bool:
        """Ask the amps that go on in a rig to be published for the widths that its builder found room for.

        Returns:
            True if some amp is asked to narrow, so that the caller waits for it.
        """
        starts = {block.serial: block.amp.start_idx for block in coming.blocks if block.amp is not None}
        waiting = False
        for amp in self._rigs.amps():
            start = starts.get(amp.block.serial, -1)
            if 0 <= start < amp.playing:
                self._ask(amp, start, f"room for preset {coming.preset_name}", status)
                waiting = True
            elif start >= 0 > amp.playing:
                self._rigs.ask_width(amp, start)
        return waiting

    def prefer(self, quality: dict[str, str], ids: list[str], status: Status) -> None:
        """Follow a player's choice of "full" or "lite" at once; "auto" is the governor's to fill."""
        for amp in self._rigs.amps():
            if amp.block.owner in ids and amp.playing >= 0:
                ceiling = self.amp_view(amp, status, quality).ceiling
                if quality[amp.block.owner] == "full" or ceiling < amp.playing:
                    self._ask(amp, ceiling, f"the player chose {quality[amp.block.owner]}", status)

    def is_settled(self) -> bool:
        """True when every playing amp plays what it was asked for."""
        return all(amp.playing < 0 or amp.playing <= amp.wanted for amp in self._rigs.amps())

    def amp_view(self, amp: AmpState, status: Status, quality: dict[str, str]) -> Amp:
        """An amp as the governor sees it."""
        assert amp.block.amp is not None
        share = status.rate_hz * 1e-9 * status.cpu_scale
        sides = [row.amp.costs_ns for row in amp.rows if row.amp]
        costs = tuple(sum(both) * share for both in zip(*sides, strict=True))
        floor, ceiling = limits(quality.get(amp.block.owner, "auto"), len(costs))
        return Amp(amp.block.id, costs, amp.playing, ceiling, floor)

    @staticmethod
    def _corrected(view: Amp, slowness: float) -> Amp:
        return replace(view, costs=tuple(cost * slowness for cost in view.costs))

    def note_event(self, event: Event, status: Status, now_s: float) -> Change | None:
        """Record a width event; None if it only began or ended an amp's bypass, or is of an old rig.

        Nor if it is of an amp's right side, which does as the left one did in the same period.
        """
        serial, before, after, lag_frames, warm = event.numbers
        amp = next((amp for amp in self._rigs.amps() if amp.block.serial == serial), None)
        if amp is None or amp.block.amp is None or before == layout.NO_WIDTH:
            return None
        labels = amp.block.amp.labels
        reason, load = self._reasons.pop(amp.block.id, (OVERRAN, status.load_peak))
        change = Change(
            frame=event.frame,
            amp=amp.block.id,
            before=labels[before],
            after=labels[after],
            reason=reason,
            lag_frames=lag_frames,
            warm=bool(warm),
            load_before=load,
            load_after=None,
            settled_at_s=now_s + AFTER_S,
        )
        self.changes.append(change)
        return change

    def _ask(self, amp: AmpState, width: int, reason: str, status: Status) -> None:
        if width != amp.wanted or amp.held != layout.NO_WIDTH:
            self._reasons[amp.block.id] = (reason, status.load_mean)
            self._rigs.ask_width(amp, width)
