"""The snapshots of the preset in hand: recalled by foot or by command, taken, cleared.

Used by the panel's loop. A recall only moves parameters, which ramp; it never builds a rig. Taking or clearing one
is saved at once, and nothing else with it: what was turned since the preset was saved stays in hand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pedal.errors import PresetError
from pedal.library.presets import PresetStore
from pedal.panel.player import Player
from pedal.panel.preset_requests import ClearSnapshot, RecallSnapshot, SnapshotRequest, TakeSnapshot
from pedal.preset import Preset, Snapshot
from pedal.preset.snapshots import checked_number, recalled, taken


class Snapshots:
    """What a player does with snapshots.

    Args:
        player: whose preset is in hand.
        store: where presets are saved.
    """

    def __init__(self, player: Player, store: PresetStore) -> None:
        self._player = player
        self._store = store

    def answer(self, request: SnapshotRequest, now_s: float) -> dict[str, Any]:
        """Do what a request asks for; the answer says what was done.

        Raises:
            PresetError: it cannot be done; nothing was changed.
        """
        match request:
            case RecallSnapshot(number=None):
                self.step(now_s)
            case RecallSnapshot(number=int(number)):
                self.recall(number, now_s)
            case TakeSnapshot(number=number, name=name):
                self.take(number, name)
            case ClearSnapshot(number=number):
                self.clear(number)
        return {"preset": self._player.preset.name, "snapshot": mark(self._player.preset) or None}

    def recall(self, number: int, now_s: float) -> None:
        """Play a snapshot.

        Raises:
            PresetError: there is none of this number.
        """
        self._player.change_to(recalled(self._player.preset, number), now_s)

    def step(self, now_s: float) -> None:
        """Play the next snapshot by number, around the end.

        Raises:
            PresetError: the preset has none.
        """
        preset = self._player.preset
        numbers = sorted(snapshot.number for snapshot in preset.snapshots)
        if not numbers:
            hint = "Take one with `pedal snapshot save 1`"
            raise PresetError("has no snapshots", where=f"preset '{preset.name}'", hint=hint)
        self.recall(next((number for number in numbers if number > preset.snapshot), numbers[0]), now_s)

    def take(self, number: int, name: str | None = None) -> None:
        """What plays becomes the snapshot of this number, and is saved as that.

        Args:
            number: 1 to 8; a snapshot that is there is replaced.
            name: for the screen; None keeps the one it has.

        Raises:
            PresetError: the chain itself was not saved yet, or it cannot be saved.
        """
        preset = self._player.preset
        there = {snapshot.number: snapshot for snapshot in preset.snapshots}
        if name is None:
            name = there[number].name if number in there else ""
        there[number] = taken(preset, number, name)
        self._save(tuple(there[number] for number in sorted(there)), number)

    def clear(self, number: int) -> None:
        """Forget a snapshot; what plays stays as it is.

        Raises:
            PresetError: there is none of this number, or it cannot be saved.
        """
        preset = self._player.preset
        recalled(preset, checked_number(number))  # says it if there is none
        rest = tuple(snapshot for snapshot in preset.snapshots if snapshot.number != number)
        self._save(rest, 0 if preset.snapshot == number else preset.snapshot)

    def _save(self, snapshots: tuple[Snapshot, ...], number: int) -> None:
        player = self._player
        if not player.key:
            raise PresetError("what plays is no preset of the list", hint="Save it with `pedal preset save-as NAME`")
        saved = self._store.load(player.key).preset
        if _chain(saved) != _chain(player.preset):
            hint = "Save the preset first, with `pedal preset save`"
            raise PresetError("its blocks are not those that were saved", where=f"preset '{saved.name}'", hint=hint)
        self._store.save(player.key, replace(saved, snapshots=snapshots))
        player.work.hold_as(player.key, replace(player.preset, snapshots=snapshots, snapshot=number))


def mark(preset: Preset) -> str:
    """What the screen says of the snapshot that was recalled: ``S3 Chorus``; empty if none was."""
    name = next((snapshot.name for snapshot in preset.snapshots if snapshot.number == preset.snapshot), None)
    return "" if name is None else f"S{preset.snapshot} {name}".rstrip()


def _chain(preset: Preset) -> list[tuple[str, str]]:
    return [(block.id, block.kind) for block in preset.blocks]
