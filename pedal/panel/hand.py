"""The preset in hand: what was loaded, what the player has changed since, and what must survive.

Used by the panel's loop. Kept in the link beside the rigs, so that a panel that was killed goes on
with the player's changes; nothing is written to disk here.
"""

from __future__ import annotations

import msgspec

from pedal import layout
from pedal.errors import PedalError, PresetError
from pedal.library.presets import PresetStore
from pedal.link import Link
from pedal.params import KINDS
from pedal.preset import Preset, format_preset, parse_preset


class _Kept(msgspec.Struct):
    key: str
    text: str
    quality: dict[str, str] = {}


class Hand:
    """Key and content of the preset that plays or is about to, and the chosen quality per amp."""

    def __init__(self, store: PresetStore, link: Link) -> None:
        self.store = store
        self.key = ""
        self.preset = Preset("")
        self.quality: dict[str, str] = {}
        self._link = link

    def recall(self) -> bool:
        """Take back what a killed panel had in hand; False if it left nothing readable."""
        try:
            kept = msgspec.json.decode(self._link.read_notes(layout.HAND_NOTES), type=_Kept)
            self.preset = parse_preset(kept.text, "preset in hand")
        except (msgspec.MsgspecError, PresetError):
            return False
        self.key, self.quality = kept.key, kept.quality
        return True

    def take(self, key: str, preset: Preset) -> None:
        """Hold another preset."""
        self.key, self.preset, self.quality = key, preset, {}
        self.keep()

    def change(self, preset: Preset) -> None:
        """Hold a changed form of the same preset."""
        self.preset = preset
        self.keep()

    def keep(self) -> None:
        """Write it down where a successor finds it."""
        kept = _Kept(self.key, format_preset(self.preset), self.quality)
        self._link.write_notes(layout.HAND_NOTES, msgspec.json.encode(kept))

    def position(self) -> tuple[int, int]:
        """Number of the preset in the list, from 1 (0: not in it), and the length of the list."""
        keys = [entry.key for entry in self.store.entries()]
        return (keys.index(self.key) + 1 if self.key in keys else 0), len(keys)

    def cell(self, target: str) -> tuple[str, str]:
        """``block.parameter`` taken apart.

        Raises:
            PresetError: not of this form.
        """
        block_id, dot, name = target.partition(".")
        if not dot:
            raise PresetError(f"'{target:.60}' names no parameter", hint="Write BLOCK.PARAM, such as amp.drive_db")
        return block_id, name

    def kernel_cell(self, block_id: str, name: str) -> tuple[int, float]:
        """Memory cell and kernel value of a parameter as it now stands.

        Raises:
            PresetError: there is no such block or parameter.
        """
        block = self.preset.block(block_id)
        kind = KINDS[block.kind]
        index = kind.index(name)
        return index, kind.params[index].kernel_value(block.value(name))


def first_key(store: PresetStore) -> str:
    """Key of the first preset that there is, or empty."""
    try:
        return store.step("", 0)
    except PedalError:
        return ""
