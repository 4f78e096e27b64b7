"""Another chain from a chain: blocks added, moved, removed. Pure; called by the panel.

Every change keeps what a preset file may say, so that what is in hand can always be saved.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from pedal.errors import PresetError
from pedal.params import kind_named
from pedal.preset.model import MAX_BLOCKS, MAX_OF_KIND, RESERVED, Block, Preset, checked_asset_name
from pedal.preset.snapshots import fitting


def with_added(preset: Preset, kind_name: str, asset: str = "", place: int | None = None) -> Preset:
    """The preset with a new block, every knob at its default, at ``place`` (from 1) or at the end.

    Its id is the kind's name with the first free number, as of a block whose file names none.

    Raises:
        PresetError: no such kind, one that every chain has anyway, too many, or a file that is missing or needless.
    """
    where = f"preset '{preset.name}'"
    kind = kind_named(kind_name, where)
    if kind.implicit:
        raise PresetError(f"'{kind_name}' is in every chain already", where=where)
    if len(preset.blocks) >= MAX_BLOCKS:
        raise PresetError(f"has {MAX_BLOCKS} blocks already", where=where, hint="Remove one first")
    most = MAX_OF_KIND.get(kind_name)
    if most is not None and sum(block.kind == kind_name for block in preset.blocks) >= most:
        raise PresetError(f"a chain has room for {most} '{kind_name}'", where=where, hint="Move the one that is there")
    if bool(asset) != bool(kind.asset):
        needs = f"needs a {kind.asset}" if kind.asset else "plays no file"
        raise PresetError(f"a block of kind '{kind_name}' {needs}", where=where)
    taken = {block.id for block in preset.blocks} | RESERVED
    block_id = next(name for number in count(1) if (name := f"{kind_name}{number}") not in taken)
    block = Block(block_id, kind_name, checked_asset_name(asset, kind.asset, where) if asset else "")
    at = len(preset.blocks) if place is None else place - 1
    return _with_blocks(preset, (*preset.blocks[:at], block, *preset.blocks[at:]))


def with_moved(preset: Preset, block_id: str, place: int) -> Preset:
    """The preset with a block at another place (from 1; beyond the end is the end).

    Raises:
        PresetError: no such block, or one whose place is fixed.
    """
    block = _listed(preset, block_id)
    rest = tuple(other for other in preset.blocks if other.id != block_id)
    return _with_blocks(preset, (*rest[: place - 1], block, *rest[place - 1 :]))


def with_removed(preset: Preset, block_id: str) -> Preset:
    """The preset without a block, and without what snapshots say of it.

    Raises:
        PresetError: no such block, or one that every chain needs.
    """
    _listed(preset, block_id)
    return _with_blocks(preset, tuple(other for other in preset.blocks if other.id != block_id))


def _listed(preset: Preset, block_id: str) -> Block:
    block = preset.block(block_id)
    if block_id in RESERVED:
        raise PresetError(f"the block '{block_id}' stays where it is", where=f"preset '{preset.name}'")
    return block


def _with_blocks(preset: Preset, blocks: tuple[Block, ...]) -> Preset:
    changed = replace(preset, blocks=blocks)
    return replace(changed, snapshots=fitting(preset.snapshots, changed))
