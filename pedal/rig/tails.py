"""Tails across a preset change: the echoes of the old preset go on in the new one.

Called by the builder. A tail is an ordinary row, bypassed: its instance is the old rig's, which goes on ringing while
nothing new comes in, and is skipped by the chain when it has rung out. It stands where the old one stood as seen from
behind: before the cabinet if it was before the cabinet, else behind everything the preset lists. It leaves
with the next change of preset, or if it still rings then, with a later one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pedal import layout as at
from pedal.arena import Arena
from pedal.notes import TAIL_MARK, BlockNote, RigNotes
from pedal.params import KINDS
from pedal.params.output import OUTPUT
from pedal.preset import Block
from pedal.rig.compile import Part, compile_block, with_channels

#: So many at most; the last in the chain first.
MOST_TAILS = 4
#: A tail rings on as loud as it was, whatever the new preset's level; within reason.
LEAST_GAIN, MOST_GAIN = 1e-3, 30.0
LEVEL = OUTPUT.index("level_db")


def with_tails(parts: Sequence[Part], live: RigNotes | None, arena: Arena, rate_hz: int) -> tuple[Part, ...]:
    """``parts`` and what still rings of the rig ``live``, whose rows are in ``arena``."""
    if live is None:
        return tuple(parts)
    kept, joined, taken = {part.key for part in parts}, list(parts), 0
    level = next(part.targets[LEVEL] for part in parts if part.block.kind == "output")
    quieter = _level_of(live, arena) / max(LEAST_GAIN, level)
    for index, note in reversed(list(ringing(live, arena))):
        if note.key in kept or taken == MOST_TAILS or len(joined) == at.MAX_ROWS:
            continue
        values = arena.f32[note.params_idx + 1 : note.params_idx + len(note.targets)]
        block = Block(f"{TAIL_MARK}{note.id.strip(TAIL_MARK)}", note.kind, on=False)
        targets = (1.0, *(float(value) for value in values))
        part = replace(compile_block(block, rate_hz), key=note.key, targets=targets, tail=True)
        place = _place([later.kind for later in live.blocks[index + 1 :]], joined)
        if not any(later.amp for later in joined[place:]):
            part = replace(part, tail_gain=min(MOST_GAIN, quieter * _gain_of(live, index, arena)))
        joined.insert(place, part)
        taken += 1
    return with_channels(joined)


def _level_of(live: RigNotes, arena: Arena) -> float:
    """The gain that the player has set a rig's output to."""
    output = next(note for note in live.blocks if note.kind == "output")
    return float(arena.f32[output.params_idx + LEVEL])


def _gain_of(live: RigNotes, index: int, arena: Arena) -> float:
    """Of a row of the rig ``live``: 1, but that of a tail."""
    slot = _slot_of(live, arena)
    row = (slot or 0) + at.SLOT_HEADER + index * at.ROW_FIELDS
    gain = int(arena.i64[row + at.TAIL_GAIN])
    return gain / at.TAIL_GAIN_ONE if slot is not None and gain > 0 else 1.0


def _slot_of(live: RigNotes, arena: Arena) -> int | None:
    slots = [at.SLOTS + slot * at.SLOT_STRIDE for slot in range(at.SLOT_COUNT)]
    return next((slot for slot in slots if arena.i64[slot + at.SLOT_SERIAL] == live.serial), None)


def ringing(live: RigNotes, arena: Arena) -> Iterator[tuple[int, BlockNote]]:
    """Blocks of a rig that may have a tail to come, and their numbers in its chain."""
    words = arena.i64
    slot = _slot_of(live, arena)
    if slot is None:
        return
    for index, note in enumerate(live.blocks):
        row = slot + at.SLOT_HEADER + index * at.ROW_FIELDS
        silent = words[words[row + at.QUIET]] >= words[row + at.QUIET_FRAMES]
        silent |= arena.f32[note.params_idx] >= at.FADES_OUT
        # A cabinet's is over before anybody misses it, and without its file it could not be compiled again.
        if KINDS[note.kind].bypass == "tail" and not KINDS[note.kind].asset and not silent:
            yield index, note


def _place(behind: Sequence[str], parts: Sequence[Part]) -> int:
    """Where a tail goes that had blocks of the kinds ``behind`` behind it."""
    kinds = [part.block.kind for part in parts]
    place = kinds.index("dc")
    for kind in ("cab", "amp"):
        if kind in behind and kind in kinds:
            place = min(place, len(kinds) - 1 - kinds[::-1].index(kind))
    return place
