"""The panel's side of the governor: makes its scene, carries out its orders, keeps the record of widths.

Called by the panel's loop on every tick. The governor (``pedal.governor.decide``) is pure; this is
where its decisions meet shared memory, and where each change gets its reason and its load before
and after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pedal import layout
from pedal.errors import NoRoomError
from pedal.governor import decide, words
from pedal.governor.admit import Joining, admit
from pedal.governor.memory import Memory, after_joining, after_overload
from pedal.governor.scene import Amp, Extra, Order, Scene, Width
from pedal.link.status import Event, Status
from pedal.notes import BlockNote, RigNotes
from pedal.panel.changes import AFTER_S, Change, Changes, change_of
from pedal.panel.hand import Hand
from pedal.panel.quality import limits
from pedal.panel.rigs import AmpState, Rigs
from pedal.panel.yielding import Yielding, can_wait

OVERRAN = "a period overran"


class Widths:
    """Widths of the playing rig's amps: decided, asked for, recorded; and whatever else gives way.

    Attributes:
        budget: share of the period.
        changes: of widths and of all else, the last ones.
        yielding: cabinets, tails and blocks that wait.
    """

    def __init__(self, rigs: Rigs, hand: Hand, budget: float) -> None:
        self.budget = budget
        self.yielding = Yielding(rigs, hand)
        self.changes = Changes()
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
        self.changes.settle(status, now_s)
        states = {amp.block.id: amp for amp in self._rigs.amps()}
        for amp in states.values():
            if amp.held != layout.NO_WIDTH:  # answered here: the governor takes it from there
                self._ask(amp, min(amp.wanted, amp.held), OVERRAN, status)
                self._memory = after_overload(self._memory, now_s)
        load = decide.Load(status.load_mean, self.budget)
        scene = self.scene(status, quality, self.slowness)
        self._memory, orders = decide.step(self._memory, load, scene, now_s)
        self._carry_out(orders, scene, status, now_s)

    def scene(self, status: Status, quality: dict[str, str], slowness: float) -> Scene:
        """What plays, as the governor sees it."""
        amps = [self._corrected(self.amp_view(amp, status, quality), slowness) for amp in self._rigs.amps()]
        return self.yielding.scene(amps, status, slowness)

    def make_room_for_block(self, block: BlockNote, status: Status, quality: dict[str, str], now_s: float) -> bool:
        """Let give way what must before a block of the playing rig starts.

        Args:
            block: it is to be switched on.
            status: now.
            quality: the player's choices by amp.
            now_s: the same now, on the panel's clock.

        Returns:
            True if something gives way that plays, so that the caller waits for it.

        Raises:
            NoRoomError: there is no room for it even if all that can gives way; nothing was changed.
        """
        slowness = max(1.0, self.slowness)
        scene = self.scene(status, quality, slowness)
        joining = self._joining(scene, block, status.rate_hz * 1e-9 * status.cpu_scale * slowness)
        if joining is None:
            return False
        admission = admit(scene, joining, self.budget)
        if admission.refusal:
            raise NoRoomError.saying(admission.refusal)
        self._carry_out(admission.orders, scene, status, now_s)
        gives_way = any(getattr(order, "id", "") != block.owner for order in admission.orders)
        if gives_way:
            self._memory = after_joining(self._memory, now_s)
        return gives_way

    def check_room(self, block_id: str, name: str, cost_ns: float, status: Status, quality: dict[str, str]) -> None:
        """Whether a new block that takes ``cost_ns`` of every frame may be added.

        Raises:
            NoRoomError: not even if all that can gives way.
        """
        slowness = max(1.0, self.slowness)
        scene = self.scene(status, quality, slowness)
        joining = Extra(block_id, cost_ns * status.rate_hz * 1e-9 * status.cpu_scale * slowness, name=name)
        if refusal := admit(scene, joining, self.budget).refusal:
            raise NoRoomError.saying(refusal)

    def _joining(self, scene: Scene, block: BlockNote, share: float) -> Joining | None:
        """The block as the governor sees it; None: it is none of the governor's."""
        parts: tuple[Joining, ...] = (*scene.amps, *scene.impulses, *scene.extras)
        there = next((part for part in parts if part.id == block.owner), None)
        return there or (self.yielding.extra(block, share) if can_wait(block) else None)

    def _carry_out(self, orders: Sequence[Order], scene: Scene, status: Status, now_s: float) -> None:
        states = {amp.block.id: amp for amp in self._rigs.amps()}
        for order in orders:
            if not isinstance(order, Width):
                if self.yielding.carry_out(order):
                    self.changes.add(change_of(order, scene, status, now_s))
            elif states[order.id].playing < 0:
                self._rigs.ask_width(states[order.id], order.width)
            else:
                self._ask(states[order.id], order.width, order.reason, status)

    def make_room_for_rig(self, coming: RigNotes, beside: str, status: Status) -> bool:
        """Ask amps and cabinets that go on in a rig to be published for what its builder found room for.

        Args:
            coming: the rig.
            beside: what it brings that there must be room for, as players call it.
            status: now.

        Returns:
            True if some amp is asked to narrow, or a cabinet to play fewer taps, so that the caller waits for it.
        """
        starts = {block.serial: block.amp.start_idx for block in coming.blocks if block.amp is not None}
        sizes = {block.serial: block.impulse.start_idx for block in coming.blocks if block.impulse is not None}
        waiting = self.yielding.start_smaller(sizes)
        for amp in self._rigs.amps():
            start = starts.get(amp.block.serial, -1)
            if 0 <= start < amp.playing:
                self._ask(amp, start, words.width(self.amp_view(amp, status, {}), start, beside).reason, status)
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
        """True when every playing amp and cabinet plays what it was asked for."""
        amps = all(amp.playing < 0 or amp.playing <= amp.wanted for amp in self._rigs.amps())
        return amps and self.yielding.is_settled()

    def amp_view(self, amp: AmpState, status: Status, quality: dict[str, str]) -> Amp:
        """An amp as the governor sees it."""
        assert amp.block.amp is not None
        share = status.rate_hz * 1e-9 * status.cpu_scale
        sides = [row.amp.costs_ns for row in amp.rows if row.amp]
        costs = tuple(sum(both) * share for both in zip(*sides, strict=True))
        floor, ceiling = limits(quality.get(amp.block.owner, "auto"), len(costs))
        name = self.yielding.name_of(amp.block)
        return Amp(amp.block.id, costs, amp.playing, ceiling, floor, amp.block.amp.labels, name)

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
            kind="width",
            block=amp.block.id,
            before=labels[before],
            after=labels[after],
            reason=reason,
            lag_frames=lag_frames,
            warm=bool(warm),
            load_before=load,
            settled_at_s=now_s + AFTER_S,
        )
        return self.changes.add(change)

    def _ask(self, amp: AmpState, width: int, reason: str, status: Status) -> None:
        if width != amp.wanted or amp.held != layout.NO_WIDTH:
            self._reasons[amp.block.id] = (reason, status.load_mean)
            self._rigs.ask_width(amp, width)
