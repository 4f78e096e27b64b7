"""The preset in hand and those on disk: saved, renamed, copied, deleted; and whether the one in hand was edited.

Used by the panel's loop, for footswitches, the control socket and the page. What is written goes through
``library.presets``: old or new, whole, with what was there before beside it. What plays goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from pedal.errors import PresetError
from pedal.library.presets import PresetStore
from pedal.panel.player import Player
from pedal.panel.preset_requests import (
    CopyPreset,
    DeletePreset,
    PresetRequest,
    RenamePreset,
    RevertPreset,
    SavePreset,
    WritePreset,
)
from pedal.preset import Preset, checked_name
from pedal.preset.snapshots import fitting, recalled, refreshed


class Keeping:
    """Presets kept.

    Args:
        player: whose preset is in hand.
        store: where they are kept.
        banks_naming: names of the banks that have the preset of a key.
    """

    def __init__(self, player: Player, store: PresetStore, banks_naming: Callable[[str], Sequence[str]]) -> None:
        self._player = player
        self._banks_naming = banks_naming
        self._store = store
        self._saved: Preset | None = None
        self._saved_of: tuple[object, ...] = ()
        self._seen: tuple[Preset, bool] | None = None

    @property
    def is_edited(self) -> bool:
        """Whether the preset in hand differs from its file, or has none any more. Cheap: asked for every page."""
        player = self._player
        if not player.key:  # a plain one, that nobody chose; or a new one, that nobody has saved
            return bool(player.preset.blocks)
        stamp = (player.key, *self._store.stamp(player.key))
        if stamp != self._saved_of:
            self._saved_of, self._saved, self._seen = stamp, self._load(player.key), None
        if self._seen is None or self._seen[0] is not player.preset:
            self._seen = player.preset, self._saved is None or not _is_saved(self._saved, player.preset)
        return self._seen[1]

    def answer(self, request: PresetRequest) -> dict[str, Any]:
        """Do what a request asks for; the answer says what was done.

        Raises:
            PresetError: it cannot be done; nothing was changed.
        """
        match request:
            case SavePreset(name=name):
                return self._about(self.save() if name is None else self.save_as(name))
            case WritePreset(preset=preset, text=text, instead_of=was):
                return self._about(self.write(self._store.find(preset), text, was))
            case RevertPreset():
                return self._about(self.revert())
            case RenamePreset(preset=preset, name=name):
                return self._about(self.rename(self._store.find(preset), name))
            case CopyPreset(preset=preset, name=name):
                return self._about(self.copy(self._store.find(preset), name))
            case DeletePreset(preset=preset, sure=sure):
                key = self._store.find(preset)
                return {"deleted": key, "kept_as": self.delete(key, sure)}

    def save(self) -> str:
        """Save the preset in hand; a factory preset as the player's own of that key. Returns the key.

        A snapshot that was recalled follows what was turned since.

        Raises:
            PresetError: it is a plain one, or cannot be saved.
        """
        player = self._player
        if not player.key:
            raise PresetError("what plays is no preset of the list", hint="Save it with `pedal preset save-as NAME`")
        saved = _to_save(player.preset)
        self._store.save(player.key, saved)
        player.work.hold_as(player.key, saved)
        return player.key

    def save_as(self, name: str) -> str:
        """Save the preset in hand as a new one, and hold that. Returns its key.

        Raises:
            PresetError: the name is taken or no name, or it cannot be saved.
        """
        player = self._player
        preset, key = replace(_to_save(player.preset), name=checked_name(name, "preset")), self._new_key(name)
        self._store.save(key, preset, like=player.key)
        player.work.hold_as(key, preset)
        return key

    def write(self, key: str, text: str, was: str | None) -> str:
        """Keep a preset's whole file as a player has written it; if it plays, play it anew. Returns its key.

        Raises:
            PresetError: it is no preset, another one lies there by now, it cannot be saved, or it plays and what was
                turned of it would be lost.
        """
        if key == self._player.key and self.is_edited:
            hint = "Save it, or revert it, first"
            raise PresetError(f"'{key}' plays, and was changed and not saved", hint=hint)
        self._store.save_text(key, text, was)
        if key == self._player.key:
            self._player.select(key)
        return key

    def revert(self) -> str:
        """Play the preset in hand as it was saved. Returns its key.

        Raises:
            PresetError: its file is gone, or cannot be read.
        """
        self._player.select(self._player.key)
        return self._player.key

    def rename(self, key: str, name: str) -> str:
        """Call a preset otherwise; its key stays, by which banks know it. Returns it.

        Raises:
            PresetError: the name is taken or no name, or it cannot be saved.
        """
        saved = self._store.load(key).preset
        checked_name(name, "preset")
        if name.casefold() != saved.name.casefold():
            self._store.check_free(name)
        self._store.save(key, replace(saved, name=name))
        if key == self._player.key:
            self._player.work.hold_as(key, replace(self._player.preset, name=name))
        return key

    def copy(self, key: str, name: str) -> str:
        """A new preset like one on disk. Returns its key.

        Raises:
            PresetError: the name is taken or no name, or it cannot be saved.
        """
        preset = replace(self._store.load(key).preset, name=checked_name(name, "preset"))
        new_key = self._new_key(name)
        self._store.save(new_key, preset, like=key)
        return new_key

    def delete(self, key: str, sure: bool) -> str:
        """Delete a preset of the player's. Returns the name of the file that keeps its content.

        Raises:
            PresetError: it is in use and nobody said to be sure; or it cannot be deleted.
        """
        if key == self._player.key and not sure:
            raise PresetError(f"'{key}' is playing", hint="Delete it all the same with --yes; it plays on")
        if not sure and (banks := self._banks_naming(key)):
            raise PresetError(f"'{key}' is in bank {', '.join(banks)}", hint="Delete it all the same with --yes")
        return self._store.delete(key).name

    def _new_key(self, name: str) -> str:
        self._store.check_free(name)
        return self._store.new_key(name)

    def _load(self, key: str) -> Preset | None:
        try:
            return self._store.load(key).preset
        except PresetError:
            return None

    def _about(self, key: str) -> dict[str, Any]:
        preset = self._load(key)
        return {"preset": preset.name if preset else "", "preset_key": key}


def _is_saved(saved: Preset, preset: Preset) -> bool:
    """Whether a preset in hand is as its file says, or as the snapshot says that was recalled."""
    there = {snapshot.number for snapshot in saved.snapshots}
    return (recalled(saved, preset.snapshot) if preset.snapshot in there else saved).is_like(preset)


def _to_save(preset: Preset) -> Preset:
    """The preset with the snapshot that was recalled as it now plays, and none of blocks that are gone."""
    now = tuple(refreshed(s, preset) if s.number == preset.snapshot else s for s in preset.snapshots)
    return replace(preset, snapshots=fitting(now, preset))
