"""What the player does, done: presets, blocks, knobs, bypass, quality. The verbs of the pedal.

Called by the panel's loop for footswitches and for the control socket alike. Every verb either does
its thing or raises a ``PedalError`` with one sentence; what plays goes on in either case.
"""

from __future__ import annotations

from dataclasses import dataclass

from pedal.config import Board
from pedal.errors import ControlError, PedalError
from pedal.link import Link, Word
from pedal.notes import BlockNote
from pedal.panel.hand import Hand
from pedal.panel.jobs import Done, Job
from pedal.panel.quality import CHOICES
from pedal.panel.rigs import Rigs
from pedal.panel.widths import Widths
from pedal.panel.workshop import Workshop
from pedal.params import BYPASS
from pedal.preset import Preset, format_preset

#: A block waits at most this long for the width that makes room for it.
ROOM_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A block to be switched on once there is room."""

    block_id: str
    until_s: float


class Player:
    """The verbs. One object, used from the panel's loop only."""

    def __init__(self, board: Board, link: Link, hand: Hand, rigs: Rigs, widths: Widths, workshop: Workshop) -> None:
        self._board = board
        self._link = link
        self._hand = hand
        self._rigs = rigs
        self._widths = widths
        self._workshop = workshop
        self._number = 0
        self._pending: tuple[str, Preset, dict[str, str]] | None = None
        self._waiting: list[_Waiting] = []
        self.message = ""

    @property
    def is_bypassed(self) -> bool:
        """The whole pedal."""
        return bool(self._link.get(Word.BYPASSED))

    def bypass(self, on: bool | None) -> bool:
        """Bypass the pedal, or change over; returns what it is now."""
        now = not self.is_bypassed if on is None else on
        self._link.put(Word.BYPASSED, int(now))
        return now

    def select(self, key: str) -> Preset:
        """Begin to play the preset of ``key``; it sounds as soon as it is built.

        Raises:
            PresetError: it cannot be read.
        """
        loaded = self._hand.store.load(key)
        self.message = loaded.warning
        self._build(key, loaded.preset, {})
        return loaded.preset

    def step(self, by: int) -> str:
        """Begin to play the next (1) or previous (-1) preset that can be read; returns its key.

        Raises:
            PresetError: there is none.
        """
        start = self._pending[0] if self._pending else self._hand.key
        key, trouble = start, None
        for _ in range(max(1, len(self._hand.store.entries()))):
            key = self._hand.store.step(key, by)
            try:
                self.select(key)
            except PedalError as error:
                trouble = error
                continue
            if trouble is not None:
                self.message = str(trouble)
            return key
        raise trouble or ControlError("there is no preset")

    def resume(self) -> None:
        """Play what is in hand, as it is in hand."""
        self._build(self._hand.key, self._hand.preset, self._hand.quality)

    def built(self, done: Done) -> None:
        """The builder's answer to the newest job: publish, or say why not."""
        if done.number != self._number and done.number != -1:
            return
        pending, self._pending = self._pending, None
        if done.notes is None:
            self.message = done.error
            return
        if pending is not None:
            key, preset, quality = pending
            self._hand.take(key, preset)
            self._hand.quality = quality
            self._hand.keep()
        self._waiting.clear()
        self._rigs.publish(done.slot, done.notes)
        self._widths.restart()

    def set_param(self, target: str, value: float) -> None:
        """Set ``block.parameter``; the sound ramps there.

        Raises:
            PresetError: unknown, or out of range.
        """
        block_id, name = self._hand.cell(target)
        if name == BYPASS.name:
            self.switch_block(block_id, value < 0.5, 0.0)
            return
        self._hand.change(self._hand.preset.with_value(block_id, name, value))
        cell, kernel_value = self._hand.kernel_cell(block_id, name)
        self._rigs.set_target(block_id, cell, kernel_value)

    def switch_block(self, block_id: str, on: bool, now_s: float) -> bool:
        """Switch a block on or off; on may wait a moment for room. Returns False if it waits.

        Raises:
            PresetError: no such block, or one that every chain needs.
        """
        self._hand.change(self._hand.preset.with_on(block_id, on))
        self._waiting = [waiting for waiting in self._waiting if waiting.block_id != block_id]
        note = self._note(block_id)
        if on and note is not None and self._make_room(note):
            self._waiting.append(_Waiting(block_id, now_s + ROOM_TIMEOUT_S))
            return False
        self._rigs.set_target(block_id, 0, 0.0 if on else 1.0)
        return True

    def set_quality(self, quality: str, amp_number: int | None) -> list[str]:
        """Choose "full", "lite" or "auto" for one amp (from 1) or for all; returns the amps' ids.

        Raises:
            ControlError: no such amp.
        """
        if quality not in CHOICES:
            raise ControlError(f"'{quality}' is no width", hint="Use full, lite or auto")
        ids = [amp.block.id for amp in self._rigs.amps()]
        if amp_number is not None:
            if not 1 <= amp_number <= len(ids):
                raise ControlError(f"there is no amp {amp_number}", hint=f"This preset has {len(ids)}")
            ids = [ids[amp_number - 1]]
        for block_id in ids:
            self._hand.quality[block_id] = quality
        self._hand.keep()
        self._widths.prefer(self._hand.quality, ids, self._link.status())
        return ids

    def tick(self, now_s: float) -> None:
        """Switch on what waited for room, once it is there (or did not come in time)."""
        self._rigs.look_after()
        if self._waiting and (self._widths.is_settled() or now_s >= self._waiting[0].until_s):
            for waiting in self._waiting:
                self._rigs.set_target(waiting.block_id, 0, 0.0)
            self._waiting.clear()

    def _build(self, key: str, preset: Preset, quality: dict[str, str]) -> None:
        slot, serial, in_use = self._rigs.next_place()
        self._number += 1
        self._pending = (key, preset, quality)
        audio = self._board.audio
        job = Job(
            number=self._number,
            preset_text=format_preset(preset),
            origin=key,
            slot=slot,
            serial=serial,
            live=self._rigs.wanted or self._rigs.playing,
            in_use=in_use,
            rate_hz=self._link.get(Word.RATE_HZ) or audio.rate_hz,
            period_frames=self._link.get(Word.PERIOD_FRAMES) or audio.period_frames,
            cpu_scale=self._board.cpu_scale if self._board.virtual else 1.0,
            budget=self._board.budget_share,
            quality=quality,
        )
        self._workshop.submit(job)

    def _make_room(self, note: BlockNote) -> bool:
        status = self._link.status()
        share = status.rate_hz * 1e-9 * status.cpu_scale
        joining = note.id if note.amp is not None else ""
        reason = f"room for {note.id}: it would not fit beside Full"
        return self._widths.make_room(note.cost_ns * share, joining, status, self._hand.quality, reason)

    def _note(self, block_id: str) -> BlockNote | None:
        notes = self._rigs.playing
        return next((block for block in notes.blocks if block.id == block_id), None) if notes else None
