"""The preset in work: what the verbs are about, and how it comes to sound.

Held by ``player``, used from the panel's loop only. While a preset is being built, it is that one; else the one in
hand. A rig, or a block that is switched on, may have to wait a moment until an amp has made room for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pedal.config import Board
from pedal.errors import NoRoomError
from pedal.layout import FADES_OUT, PLAYS, RINGS_OUT
from pedal.link import Link
from pedal.notes import BlockNote, RigNotes
from pedal.panel.costs import Costs
from pedal.panel.hand import Hand, switched_on
from pedal.panel.jobs import Done, Job
from pedal.panel.level_settings import LevelSettings
from pedal.panel.looper import Looper
from pedal.panel.outlet import Outlet
from pedal.panel.rigs import BYPASS_CELL, Rigs
from pedal.panel.widths import Widths
from pedal.panel.workshop import Workshop
from pedal.params import KINDS
from pedal.preset import Block, Preset, format_preset

#: A block waits at most this long for the width that makes room for it, and a preset as many ticks of the panel.
ROOM_TIMEOUT_S, ROOM_TICKS = 1.0, 20
#: Said while the kernels are compiled or loaded.
STARTING = "Getting ready: the first start takes a minute or two."


@dataclass(slots=True)
class _Pending:
    """A preset that is being built; ``preset`` has the changes made since ``built`` went to the builder."""

    number: int
    key: str
    built: Preset
    preset: Preset
    quality: dict[str, str]
    order: tuple[str, ...]  # as the hand's
    joining: str = ""  # the block that it is built for, if it is one
    waiting: tuple[int, RigNotes] | None = None  # slot and rig, once it waits for room
    ticks: int = 0  # of waiting


class Work:
    """One object; the player's verbs change it, the builder's answers and ticks bring it to sound."""

    def __init__(
        self,
        board: Board,
        link: Link,
        hand: Hand,
        rigs: Rigs,
        widths: Widths,
        workshop: Workshop,
        outlet: Outlet,
        levels: LevelSettings,
        looper: Looper,
        costs: Costs,
    ) -> None:
        self._board = board
        self._link = link
        self._hand = hand
        self._rigs = rigs
        self._widths = widths
        self._workshop = workshop
        self._outlet = outlet
        self._levels = levels
        self._looper = looper
        self._costs = costs
        self._pending: _Pending | None = None
        #: Blocks to be switched on once there is room: until when, and whether something gives way for them.
        self._waiting: dict[str, tuple[float, bool]] = {}

    @property
    def is_building(self) -> bool:
        """Whether another one than the one in hand is in work."""
        return self._pending is not None

    @property
    def key(self) -> str:
        """Of its file."""
        return self._pending.key if self._pending else self._hand.key

    @property
    def preset(self) -> Preset:
        """As it is now."""
        return self._pending.preset if self._pending else self._hand.preset

    @property
    def quality(self) -> dict[str, str]:
        """Widths chosen for its amps."""
        return self._pending.quality if self._pending else self._hand.quality

    @property
    def held(self) -> frozenset[str]:
        """Ids of its blocks that are on, but wait until there is room for them."""
        return self._hand.held if self.key == self._hand.key else frozenset()

    def hold(self, changed: Preset) -> None:
        """Keep a change of it."""
        if self._pending is not None:
            self._pending.preset = changed
        else:
            self._hand.change(changed)

    def hold_as(self, key: str, preset: Preset) -> None:
        """Hold the same sound under another key or name; nothing is built."""
        if self._pending is not None:
            self._pending.key, self._pending.preset = key, preset
        else:
            hand = self._hand
            hand.take(key, preset, hand.quality, hand.serial, hand.order, hand.held)

    def store(self, block: Block, *, from_adoption: bool = False) -> None:
        """Every parameter of its block but the bypass, which may have to wait for room, into the rig that plays."""
        if KINDS[block.kind].outside:
            return
        for cell, value in enumerate(block.kernel_values()):
            if cell != BYPASS_CELL:
                self._rigs.set_target(block.id, cell, value, from_adoption=from_adoption)

    def build(self, key: str, preset: Preset, quality: dict[str, str], joining: str = "") -> None:
        """From now on this is in work; it sounds as soon as it is built.

        A block that is ``joining`` is refused if it does not fit, and what was in work before plays on.
        """
        is_edit = self._pending is None and key == self._hand.key
        before = self._hand.order if is_edit else self._pending.order if self._pending and key == self.key else ()
        order = switched_on(before, preset)
        slot, serial, in_use = self._rigs.next_place()
        setting = self._costs.setting
        job = Job(
            number=self._workshop.next_number(),
            preset_text=format_preset(replace(preset, snapshots=())),
            origin=key,
            slot=slot,
            serial=serial,
            live=self._rigs.wanted or self._rigs.playing,
            in_use=in_use,
            rate_hz=setting.rate_hz,
            period_frames=setting.period_frames,
            cpu_scale=self._board.cpu_scale if self._board.virtual else 1.0,
            budget=self._board.budget_share,
            slowness=self._widths.slowness,
            prices=self._board.prices,
            quality=quality,
            order=order,
            held=tuple(sorted(self._hand.held)) if key == self._hand.key else (),
            joining=joining if self._pending is None else "",
            connection=self._outlet.connection.values,
            looper_db=self._looper.level_db,
            levels=self._levels.now,
            costs=self._costs.known(),
        )
        self._pending = _Pending(job.number, key, preset, preset, quality, order, joining)
        self._workshop.submit(job)

    def add(self, changed: Preset, added: Block) -> None:
        """``build`` the chain with one block more, if there may be room for it.

        Raises:
            NoRoomError: there is none; nothing was changed. Where only the builder can know what it takes, a file for
                example, it is the builder who refuses.
        """
        known, kind = self._costs.known(), KINDS[added.kind]
        costs_ns = [ns for channels in (1, 2) for ns in known.get(f"{added.price}/{channels}", ())]
        if costs_ns and not kind.asset and self._pending is None and self._rigs.is_adopted:
            self._widths.check_room(added.id, kind.label, min(costs_ns), self._link.status(), self._hand.quality)
        self.build(self.key, changed, self.quality, joining=added.id)

    def built(self, done: Done) -> str:
        """The builder's answer: publish the rig, or say why there is none. Older answers are ignored.

        Amps that go on in it may have to narrow first: then the rig waits a moment.

        Returns:
            A sentence: why there is none, or that a file is not the one that was saved; or nothing.
        """
        if self._pending is None or done.number != self._pending.number:
            return ""
        if done.notes is None:
            self._pending = None
            return done.error
        self._pending.preset = self._pending.preset.with_hashes(done.hashes)
        joining = [block for block in self._pending.built.blocks if block.id == self._pending.joining]
        beside = KINDS[joining[0].kind].label if joining else f"preset {done.notes.preset_name}"
        if self._widths.make_room_for_rig(done.notes, beside, self._link.status()):
            self._pending.waiting = done.slot, done.notes
        else:
            self._publish(self._pending, done.slot, done.notes)
        return done.warning

    def _publish(self, pending: _Pending, slot: int, notes: RigNotes) -> None:
        self._pending = None
        self._waiting.clear()
        # In this order: killed in between, a successor finds that what plays is not what is in hand.
        held = frozenset(block.id for block in notes.blocks if block.targets[BYPASS_CELL] >= FADES_OUT)
        self._hand.take(pending.key, pending.preset, pending.quality, notes.serial, pending.order, held)
        self._widths.yielding.tell_held(notes.blocks)
        self._rigs.publish(slot, notes, self._levels.now)
        for block in pending.preset.chain:
            if block != pending.built.block(block.id):
                self.store(block, from_adoption=True)
        self._outlet.apply()
        self._widths.restart()

    def switch(self, changed: Preset, block_id: str, on: bool, now_s: float, *, may_refuse: bool) -> bool:
        """A block of the one in hand on or off in the rig that plays; ``changed`` is the preset with that.

        Returns:
            False if it waits for room: for a moment, until something has given way, or longer.

        Raises:
            NoRoomError: it would not fit, and nothing was changed. If it may not be refused, it waits instead.
        """
        note = self._note(block_id)
        if not on or note is None or self._rigs.is_on(block_id):
            self._waiting.pop(block_id, None)
            self._hand.change(changed)
            if note is not None and on != self._rigs.is_on(block_id):
                self._rigs.set_target(block_id, BYPASS_CELL, PLAYS if on else RINGS_OUT)
            return True
        gives_way = False
        if self._rigs.is_adopted:  # else it is looked for when what there is to make room in plays
            try:
                gives_way = self._widths.make_room_for_block(note, self._link.status(), self._hand.quality, now_s)
            except NoRoomError:
                if may_refuse:
                    raise
                self._hand.change(changed)
                self._widths.yielding.keep_waiting(note)
                return False
        self._hand.change(changed)
        self._hand.let_go(block_id, newest=True)
        if gives_way or not self._rigs.is_adopted:
            self._waiting[block_id] = now_s + ROOM_TIMEOUT_S, gives_way
            return False
        self._rigs.set_target(block_id, BYPASS_CELL, PLAYS)
        return True

    def restore_bypass(self, block: Block, now_s: float) -> None:
        """A block plays or not as the preset in hand says, which a killed panel has left."""
        if block.id in self._hand.held:
            self._rigs.set_target(block.id, BYPASS_CELL, FADES_OUT)
        elif block.on != self._rigs.is_on(block.id):
            self.switch(self._hand.preset, block.id, block.on, now_s, may_refuse=False)

    def tick(self, now_s: float) -> None:
        """Publish and switch on what waited for room, once it is there (or did not come in time)."""
        self._rigs.look_after()
        if self._pending is not None and self._pending.waiting is not None:
            self._pending.ticks += 1
            if self._widths.is_settled() or self._pending.ticks > ROOM_TICKS:
                self._publish(self._pending, *self._pending.waiting)
        there = self._rigs.is_adopted and self._widths.is_settled()
        for block_id, (until_s, has_room) in list(self._waiting.items()):
            if there or now_s >= until_s:
                del self._waiting[block_id]
                if has_room:
                    self._rigs.set_target(block_id, BYPASS_CELL, PLAYS)
                else:
                    self.switch(self._hand.preset, block_id, True, now_s, may_refuse=False)

    def progress(self) -> str:
        """What the player waits for while nothing plays yet; empty otherwise."""
        if self._pending is None or self._rigs.playing is not None:
            return ""
        return f"Loading {self._pending.preset.name}" if self._workshop.is_ready else STARTING

    def _note(self, block_id: str) -> BlockNote | None:
        notes = self._rigs.wanted or self._rigs.playing
        return next((block for block in notes.blocks if block.id == block_id), None) if notes else None
