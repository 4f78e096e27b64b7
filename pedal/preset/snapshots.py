"""Snapshots: read, taken from a preset, recalled into it.

Called by ``parse`` and ``format``, and by the panel. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pedal.errors import PresetError, did_you_mean
from pedal.params import BYPASS, KINDS
from pedal.preset.model import IMPLICIT, MAX_SNAPSHOT_NAME, MAX_SNAPSHOTS, Block, Preset, Snapshot, param_of

#: Beside a block's parameters: whether it is switched on.
ON = "on"


def parse_snapshots(tables: object, preset: Preset, where: str) -> tuple[Snapshot, ...]:
    """The list ``snapshot`` of a preset file, for the blocks of that preset.

    Raises:
        PresetError: one sentence that names the snapshot and what to do.
    """
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        hint = "Write [[snapshot]] before each snapshot"
        raise PresetError("snapshot must be a list of tables", where=where, hint=hint)
    if len(tables) > MAX_SNAPSHOTS:
        raise PresetError(f"has {len(tables)} snapshots", where=where, hint=f"Use at most {MAX_SNAPSHOTS}")
    found: dict[int, Snapshot] = {}
    for place, table in enumerate(tables, 1):
        usual = max(found, default=0) + 1
        snapshot = _parse(table, usual, preset, f"{where}, snapshot {place}")
        if snapshot.number in found:
            hint = "Give each snapshot its own number"
            raise PresetError(f"the number {snapshot.number} is taken", where=f"{where}, snapshot {place}", hint=hint)
        found[snapshot.number] = snapshot
    return tuple(found.values())


def checked_number(number: object, where: str = "") -> int:
    """A snapshot's number.

    Raises:
        PresetError: not from 1 to ``MAX_SNAPSHOTS``.
    """
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= MAX_SNAPSHOTS:
        hint = f"Use 1 to {MAX_SNAPSHOTS}"
        raise PresetError(f"the number {number!r:.40} is not right", where=where, hint=hint)
    return number


def checked_snapshot_name(name: object, where: str = "") -> str:
    """A snapshot's name; may be empty.

    Raises:
        PresetError: too long, or with characters that no screen shows.
    """
    if not isinstance(name, str) or len(name) > MAX_SNAPSHOT_NAME or not name.isprintable():
        hint = f"Use {MAX_SNAPSHOT_NAME} plain characters"
        raise PresetError("has a name that no screen shows", where=where, hint=hint)
    return name


def taken(preset: Preset, number: int, name: str) -> Snapshot:
    """The preset as it is, as a snapshot: every parameter of every block, and what is on.

    Raises:
        PresetError: no such number, or a name that cannot be shown.
    """
    values = {block.id: _filled(block) for block in _blocks(preset).values()}
    on = {block.id: block.on for block in preset.blocks}
    given = {block_id: own for block_id, own in values.items() if own}
    return Snapshot(checked_number(number), checked_snapshot_name(name, "the snapshot"), given, on)


def recalled(preset: Preset, number: int) -> Preset:
    """The preset as a snapshot of it says; what that does not say stays as it is.

    Raises:
        PresetError: there is no snapshot of this number.
    """
    snapshot = next((snapshot for snapshot in preset.snapshots if snapshot.number == number), None)
    if snapshot is None:
        there = ", ".join(str(snapshot.number) for snapshot in preset.snapshots)
        hint = f"It has {there}" if there else "Save one with `pedal snapshot save 1`"
        raise PresetError(f"there is no snapshot {number!r:.20}", where=f"preset '{preset.name}'", hint=hint)
    changed: dict[str, Any] = {key: _set(getattr(preset, key), snapshot) for key in IMPLICIT}
    blocks = tuple(_set(block, snapshot) for block in preset.blocks)
    return replace(preset, blocks=blocks, snapshot=number, **changed)


def refreshed(snapshot: Snapshot, preset: Preset) -> Snapshot:
    """The snapshot with the preset's values for what it says."""
    blocks = _blocks(preset)
    values = {
        block_id: {name: blocks[block_id].value(name) for name in own}
        for block_id, own in snapshot.values.items()
        if block_id in blocks
    }
    return replace(snapshot, values=values, on={key: blocks[key].on for key in snapshot.on if key in blocks})


def fitting(snapshots: tuple[Snapshot, ...], preset: Preset) -> tuple[Snapshot, ...]:
    """The snapshots without what they say of blocks that the preset does not have (any more)."""
    blocks = _blocks(preset)

    def fits(block_id: str, names: Mapping[str, float]) -> bool:
        return block_id in blocks and names.keys() <= _filled(blocks[block_id]).keys()

    return tuple(
        replace(
            snapshot,
            values={key: own for key, own in snapshot.values.items() if fits(key, own)},
            on={key: on for key, on in snapshot.on.items() if key in blocks},
        )
        for snapshot in snapshots
    )


def snapshot_table(snapshot: Snapshot, preset: Preset) -> dict[str, Any]:
    """As files have it: ``values`` by block and parameter, ``on`` among them."""
    blocks = _blocks(preset)
    values: dict[str, dict[str, Any]] = {}
    for block_id, on in snapshot.on.items():
        values.setdefault(block_id, {})[ON] = on
    for block_id, own in snapshot.values.items():
        params = {param.name: param for param in KINDS[blocks[block_id].kind].params}
        values.setdefault(block_id, {}).update({name: params[name].shown(value) for name, value in own.items()})
    return {"number": snapshot.number, "name": snapshot.name, "values": values}


def _parse(table: Mapping[str, Any], usual: int, preset: Preset, where: str) -> Snapshot:
    rest = dict(table)
    number = checked_number(rest.pop("number", usual), where)
    name = checked_snapshot_name(rest.pop("name", ""), where)
    given = rest.pop("values", {})
    if rest:
        key = next(iter(rest))
        hint = did_you_mean(key, ["number", "name", "values"])
        raise PresetError(f"unknown key {key!r:.40}", where=where, hint=hint)
    if not isinstance(given, dict):
        hint = "Write [snapshot.values] and BLOCK.PARAM = VALUE below it"
        raise PresetError("values must be a table", where=where, hint=hint)
    blocks = _blocks(preset)
    values: dict[str, dict[str, float]] = {}
    on: dict[str, bool] = {}
    for block_id, param, value in _targets(given, where):
        if block_id not in blocks:
            hint = did_you_mean(block_id, blocks)
            raise PresetError(f"there is no block {block_id!r:.40}", where=where, hint=hint)
        block = blocks[block_id]
        place = f"{where}, '{block_id}'"
        if param == ON:
            if not isinstance(value, bool) or block_id in IMPLICIT:
                what = "cannot be switched" if block_id in IMPLICIT else "on must be true or false"
                raise PresetError(what, where=place)
            on[block_id] = value
        elif param == BYPASS.name or not param.isidentifier():
            hint = "Write on = false" if param == BYPASS.name else "Write BLOCK.PARAM = VALUE"
            raise PresetError(f"{param!r:.40} is no parameter", where=place, hint=hint)
        else:
            values.setdefault(block_id, {})[param] = param_of(KINDS[block.kind], param, place).parsed(value, place)
    return Snapshot(number, name, values, on)


def _targets(given: Mapping[str, Any], where: str) -> Iterator[tuple[str, str, Any]]:
    """Block, parameter and value, from ``amp1.drive_db = 3``, with or without quotes around the whole of it."""
    for key, value in given.items():
        if isinstance(value, dict):
            yield from ((key, name, own) for name, own in value.items())
            continue
        block_id, dot, name = key.partition(".")
        if not dot:
            raise PresetError(f"{key!r:.40} names no parameter", where=where, hint="Write BLOCK.PARAM = VALUE")
        yield block_id, name, value


def _blocks(preset: Preset) -> dict[str, Block]:
    """All blocks that a snapshot may speak of."""
    return {block.id: block for block in preset.chain if block is not preset.master}


def _filled(block: Block) -> dict[str, float]:
    return dict(block.filled.values)


def _set(block: Block, snapshot: Snapshot) -> Block:
    values = snapshot.values.get(block.id, {})
    return replace(block, values={**block.values, **values}, on=snapshot.on.get(block.id, block.on))
