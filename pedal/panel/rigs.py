"""The panel's hands on the link: publishing rigs, storing parameters, reading amps.

Used by the panel's loop only: the panel is the one writer of parameters. Nothing here waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pedal import layout
from pedal.levels import Levels, input_gain, output_gain
from pedal.link import Link, Word
from pedal.notes import AmpNote, BlockNote, RigNotes, decode_notes, encode_notes
from pedal.units import gain_from_db

#: Rounds of the understudy after which it has certainly let go of an old rig.
_ROUNDS = 2
#: The first parameter of every kind (``pedal.params``).
BYPASS_CELL = 0


@dataclass(frozen=True, slots=True)
class AmpState:
    """An amp of the playing rig: its rows (two, if it plays twice), and its widths as indices (-1: not playing)."""

    rows: tuple[BlockNote, ...]
    playing: int
    wanted: int
    held: int

    @property
    def block(self) -> BlockNote:
        """The row that stands for it: the only one, or the left."""
        return self.rows[0]


class Rigs:
    """Which rig plays, which is wanted, and whose memory is still in use."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._published: dict[int, RigNotes] = {}
        self._retiring: list[tuple[int, RigNotes, int]] = []
        self._last_playing = link.get(Word.PLAYING_SLOT)
        for slot in {self._last_playing, link.get(Word.WANTED_SLOT)} - {-1}:
            notes = self._stored(slot)
            if notes is not None:
                self._published[slot] = notes
        self._serial = max((notes.serial for notes in self._published.values()), default=0)

    @property
    def playing(self) -> RigNotes | None:
        """Notes of the rig that sounds."""
        return self._published.get(self.link.get(Word.PLAYING_SLOT))

    def notes_of(self, slot: int) -> RigNotes | None:
        """Notes of the rig in a slot; None: there is none that we know."""
        return self._published.get(slot)

    def reprice(self, costs: Mapping[str, tuple[float, ...]]) -> None:
        """From now on the notes say what the book says, ns per frame of each size by cost key."""
        self._published = {slot: notes.priced(costs) for slot, notes in self._published.items()}

    @property
    def wanted(self) -> RigNotes | None:
        """Notes of the rig that sounds from the next period on."""
        return self._published.get(self.link.get(Word.WANTED_SLOT))

    @property
    def is_adopted(self) -> bool:
        """True when the wanted rig is the one that plays."""
        return self.link.get(Word.PLAYING_SLOT) == self.link.get(Word.WANTED_SLOT)

    def is_on(self, block_id: str) -> bool:
        """Whether a block of the wanted rig is switched on, or is about to be."""
        blocks = self.wanted.blocks if self.wanted else ()
        cells = self.link.arena.f32
        return any(
            block.id == block_id and cells[cell] < 0.5
            for index, block in enumerate(blocks)
            for cell in self._cells(self.link.get(Word.WANTED_SLOT), index, block)[-1:]
        )

    def next_place(self) -> tuple[int, int, tuple[tuple[int, int], ...]]:
        """Slot, serial and memory in use, for the next build."""
        self.look_after()
        taken = {self.link.get(Word.PLAYING_SLOT), self.link.get(Word.WANTED_SLOT)}
        free = [slot for slot in range(layout.SLOT_COUNT) if slot not in taken]
        retiring = [slot for slot, _, _ in self._retiring]
        slot = min(free, key=lambda slot: slot in retiring)  # the understudy may still be reading that one
        self._serial += 1
        in_use = [notes.regions for place, notes in self._published.items() if place in taken]
        in_use += [notes.regions for _, notes, _ in self._retiring]
        return slot, self._serial, tuple(sorted({region for regions in in_use for region in regions}))

    def publish(self, slot: int, notes: RigNotes, levels: Levels) -> None:
        """Let the period thread adopt ``slot`` at an edge soon.

        Until then the playing rig goes on as it is; blocks that are in both get their new targets from the builder's
        slot, at that edge.
        """
        for amp in notes.amps:
            self._store_gains(amp, levels)
        self.link.write_notes(slot, encode_notes(notes))
        self._published[slot] = notes
        self.link.put(Word.WANTED_SLOT, slot)

    def look_after(self) -> None:
        """Notice an adoption, and forget old rigs that nobody reads any more."""
        playing, rounds = self.link.get(Word.PLAYING_SLOT), self.link.get(Word.UNDERSTUDY_ROUND)
        if playing != self._last_playing:
            old = self._published.get(self._last_playing)
            if old is not None:
                self._retiring.append((self._last_playing, old, rounds))
            self._last_playing = playing
        self._retiring = [retired for retired in self._retiring if rounds - retired[2] < _ROUNDS]

    def set_target(self, block_id: str, cell: int, value: float, *, from_adoption: bool = False) -> None:
        """Store one parameter, in every rig that has the block (the playing and a wanted one).

        Or only in the wanted one (``from_adoption``): of what plays until then, nothing changes.
        """
        slots = {self.link.get(Word.WANTED_SLOT), self.link.get(Word.PLAYING_SLOT)}
        for slot in {self.link.get(Word.WANTED_SLOT)} if from_adoption else slots:
            notes = self._published.get(slot)
            for index, block in enumerate(notes.blocks if notes else ()):
                if block.owner == block_id and cell < len(block.targets):
                    cells = self._cells(slot, index, block)
                    for targets in cells[-1:] if from_adoption else cells:
                        self.link.arena.f32[targets + cell] = value

    def set_levels(self, levels: Levels) -> None:
        """Store both gains of every amp, in the playing rig and a wanted one; kernels ramp there."""
        for notes in (self.playing, self.wanted):
            for amp in notes.amps if notes else ():
                self._store_gains(amp, levels)

    def amps(self) -> tuple[AmpState, ...]:
        """The playing rig's amps, in the order of sound."""
        notes, words = self.playing, self.link.arena.i64
        sides: dict[str, list[BlockNote]] = {}
        for block in notes.blocks if notes else ():
            if block.amp is not None:
                sides.setdefault(block.owner, []).append(block)
        states = []
        for rows in sides.values():
            records = [block.amp.record_idx for block in rows if block.amp]
            held = [int(words[record + layout.AMP_HELD]) for record in records]
            states.append(
                AmpState(
                    tuple(rows),
                    int(words[records[0] + layout.AMP_PLAYING]),
                    int(words[records[0] + layout.AMP_WANTED]),
                    min((width for width in held if width != layout.NO_WIDTH), default=layout.NO_WIDTH),
                )
            )
        return tuple(states)

    def ask_width(self, amp: AmpState, width: int) -> None:
        """Ask for a width; lifts the hold of an overrun, which this answers."""
        for row in amp.rows:
            assert row.amp is not None
            self.link.put(row.amp.record_idx + layout.AMP_WANTED, width)
        if amp.held != layout.NO_WIDTH and width <= amp.held:
            for row in amp.rows:
                assert row.amp is not None
                self.link.put(row.amp.record_idx + layout.AMP_HELD, layout.NO_WIDTH)

    def _store_gains(self, amp: AmpNote, levels: Levels) -> None:
        gains = (input_gain(amp.levels, levels), output_gain(amp.levels, levels))
        for cell, gain in enumerate(gains, amp.gains_idx):
            self.link.arena.f32[cell] = gain_from_db(gain.gain_db)

    def _cells(self, slot: int, index: int, block: BlockNote) -> tuple[int, ...]:
        """Where a block's targets lie, and last, if the rig is yet to be adopted, where they are to come from then."""
        row = layout.SLOTS + slot * layout.SLOT_STRIDE + layout.SLOT_HEADER + index * layout.ROW_FIELDS
        words = self.link.arena.i64
        if slot == self.link.get(Word.PLAYING_SLOT) or words[row + layout.NEW_COUNT] == 0:
            return (block.params_idx,)
        return block.params_idx, int(words[row + layout.NEW_TARGETS])

    def _stored(self, slot: int) -> RigNotes | None:
        try:
            return decode_notes(self.link.read_notes(slot))
        except ValueError:
            return None
