"""Which presets play a model or an impulse response. Called by the commands before they delete one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from pedal.errors import ImpulseError, ModelError, PresetError
from pedal.library.assets import Assets
from pedal.library.cards import AssetKind
from pedal.library.presets import PresetStore
from pedal.params import KINDS
from pedal.preset import Block


def presets_using(path: Path, kind: AssetKind, store: PresetStore, assets: Assets) -> tuple[str, ...]:
    """Keys of the presets that lead to the file at ``path``; those that cannot be read do not count."""
    keys = []
    for entry in store.entries():
        with contextlib.suppress(PresetError):
            blocks = store.load(entry.key).preset.blocks
            if any(path == _path(name, kind, assets) for block in blocks for name in _names(block, kind)):
                keys.append(entry.key)
    return tuple(keys)


def _names(block: Block, kind: AssetKind) -> Iterator[str]:
    """Files of this kind that a block names: its own, and those of its options."""
    known = KINDS[block.kind]
    if known.asset == kind:
        yield block.asset
        yield from (str(block.options[o.name]) for o in known.options if o.asset and o.name in block.options)


def _path(name: str, kind: AssetKind, assets: Assets) -> Path | None:
    try:
        return assets.model_path(name) if kind == "model" else assets.impulse_path(name)
    except (ModelError, ImpulseError):
        return None
