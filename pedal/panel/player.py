"""What the player does, done: presets, blocks, knobs, bypass, quality. The verbs of the pedal.

Called by the panel's loop for footswitches and for the control socket alike. Every verb either does
its thing or raises a ``PedalError`` with one sentence; what plays goes on in either case. While a
preset is being built, the verbs are about that one: whoever went to a preset and turns a knob means
the new preset's.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from pedal.config import Board
from pedal.errors import ControlError, PedalError
from pedal.link import Link, Word
from pedal.notes import BlockNote, RigNotes
from pedal.panel.controls.taps import Taps
from pedal.panel.hand import Hand, cell_of
from pedal.panel.jobs import Done, Job
from pedal.panel.level_settings import LevelSettings
from pedal.panel.looper import Looper
from pedal.panel.outlet import Outlet
from pedal.panel.quality import CHOICES
from pedal.panel.rigs import BYPASS_CELL, Rigs
from pedal.panel.widths import Widths
from pedal.panel.workshop import Workshop
from pedal.params import BYPASS, KINDS
from pedal.params.tempo import SLOWEST_BPM, TEMPO
from pedal.params.words import parse_shown, shown
from pedal.preset import Block, Preset, format_preset

_log = logging.getLogger("pedal.panel")

#: The guitar as it is: what plays when something in a preset makes the panel fail.
PLAIN = Preset("Plain")
#: A block waits at most this long for the width that makes room for it, and a preset as many ticks of the panel.
ROOM_TIMEOUT_S, ROOM_TICKS = 1.0, 20


@dataclass(slots=True)
class _Pending:
    """A preset that is being built; ``preset`` has the changes made since ``built`` went to the builder."""

    number: int
    key: str
    built: Preset
    preset: Preset
    quality: dict[str, str]
    waiting: tuple[int, RigNotes] | None = None  # slot and rig, once it waits for room
    ticks: int = 0  # of waiting


class Player:
    """The verbs. One object, used from the panel's loop only, but for ``bypass``.

    Attributes:
        message: one sentence for the page, or empty.
        outlet: how the pedal is connected.
        notice: what stands there as long as there is no message and no other preset was chosen, or empty.
        levels: the pedal's level settings.
        looper: outside of all presets.
    """

    def __init__(
        self,
        board: Board,
        link: Link,
        hand: Hand,
        rigs: Rigs,
        widths: Widths,
        workshop: Workshop,
        outlet: Outlet,
    ) -> None:
        self.outlet = outlet
        self.levels = LevelSettings(rigs, board.input_dbu_at_0dbfs, board.audio.input)
        self.looper = Looper(board.looper, rigs)
        self.message = self.levels.trouble or outlet.message
        self.notice = ""
        self._board = board
        self._link = link
        self._hand = hand
        self._rigs = rigs
        self._widths = widths
        self._workshop = workshop
        self._bypassing = threading.Lock()
        self._taps = Taps()
        self._pending: _Pending | None = None
        self._waiting: dict[str, float] = {}  # blocks to be switched on once there is room, and until when

    @property
    def is_bypassed(self) -> bool:
        """The whole pedal."""
        return bool(self._link.get(Word.BYPASSED))

    @property
    def key(self) -> str:
        """Of the preset that the verbs are about: the one being built, else the one in hand."""
        return self._pending.key if self._pending else self._hand.key

    @property
    def preset(self) -> Preset:
        """The preset that the verbs are about."""
        return self._pending.preset if self._pending else self._hand.preset

    @property
    def quality(self) -> dict[str, str]:
        """Widths chosen for its amps."""
        return self._pending.quality if self._pending else self._hand.quality

    def begin(self, now_s: float) -> None:
        """Go on with what a killed panel left playing; else play the first preset there is."""
        self.levels.apply()
        if not self._hand.recall():
            try:
                self.step(1)
            except PedalError as error:
                self.message = str(error)
            self.message = self.message or self.levels.trouble
            return
        wanted = self._rigs.wanted
        # It was killed before it could publish, or the board has got a looper since.
        if wanted is None or wanted.serial != self._hand.serial or self.looper.lacks(wanted):
            self._build(self._hand.key, self._hand.preset, self._hand.quality)
            return
        for block in self._hand.preset.chain:
            self._store(block)
            if block.on != self._rigs.is_on(block.id):
                self.switch_block(block.id, block.on, now_s)

    def begin_plain(self, reason: str) -> None:
        """Play a plain preset instead of one with which the panel kept failing; that one is kept on disk."""
        try:
            key = self._hand.set_aside()
            kept = f" What you had is kept as preset '{key}'." if key else ""
        except PedalError as error:
            kept = f" What you had could not be kept: {error}"
            _log.error("the preset that could not be kept:\n%s", format_preset(self._hand.preset))
        self._hand.take("", PLAIN, {}, serial=0)
        self._build("", PLAIN, {})
        self.notice = f"Plain sound. {reason}{kept}"
        _log.warning("%s", self.notice)

    def bypass(self, on: bool | None) -> bool:
        """Bypass the pedal, or change over; returns what it is now. The one verb for any thread."""
        with self._bypassing:
            now = not self.is_bypassed if on is None else on
            self._link.put(Word.BYPASSED, int(now))
        return now

    def toggle_bypass(self) -> None:
        """What a bypass switch does."""
        self.bypass(None)

    def select(self, key: str) -> None:
        """Begin to play the preset of ``key``; it sounds as soon as it is built.

        Raises:
            PresetError: it cannot be read.
        """
        loaded = self._hand.store.load(key)
        self.message, self.notice = loaded.warning, ""
        self._build(key, loaded.preset, {})

    def hold_as(self, key: str, preset: Preset) -> None:
        """Hold the same sound under another key or name; nothing is built."""
        if self._pending is not None:
            self._pending.key, self._pending.preset = key, preset
        else:
            self._hand.take(key, preset, self._hand.quality, self._hand.serial)

    def step(self, by: int) -> None:
        """Begin to play the next (1) or previous (-1) preset that can be read.

        Raises:
            PresetError: there is none.
        """
        key, trouble = self.key, None
        for _ in range(max(1, len(self._hand.store.entries()))):
            key = self._hand.store.step(key, by)
            try:
                self.select(key)
            except PedalError as error:
                trouble = error
                continue
            if trouble is not None:
                self.message = str(trouble)
            return
        raise trouble or ControlError("there is no preset")

    def built(self, done: Done) -> None:
        """The builder's answer: publish the rig, or say why there is none. Older answers are ignored.

        Amps that go on in it may have to narrow first: then the rig waits a moment.
        """
        if self._pending is None or done.number != self._pending.number:
            return
        if done.notes is None:
            self._pending, self.message = None, done.error
        elif self._widths.make_room_for_rig(done.notes, self._link.status()):
            self._pending.waiting = done.slot, done.notes
        else:
            self._publish(self._pending, done.slot, done.notes)

    def _publish(self, pending: _Pending, slot: int, notes: RigNotes) -> None:
        self._pending = None
        self._waiting.clear()
        # In this order: killed in between, a successor finds that what plays is not what is in hand.
        self._hand.take(pending.key, pending.preset, pending.quality, notes.serial)
        self._rigs.publish(slot, notes, self.levels.now)
        for block in pending.preset.chain:
            if block != pending.built.block(block.id):
                self._store(block)
        self.outlet.apply()
        self._widths.restart()

    def tap(self, at_s: float) -> None:
        """A foot taps the beat: from the second tap on, every block of the preset that has a tempo follows."""
        bpm = self._taps.tap(at_s)
        if bpm is None:
            return
        followers = [block.id for block in self.preset.blocks if _has_tempo(block)]
        for block_id in followers:
            self.set_param(f"{block_id}.{TEMPO}", max(SLOWEST_BPM, bpm), at_s)
        self.message = f"{bpm:.0f} bpm" if followers else "Nothing here follows a tempo."

    def set_param(self, target: str, value: float | str, now_s: float) -> str:
        """Set ``block.parameter`` to a number or to what was typed; the sound ramps there. Returns it in words.

        An option, or a block's file, may be set as well: then the preset is built anew.

        Raises:
            PresetError: unknown, or it cannot be so.
        """
        block_id, name = cell_of(target)
        kind = KINDS[self.preset.block(block_id).kind]
        if name == kind.asset or kind.option(name):
            text = value if isinstance(value, str) else f"{value:g}"
            self._build(self.key, self.preset.with_option(block_id, name, text), self.quality)
            return text
        param = kind.params[kind.index(name, f"block '{block_id}'")]
        number = parse_shown(param, value, f"block '{block_id}'") if isinstance(value, str) else value
        if param is BYPASS:
            self.switch_block(block_id, number < 0.5, now_s)
            return shown(param, number)
        self._hold(self.preset.with_value(block_id, name, number))
        if self._pending is None:
            self._store(self._hand.preset.block(block_id))
        return shown(param, number)

    def switch_block(self, block_id: str, on: bool, now_s: float) -> bool:
        """Switch a block on or off; on may wait a moment for room. Returns False if it waits.

        Raises:
            PresetError: no such block, or one that every chain needs.
        """
        self._hold(self.preset.with_on(block_id, on))
        if self._pending is not None:  # the builder chooses the widths that leave room for it
            self._build(self._pending.key, self._pending.preset, self._pending.quality)
            return True
        self._waiting.pop(block_id, None)
        note = self._note(block_id)
        if note is not None and on and not self._rigs.is_on(block_id):
            status, quality = self._link.status(), self._hand.quality
            if not self._rigs.is_adopted or self._widths.make_room_for_block(note, status, quality):
                self._waiting[block_id] = now_s + ROOM_TIMEOUT_S
                return False
        self._rigs.set_target(block_id, BYPASS_CELL, 0.0 if on else 1.0)
        return True

    def set_quality(self, quality: str, amp_number: int | None) -> list[str]:
        """Choose "full", "lite" or "auto" for one amp (from 1) or for all; returns the amps' ids.

        Raises:
            ControlError: no such amp.
        """
        if quality not in CHOICES:
            raise ControlError(f"'{quality}' is no width", hint="Use full, lite or auto")
        ids = [block.id for block in self.preset.blocks if block.kind == "amp"]
        if amp_number is not None:
            if not 1 <= amp_number <= len(ids):
                raise ControlError(f"there is no amp {amp_number}", hint=f"This preset has {len(ids)}")
            ids = [ids[amp_number - 1]]
        chosen = dict.fromkeys(ids, quality)
        if self._pending is not None:
            self._build(self._pending.key, self._pending.preset, self._pending.quality | chosen)
            return ids
        self._hand.quality |= chosen
        self._hand.keep()
        self._widths.prefer(self._hand.quality, ids, self._link.status())
        return ids

    def tick(self, now_s: float) -> None:
        """Publish and switch on what waited for room, once it is there (or did not come in time)."""
        self._rigs.look_after()
        if self._pending is not None and self._pending.waiting is not None:
            self._pending.ticks += 1
            if self._widths.is_settled() or self._pending.ticks > ROOM_TICKS:
                self._publish(self._pending, *self._pending.waiting)
        there = self._rigs.is_adopted and self._widths.is_settled()
        for block_id in [block_id for block_id, until_s in self._waiting.items() if there or now_s >= until_s]:
            del self._waiting[block_id]
            self._rigs.set_target(block_id, BYPASS_CELL, 0.0)

    def progress(self) -> str:
        """What the player waits for while nothing plays yet; empty otherwise."""
        if self._pending is None or self._rigs.playing is not None:
            return ""
        return f"Loading {self._pending.preset.name}" if self._workshop.is_ready else STARTING

    def _hold(self, changed: Preset) -> None:
        if self._pending is not None:
            self._pending.preset = changed
        else:
            self._hand.change(changed)

    def _store(self, block: Block) -> None:
        """Every parameter of a preset's block but its bypass, which may have to wait for room."""
        if KINDS[block.kind].outside:
            return
        for cell, value in enumerate(block.kernel_values()):
            if cell != BYPASS_CELL:
                self._rigs.set_target(block.id, cell, value)

    def _build(self, key: str, preset: Preset, quality: dict[str, str]) -> None:
        slot, serial, in_use = self._rigs.next_place()
        audio = self._board.audio
        job = Job(
            number=self._workshop.next_number(),
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
            slowness=self._widths.slowness,
            prices=self._board.prices,
            quality=quality,
            connection=self.outlet.connection.values,
            looper_db=self.looper.level_db,
            levels=self.levels.now,
        )
        self._pending = _Pending(job.number, key, preset, preset, quality)
        self._workshop.submit(job)

    def _note(self, block_id: str) -> BlockNote | None:
        notes = self._rigs.wanted or self._rigs.playing
        return next((block for block in notes.blocks if block.id == block_id), None) if notes else None


def _has_tempo(block: Block) -> bool:
    return any(param.name == TEMPO for param in KINDS[block.kind].params)


#: Said while the kernels are compiled or loaded.
STARTING = "Getting ready: the first start takes a minute or two."
