"""Which presets play a model or an impulse response. Called by the commands before they delete one."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pedal.errors import PresetError
from pedal.library.assets import Assets
from pedal.library.presets import PresetStore
from pedal.library.resolve import file_path


def presets_using(path: Path, store: PresetStore, assets: Assets) -> tuple[str, ...]:
    """Keys of the presets that lead to the file at ``path``; those that cannot be read do not count."""
    keys = []
    for entry in store.entries():
        with contextlib.suppress(PresetError):
            blocks = store.load(entry.key).preset.blocks
            if any(path == file_path(block, key, assets) for block in blocks for key in block.files):
                keys.append(entry.key)
    return tuple(keys)
