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
from pedal.preset import Block
from pedal.rig.compile import Part, compile_block, with_channels

#: So many at most; the last in the chain first.
MOST_TAILS = 4


def with_tails(parts: Sequence[Part], live: RigNotes | None, arena: Arena, rate_hz: int) -> tuple[Part, ...]:
    """``parts`` and what still rings of the rig ``live``, whose rows are in ``arena``."""
    if live is None:
        return tuple(parts)
    kept, joined, taken = {part.key for part in parts}, list(parts), 0
    for index, note in reversed(list(ringing(live, arena))):
        if note.key in kept or taken == MOST_TAILS or len(joined) == at.MAX_ROWS:
            continue
        values = arena.f32[note.params_idx + 1 : note.params_idx + len(note.targets)]
        block = Block(f"{TAIL_MARK}{note.id.strip(TAIL_MARK)}", note.kind, on=False)
        targets = (1.0, *(float(value) for value in values))
        part = replace(compile_block(block, rate_hz), key=note.key, targets=targets, tail=True)
        behind = [later.kind for later in live.blocks[index + 1 :]]
        joined.insert(_place(behind, joined), part)
        taken += 1
    return with_channels(joined)


def ringing(live: RigNotes, arena: Arena) -> Iterator[tuple[int, BlockNote]]:
    """Blocks of a rig that may have a tail to come, and their numbers in its chain."""
    words = arena.i64
    slots = [at.SLOTS + slot * at.SLOT_STRIDE for slot in range(at.SLOT_COUNT)]
    slot = next((slot for slot in slots if words[slot + at.SLOT_SERIAL] == live.serial), None)
    if slot is None:
        return
    for index, note in enumerate(live.blocks):
        row = slot + at.SLOT_HEADER + index * at.ROW_FIELDS
        silent = words[words[row + at.QUIET]] >= words[row + at.QUIET_FRAMES]
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
