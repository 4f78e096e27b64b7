"""What gives way besides the widths of amps: cabinets' taps, tails, and blocks that are held. Seen, and carried out.

Used by the panel's loop, through ``widths``. The governor (``pedal.governor``) is pure; here its scene is made of what
the link and the preset in hand say, and its orders become words in the link. A block that is held is on for the player,
whose preset says so and is saved so; that it waits stands beside it (``hand``), so that whoever comes after a killed
panel knows it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pedal import layout
from pedal.governor import words
from pedal.governor.scene import OFF, Amp, DropTails, Extra, Hold, Impulse, Release, Scene, Taps
from pedal.link import Word
from pedal.link.status import Status
from pedal.notes import TAIL_MARK, BlockNote
from pedal.panel.hand import Hand
from pedal.panel.rigs import BYPASS_CELL, Rigs
from pedal.params import KINDS

_log = logging.getLogger("pedal.panel")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the playing rig, and where it lies."""

    block: BlockNote
    row_idx: int


class Yielding:
    """The panel's hands for all that gives way.

    Attributes:
        said: what to tell the player, since somebody took it; empty: nothing.
    """

    def __init__(self, rigs: Rigs, hand: Hand) -> None:
        self.said = ""
        self._rigs = rigs
        self._hand = hand

    def scene(self, amps: Sequence[Amp], status: Status, slowness: float) -> Scene:
        """All of the rig that plays; ``slowness`` is how much longer things take than their notes say."""
        share = status.rate_hz * 1e-9 * status.cpu_scale * slowness
        rows = list(self._rows())
        on = [row.block for row in rows if self._bypass(row.block) == layout.PLAYS]
        waiting = [row.block for row in rows if row.block.id in self._hand.held]
        parts = {block.id: block for block in (*on, *waiting) if can_wait(block)}
        extras = [self.extra(parts[block_id], share) for block_id in self._hand.order if block_id in parts]
        known = Scene(
            tuple(amps),
            tuple(self.impulse(row.block, share) for row in rows if row.block.impulse and row.block.impulse.costs_ns),
            tuple(extras),
            sum(row.block.cost_ns for row in rows if self._rings(row)) * share,
        )
        fixed = sum(block.cost_ns for block in on if KINDS[block.kind].bypass == "own" and block.amp is None) * share
        others = max(fixed, status.load_mean - known.known)
        return Scene(known.amps, known.impulses, known.extras, known.tails, others)

    def extra(self, block: BlockNote, share: float) -> Extra:
        """A block that can wait; ``share`` makes a share of the period of nanoseconds per frame."""
        return Extra(block.id, block.cost_ns * share, held=block.id in self._hand.held, name=self.name_of(block))

    def impulse(self, block: BlockNote, share: float) -> Impulse:
        """A cabinet."""
        assert block.impulse is not None
        plays = self._bypass(block) == layout.PLAYS and not self._rigs.link.get(Word.CABS_OFF)
        size = self._rigs.link.get(block.impulse.sizes_idx + layout.SIZE_WANTED) if plays else OFF
        return Impulse(block.id, tuple(ns * share for ns in block.impulse.costs_ns), size, self.name_of(block))

    def name_of(self, block: BlockNote) -> str:
        """What players call it: its kind; its id where the preset has several."""
        kinds = [other.kind for other in self._hand.preset.blocks]
        return KINDS[block.kind].label if kinds.count(block.kind) <= 1 else block.id

    def carry_out(self, order: Taps | DropTails | Hold | Release) -> bool:
        """Do it; everything ramps. Returns whether that changed anything."""
        match order:
            case Taps(id=block_id, size=size):
                return self._ask_size(block_id, size)  # hardly heard: nobody is told
            case DropTails():
                self._drop_tails()
            case Hold(id=block_id):
                self._hand.hold_back(block_id)  # before: killed in between, a successor holds it
                self._rigs.set_target(block_id, BYPASS_CELL, layout.FADES_OUT)
            case Release(id=block_id):
                self._hand.let_go(block_id)
                self._rigs.set_target(block_id, BYPASS_CELL, layout.PLAYS)
        self.said = order.reason
        return True

    def keep_waiting(self, block: BlockNote) -> None:
        """One that is switched on, but not for now: not even now, when it could be refused."""
        order = words.hold(self.extra(block, 0.0))
        self.carry_out(order)
        _log.info("%s", order.reason)

    def tell_held(self, blocks: Sequence[BlockNote]) -> None:
        """Of blocks of a rig that starts without them: say that they wait."""
        waiting = [self.extra(block, 0.0) for block in blocks if block.id in self._hand.held]
        if len(waiting) == 1:
            self.said = words.hold(waiting[0]).reason
        elif waiting:
            *others, last = (extra.name for extra in waiting)
            self.said = f"{', '.join(others)} and {last} wait: not enough CPU"

    def start_smaller(self, starts: dict[int, int]) -> bool:
        """Ask cabinets that go on in a rig to be published for the sizes it has room for; True if one gives way.

        Args:
            starts: size index by serial.
        """
        waiting = False
        for row in self._rows():
            note, size = row.block.impulse, starts.get(row.block.serial, OFF)
            if note is not None and OFF < size < self._rigs.link.get(note.sizes_idx + layout.SIZE_WANTED):
                self._ask_size(row.block.id, size)
                waiting |= self._bypass(row.block) == layout.PLAYS
        return waiting

    def is_settled(self) -> bool:
        """Every cabinet that plays has the size that it was asked for."""
        words = self._rigs.link.arena.i64
        notes = [row.block.impulse for row in self._rows() if self._bypass(row.block) == layout.PLAYS]
        return self._rigs.link.get(Word.CABS_OFF) != 0 or all(
            words[note.sizes_idx + layout.SIZE_PLAYING] <= words[note.sizes_idx + layout.SIZE_WANTED]
            for note in notes
            if note is not None
        )

    def take_said(self) -> str:
        """What to tell the player, once."""
        said, self.said = self.said, ""
        return said

    def _ask_size(self, block_id: str, size: int) -> bool:
        """Whether that is another one than before."""
        wanted = [
            row.block.impulse.sizes_idx + layout.SIZE_WANTED
            for row in self._rows()
            if row.block.id == block_id and row.block.impulse is not None
        ]
        others = [word for word in wanted if self._rigs.link.get(word) != size]
        for word in others:
            self._rigs.link.put(word, size)
        return bool(others)

    def _drop_tails(self) -> None:
        for row in self._rows():
            if self._rings(row):
                self._rigs.link.arena.f32[row.block.params_idx + BYPASS_CELL] = layout.FADES_OUT

    def _rings(self, row: _Row) -> bool:
        """Off, but still heard, of this preset or an earlier one; nobody has said that it is to end."""
        words = self._rigs.link.arena.i64
        silent = words[words[row.row_idx + layout.QUIET]] >= words[row.row_idx + layout.QUIET_FRAMES]
        kind = KINDS[row.block.kind]
        is_off = self._bypass(row.block) == layout.RINGS_OUT or row.block.id.startswith(TAIL_MARK)
        ends = self._bypass(row.block) == layout.FADES_OUT
        return bool(kind.bypass == "tail" and not kind.asset and is_off and not ends and not silent)

    def _bypass(self, block: BlockNote) -> float:
        value = float(self._rigs.link.arena.f32[block.params_idx + BYPASS_CELL])
        return min((layout.PLAYS, layout.RINGS_OUT, layout.FADES_OUT), key=lambda position: abs(position - value))

    def _rows(self) -> Iterator[_Row]:
        slot = self._rigs.link.get(Word.PLAYING_SLOT)
        notes = self._rigs.notes_of(slot)
        start = layout.SLOTS + slot * layout.SLOT_STRIDE + layout.SLOT_HEADER
        for index, block in enumerate(notes.blocks if notes else ()):
            yield _Row(block, start + index * layout.ROW_FIELDS)


def can_wait(block: BlockNote) -> bool:
    """Whether the governor may hold it: no amp, no cabinet, nothing that every chain has."""
    return KINDS[block.kind].bypass != "own" and block.impulse is None and not block.id.startswith(TAIL_MARK)
