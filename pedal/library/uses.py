"""Which presets play a model or an impulse response. Called by the commands before they delete one."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pedal.errors import PresetError
from pedal.library.assets import Assets
from pedal.library.cards import AssetKind
from pedal.library.presets import PresetStore
from pedal.library.resolve import file_path
from pedal.params import KINDS


def presets_using(path: Path, kind: AssetKind, store: PresetStore, assets: Assets) -> tuple[str, ...]:
    """Keys of the presets that lead to the file at ``path``; those that cannot be read do not count."""
    keys = []
    for entry in store.entries():
        with contextlib.suppress(PresetError):
            blocks = [block for block in store.load(entry.key).preset.blocks if KINDS[block.kind].asset == kind]
            if any(path == file_path(block, key, assets) for block in blocks for key in block.files):
                keys.append(entry.key)
    return tuple(keys)
