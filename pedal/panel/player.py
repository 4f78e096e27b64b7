"""What the player does, done: presets, blocks, knobs, bypass, quality. The verbs of the pedal.

Called by the panel's loop for footswitches and for the control socket alike. Every verb either does
its thing or raises a ``PedalError`` with one sentence; what plays goes on in either case. While a
preset is being built, the verbs are about that one: whoever went to a preset and turns a knob means
the new preset's.
"""

from __future__ import annotations

import logging
import threading

from pedal.config import Board
from pedal.errors import ControlError, PedalError
from pedal.link import Link, Word
from pedal.panel.controls.taps import Taps
from pedal.panel.costs import Costs
from pedal.panel.hand import Hand, cell_of
from pedal.panel.jobs import Done
from pedal.panel.level_settings import LevelSettings
from pedal.panel.looper import Looper
from pedal.panel.outlet import Outlet
from pedal.panel.quality import is_quality
from pedal.panel.rigs import Rigs
from pedal.panel.widths import Widths
from pedal.panel.work import Work
from pedal.panel.workshop import Workshop
from pedal.params import BYPASS, KINDS
from pedal.params.tempo import FASTEST_BPM, SLOWEST_BPM, TEMPO
from pedal.params.words import parse_shown, shown
from pedal.preset import Block, Preset, format_preset

_log = logging.getLogger("pedal.panel")

#: The guitar as it is: what plays when something in a preset makes the panel fail.
PLAIN = Preset("Plain")


class Player:
    """The verbs. One object, used from the panel's loop only, but for ``bypass``.

    Attributes:
        message: one sentence for the page, or empty.
        outlet: how the pedal is connected.
        notice: what stands there as long as there is no message and no other preset was chosen, or empty.
        levels: the pedal's level settings.
        looper: outside of all presets.
        beat_at_s: when the foot, or a clock, last gave a beat; on the monotonic clock.
        work: the preset that the verbs are about.
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
        costs: Costs,
    ) -> None:
        self.outlet = outlet
        self.levels = LevelSettings(rigs, board.input_dbu_at_0dbfs, board.audio.input)
        self.looper = Looper(board.looper, rigs)
        self.message = self.levels.trouble or outlet.message
        self.notice = ""
        self.beat_at_s = 0.0
        self._link = link
        self._hand = hand
        self._rigs = rigs
        self._widths = widths
        self._bypassing = threading.Lock()
        self._taps = Taps()
        self.work = Work(board, link, hand, rigs, widths, workshop, outlet, self.levels, self.looper, costs)

    @property
    def is_bypassed(self) -> bool:
        """The whole pedal."""
        return bool(self._link.get(Word.BYPASSED))

    @property
    def key(self) -> str:
        """Of the preset that the verbs are about: the one being built, else the one in hand."""
        return self.work.key

    @property
    def preset(self) -> Preset:
        """The preset that the verbs are about."""
        return self.work.preset

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
            self.work.build(self._hand.key, self._hand.preset, self._hand.quality)
            return
        for block in self._hand.preset.chain:
            self.work.store(block)
            self.work.restore_bypass(block, now_s)

    def tell(self, sentence: str) -> None:
        """Say it on the page."""
        self.message = sentence

    def begin_plain(self, reason: str) -> None:
        """Play a plain preset instead of one with which the panel kept failing; that one is kept on disk."""
        try:
            key = self._hand.set_aside()
            kept = f" What you had is kept as preset '{key}'." if key else ""
        except PedalError as error:
            kept = f" What you had could not be kept: {error}"
            _log.error("the preset that could not be kept:\n%s", format_preset(self._hand.preset))
        self._hand.take("", PLAIN, {}, serial=0)
        self.work.build("", PLAIN, {})
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
        self.work.build(key, loaded.preset, {})

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
        """The builder's answer; older ones are ignored."""
        self.message = self.work.built(done) or self.message

    def tick(self, now_s: float) -> None:
        """What waited for room comes; what gave way, or came back, is told."""
        self.work.tick(now_s)
        self.message = self._widths.yielding.take_said() or self.message

    def tap(self, at_s: float) -> None:
        """A foot taps the beat: from the second tap on, every block of the preset that has a tempo follows."""
        bpm = self._taps.tap(at_s)
        if bpm is None:
            return
        followers = self.set_tempo(bpm, at_s)
        self.message = f"{bpm:.0f} bpm" if followers else "Nothing here follows a tempo."

    def set_tempo(self, bpm: float, beat_at_s: float) -> list[str]:
        """Every block of the preset that has a tempo takes this one; returns their ids. A beat was at ``beat_at_s``."""
        self.beat_at_s = beat_at_s
        followers = [block.id for block in self.preset.blocks if has_tempo(block)]
        for block_id in followers:
            self.set_param(f"{block_id}.{TEMPO}", min(max(SLOWEST_BPM, bpm), FASTEST_BPM), beat_at_s)
        return followers

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
            self.work.build(self.key, self.preset.with_option(block_id, name, text), self.work.quality)
            return text
        param = kind.params[kind.index(name, f"block '{block_id}'")]
        number = parse_shown(param, value, f"block '{block_id}'") if isinstance(value, str) else value
        if param is BYPASS:
            self.switch_block(block_id, number < 0.5, now_s)
            return shown(param, number)
        changed = self.preset.with_value(block_id, name, number)
        if param.builds:
            if _costs_otherwise(self.preset, changed):
                self.work.build(self.key, changed, self.work.quality)
            return shown(param, number)
        self.work.hold(changed)
        if not self.work.is_building:
            self.work.store(self._hand.preset.block(block_id))
        return shown(param, number)

    def switch_block(self, block_id: str, on: bool, now_s: float, *, may_refuse: bool = True) -> bool:
        """Switch a block on or off; on may wait for room. Returns False if it waits.

        Raises:
            PresetError: no such block, or one that every chain needs.
            NoRoomError: it does not fit; nothing was changed. Not if it may not be refused: then it waits.
        """
        changed = self.preset.with_on(block_id, on)
        if self.work.is_building:  # the builder knows what fits
            self.work.hold(changed)
            self.work.build(self.key, self.preset, self.work.quality)
            return True
        return self.work.switch(changed, block_id, on, now_s, may_refuse=may_refuse)

    def change_to(self, changed: Preset, now_s: float) -> None:
        """Another setting of the same blocks: all parameters ramp there; blocks switched on may wait for room."""
        before = self.preset
        switched = [block for block in changed.blocks if block.on != before.block(block.id).on]
        if _costs_otherwise(before, changed) or (switched and self.work.is_building):
            self.work.build(self.key, changed, self.work.quality)
            return
        self.work.hold(changed)
        if self.work.is_building:
            return
        for block in changed.chain:
            if block != before.block(block.id):
                self.work.store(block)
        for block in sorted(switched, key=lambda block: block.on):  # what is switched off makes room
            self.switch_block(block.id, block.on, now_s, may_refuse=False)

    def set_quality(self, quality: str, amp_number: int | None) -> list[str]:
        """Choose a width, or limits, for one amp (from 1) or for all; returns the amps' ids.

        Raises:
            ControlError: no such amp.
        """
        if not is_quality(quality):
            raise ControlError(f"'{quality:.20}' is no width", hint="Use full, lite, auto, or limits such as 2..full")
        ids = [block.id for block in self.preset.blocks if block.kind == "amp"]
        if amp_number is not None:
            if not 1 <= amp_number <= len(ids):
                raise ControlError(f"there is no amp {amp_number}", hint=f"This preset has {len(ids)}")
            ids = [ids[amp_number - 1]]
        chosen = dict.fromkeys(ids, quality)
        if self.work.is_building:
            self.work.build(self.key, self.preset, self.work.quality | chosen)
            return ids
        self._hand.quality |= chosen
        self._hand.keep()
        self._widths.prefer(self._hand.quality, ids, self._link.status())
        return ids


def has_tempo(block: Block) -> bool:
    """Whether a block follows a tempo."""
    return any(param.name == TEMPO for param in KINDS[block.kind].params)


def _costs_otherwise(before: Preset, after: Preset) -> bool:
    """Whether a block of both has another word of those for which the chain is built anew."""
    words = [(block, param.name) for block in after.chain for param in KINDS[block.kind].params if param.builds]
    return any(block.value(name) != before.block(block.id).value(name) for block, name in words)
