"""The preset in hand: what was loaded, what the player has changed since, and what must survive.

Used by the panel's loop. Kept in the link beside the rigs, so that a panel that was killed goes on
with the player's changes; nothing is written to disk here. It is written to two places in turn, each
with its own check sum: a panel killed while it writes leaves the one before.
"""

from __future__ import annotations

import itertools
import zlib
from dataclasses import replace

import msgspec

from pedal import layout
from pedal.errors import PresetError
from pedal.library.presets import PresetStore
from pedal.link import Link
from pedal.preset import Preset, Snapshot, format_preset, parse_preset
from pedal.preset.snapshots import fitting

_CHECK_BYTES = 4
#: Of a preset's key, in the name that it is rescued under.
_KEY_CHARS = 48


class _Kept(msgspec.Struct):
    count: int
    serial: int
    key: str
    text: str
    quality: dict[str, str]
    snapshot: int = 0
    bank: str = ""
    order: tuple[str, ...] = ()
    held: tuple[str, ...] = ()


class Hand:
    """The preset that plays, with the player's changes.

    Attributes:
        key: of the preset's file.
        preset: as it now is.
        quality: "full", "lite" or "auto" by amp, as chosen.
        serial: of the rig that was built from it.
        bank: name of the bank under the feet; empty: none was chosen.
        order: ids of the blocks that are on, in the order in which they were switched on, a preset's in that of its
            chain: the last one is the newest.
        held: ids of those that wait until there is room for them; in the preset they are on.
    """

    def __init__(self, store: PresetStore, link: Link) -> None:
        self.store = store
        self.key = ""
        self.preset = Preset("")
        self.quality: dict[str, str] = {}
        self.serial = 0
        self.bank = ""
        self.order: tuple[str, ...] = ()
        self.held: frozenset[str] = frozenset()
        self._link = link
        self._count = 0

    def recall(self) -> bool:
        """Take back what a killed panel had in hand; False if it left nothing readable."""
        kept = max((kept for kept in map(self._read, layout.HAND_NOTES) if kept), key=lambda k: k.count, default=None)
        if kept is None:
            return False
        try:
            self.preset = parse_preset(kept.text, "preset in hand")
        except PresetError:
            return False
        self.key, self.quality, self.serial, self._count = kept.key, kept.quality, kept.serial, kept.count
        self.preset = replace(self.preset, snapshots=self._snapshots(), snapshot=kept.snapshot)
        self.bank = kept.bank
        self.order, self.held = switched_on(kept.order, self.preset), frozenset(kept.held)
        return True

    def take(
        self,
        key: str,
        preset: Preset,
        quality: dict[str, str],
        serial: int,
        order: tuple[str, ...] = (),
        held: frozenset[str] = frozenset(),
    ) -> None:
        """Hold another preset, whose blocks were switched on in this ``order`` (or in that of its chain)."""
        self.key, self.preset, self.quality, self.serial = key, preset, quality, serial
        self.order, self.held = switched_on(order, preset), held
        self.keep()

    def hold_back(self, block_id: str) -> None:
        """A block that is on waits from now on."""
        self.held |= {block_id}
        self.keep()

    def let_go(self, block_id: str, *, newest: bool = False) -> None:
        """A block waits no longer; it may have become the newest."""
        self.held -= {block_id}
        if newest:
            self.order = switched_on(tuple(other for other in self.order if other != block_id), self.preset)
        self.keep()

    def set_aside(self) -> str:
        """Save what a panel that kept failing left in hand among the player's presets, if it is nowhere on disk.

        Returns:
            The key under which it is to be found; empty if there was nothing in hand.

        Raises:
            PresetError: the disk refuses; it is then still in hand.
        """
        if not self.recall() or not (self.key or self.preset.blocks):  # a plain one: of an earlier start like this
            return ""
        taken = {entry.key for entry in self.store.entries()}
        if self.key in taken and self._is_saved_as(self.key):
            return self.key
        name = f"{self.key[:_KEY_CHARS]}-rescued".lstrip("-")
        for number in itertools.count(1):
            key = name if number == 1 else f"{name}-{number}"
            if key not in taken:
                self.store.save(key, self.preset)
                return key
            if self._is_saved_as(key):  # by a predecessor that died in between
                return key
        raise AssertionError("numbers do not end")

    def change(self, preset: Preset) -> None:
        """Hold a changed form of the same preset; a block that is switched on in it is the newest."""
        self.preset, self.order = preset, switched_on(self.order, preset)
        self.held &= frozenset(self.order)
        self.keep()

    def choose_bank(self, name: str) -> None:
        """From now on this bank is under the feet."""
        self.bank = name
        self.keep()

    def keep(self) -> None:
        """Write it down where a successor finds it."""
        self._count += 1
        # Its snapshots are on disk, and would not fit.
        text = format_preset(replace(self.preset, snapshots=()))
        kept = _Kept(
            self._count,
            self.serial,
            self.key,
            text,
            self.quality,
            self.preset.snapshot,
            self.bank,
            self.order,
            tuple(sorted(self.held)),
        )
        data = msgspec.json.encode(kept)
        place = layout.HAND_NOTES[self._count % len(layout.HAND_NOTES)]
        self._link.write_notes(place, zlib.crc32(data).to_bytes(_CHECK_BYTES, "little") + data)

    def position(self) -> tuple[int, int]:
        """Number of the preset in the list, from 1 (0: not in it), and the length of the list."""
        keys = [entry.key for entry in self.store.entries()]
        return (keys.index(self.key) + 1 if self.key in keys else 0), len(keys)

    def _snapshots(self) -> tuple[Snapshot, ...]:
        try:
            return fitting(self.store.load(self.key).preset.snapshots, self.preset)
        except PresetError:
            return ()

    def _is_saved_as(self, key: str) -> bool:
        try:
            return self.store.load(key).preset.is_like(self.preset)
        except PresetError:
            return False

    def _read(self, place: int) -> _Kept | None:
        written = self._link.read_notes(place)
        check, data = written[:_CHECK_BYTES], written[_CHECK_BYTES:]
        if not data or zlib.crc32(data).to_bytes(_CHECK_BYTES, "little") != check:
            return None
        try:
            return msgspec.json.decode(data, type=_Kept)
        except msgspec.MsgspecError:
            return None


def switched_on(before: tuple[str, ...], preset: Preset) -> tuple[str, ...]:
    """Ids of the blocks that are on: those of ``before`` in their order, then the others in that of the chain."""
    on = [block.id for block in preset.blocks if block.on]
    return (*(block_id for block_id in before if block_id in on), *(one for one in on if one not in before))


def cell_of(target: str) -> tuple[str, str]:
    """``block.parameter`` taken apart.

    Raises:
        PresetError: not of this form.
    """
    block_id, dot, name = target.partition(".")
    if not dot:
        raise PresetError(f"'{target:.60}' names no parameter", hint="Write BLOCK.PARAM, such as amp.drive_db")
    return block_id, name
