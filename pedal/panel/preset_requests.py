"""The requests about the player's presets and their snapshots; part of ``protocol``. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

from pedal.panel.request import Name, Request
from pedal.preset import MAX_SNAPSHOTS

SnapshotNumber = Annotated[int, msgspec.Meta(ge=1, le=MAX_SNAPSHOTS)]


class SavePreset(Request, tag="preset-save", frozen=True):
    """Save the preset in hand, as it now is; with a name, as a new preset."""

    name: Name | None = None


class RevertPreset(Request, tag="preset-revert", frozen=True):
    """The preset in hand as it was saved."""


class RenamePreset(Request, tag="preset-rename", frozen=True):
    """Call a preset otherwise."""

    preset: Name
    name: Name


class CopyPreset(Request, tag="preset-copy", frozen=True):
    """A new preset, called ``name``, like another one as it was saved."""

    preset: Name
    name: Name


class DeletePreset(Request, tag="preset-delete", frozen=True):
    """Delete a preset of the player's; one that is in use only if ``sure``."""

    preset: Name
    sure: bool = False


class WritePreset(Request, tag="preset-write", frozen=True):
    """A preset's whole file, as a player has written it, comments and all; if it plays, it is played anew.

    ``instead_of`` is the text that it was made from: it is refused if another one lies there by now.
    """

    preset: Name
    text: str
    instead_of: str | None = None


PresetRequest = WritePreset | SavePreset | RevertPreset | RenamePreset | CopyPreset | DeletePreset


class RecallSnapshot(Request, tag="snapshot", frozen=True):
    """Play a snapshot of the preset in hand; without a number the next."""

    number: SnapshotNumber | None = None


class TakeSnapshot(Request, tag="snapshot-save", frozen=True):
    """Keep what plays as a snapshot; without a name it keeps the one it has."""

    number: SnapshotNumber
    name: str | None = None


class ClearSnapshot(Request, tag="snapshot-clear", frozen=True):
    """Forget a snapshot."""

    number: SnapshotNumber


SnapshotRequest = RecallSnapshot | TakeSnapshot | ClearSnapshot
