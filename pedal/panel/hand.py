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


class Hand:
    """The preset that plays, with the player's changes.

    Attributes:
        key: of the preset's file.
        preset: as it now is.
        quality: "full", "lite" or "auto" by amp, as chosen.
        serial: of the rig that was built from it.
        bank: name of the bank under the feet; empty: none was chosen.
    """

    def __init__(self, store: PresetStore, link: Link) -> None:
        self.store = store
        self.key = ""
        self.preset = Preset("")
        self.quality: dict[str, str] = {}
        self.serial = 0
        self.bank = ""
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
        return True

    def take(self, key: str, preset: Preset, quality: dict[str, str], serial: int) -> None:
        """Hold another preset."""
        self.key, self.preset, self.quality, self.serial = key, preset, quality, serial
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
        """Hold a changed form of the same preset."""
        self.preset = preset
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
        kept = _Kept(self._count, self.serial, self.key, text, self.quality, self.preset.snapshot, self.bank)
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


def cell_of(target: str) -> tuple[str, str]:
    """``block.parameter`` taken apart.

    Raises:
        PresetError: not of this form.
    """
    block_id, dot, name = target.partition(".")
    if not dot:
        raise PresetError(f"'{target:.60}' names no parameter", hint="Write BLOCK.PARAM, such as amp.drive_db")
    return block_id, name
