"""From a preset file's text to a preset, checked to the last key. See ``docs/presets.md`` for the form of the file.

Called by the library, the builder and the commands. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pedal.errors import PresetError, did_you_mean
from pedal.files import parse_toml
from pedal.params import BYPASS, KINDS, BlockKind, kind_named
from pedal.preset.controls import parse_expression, parse_switches
from pedal.preset.migrate import migrated
from pedal.preset.model import (
    HASH_SUFFIX,
    IMPLICIT,
    MAX_BLOCKS,
    MAX_NAME,
    MAX_OF_KIND,
    RESERVED,
    Block,
    Preset,
    checked_asset_name,
    file_keys,
    param_of,
    parse_option,
)
from pedal.preset.snapshots import parse_snapshots

_HASH = re.compile(r"sha256:([0-9a-f]{64})")
_ID = re.compile(r"[a-z0-9_-]{1,24}")


def parse_preset(text: str, where: str) -> Preset:
    """A preset file's text, of this schema or an older one.

    Raises:
        PresetError: one sentence that names the file, the block and what to do.
        NewerSchemaError: it was written by a newer pedal.
    """
    raw = migrated(parse_toml(text, where, PresetError), where)
    tables, snapshots = raw.pop("block", []), raw.pop("snapshot", [])
    name = checked_name(raw.pop("name", None), where)
    switches = parse_switches(raw.pop("switches", {}), where)
    expression = parse_expression(raw.pop("expression", {}), where)
    implicit: dict[str, Any] = {key: _parse_implicit(key, raw.pop(key, {}), where) for key in IMPLICIT}
    if raw:
        key = next(iter(raw))
        hint = did_you_mean(key, ["schema", "name", "block", "snapshot", "switches", "expression", *IMPLICIT])
        raise PresetError(f"unknown key {key!r:.40}", where=where, hint=hint)
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise PresetError("block must be a list of tables", where=where, hint="Write [[block]] before each block")
    if len(tables) > MAX_BLOCKS:
        raise PresetError(f"has {len(tables)} blocks", where=where, hint=f"Use at most {MAX_BLOCKS}")
    taken = {table["id"] for table in tables if isinstance(table.get("id"), str)} | RESERVED
    blocks: list[Block] = []
    for number, table in enumerate(tables, 1):
        block = _parse_block(table, taken, f"{where}, block {number}")
        if any(block.id == earlier.id for earlier in blocks) or block.id in RESERVED:
            raise PresetError(
                f"the id '{block.id}' is taken", where=f"{where}, block {number}", hint="Give each block its own id"
            )
        blocks.append(block)
    for kind, most in MAX_OF_KIND.items():
        if sum(block.kind == kind for block in blocks) > most:
            raise PresetError(f"has more than {most} block of kind '{kind}'", where=where, hint="Remove the others")
    preset = Preset(name=name, blocks=tuple(blocks), switches=switches, expression=expression, **implicit)
    return replace(preset, snapshots=parse_snapshots(snapshots, preset, where))


def _names(kind: BlockKind) -> list[str]:
    return [param.name for param in kind.params if param is not BYPASS]


def checked_name(name: object, where: str) -> str:
    """A preset's name, if it is one that can be shown.

    Raises:
        PresetError: empty, too long, or with characters that no screen shows.
    """
    if not isinstance(name, str) or not name.strip():
        raise PresetError("has no name", where=where, hint='Add name = "..." at its top')
    if len(name) > MAX_NAME or not name.isprintable():
        raise PresetError("has a name that no screen shows", where=where, hint=f"Use {MAX_NAME} plain characters")
    return name


def _parse_implicit(kind: str, table: object, where: str) -> Block:
    if not isinstance(table, dict):
        raise PresetError(f"{kind} must be a table", where=where, hint=f"Write [{kind}] and its keys below it")
    return Block(kind, kind, values=_parse_values(KINDS[kind], table, f"{where}, [{kind}]"))


def _parse_block(table: Mapping[str, Any], taken: set[str], where: str) -> Block:
    rest = dict(table)
    kind = _parse_kind(rest.pop("kind", None), where)
    block_id = rest.pop("id") if "id" in rest else _free_id(kind.name, taken)
    if not isinstance(block_id, str) or not _ID.fullmatch(block_id):
        hint = "Use at most 24 of a-z, 0-9, - and _"
        raise PresetError(f"the id {block_id!r:.40} is not right", where=where, hint=hint)
    taken.add(block_id)
    where = f"{where} ('{block_id}')"
    on = rest.pop("on", True)
    if not isinstance(on, bool):
        raise PresetError("on must be true or false", where=where)
    asset = ""
    if kind.asset:
        if kind.asset not in rest:
            raise PresetError(f"has no {kind.asset}", where=where, hint=f'Add {kind.asset} = "NAME"')
        asset = checked_asset_name(rest.pop(kind.asset), kind.asset, where)
    options = {key: parse_option(kind, key, rest.pop(key), where) for key in list(rest) if kind.option(key)}
    hashes = {
        key: _parse_hash(rest.pop(f"{key}{HASH_SUFFIX}"), f"{key}{HASH_SUFFIX}", where)
        for key in file_keys(kind)
        if f"{key}{HASH_SUFFIX}" in rest
    }
    for key in hashes:
        if key != kind.asset and key not in options:
            raise PresetError(f"has {key}{HASH_SUFFIX}, and no {key}", where=where, hint="Remove it")
    return Block(block_id, kind.name, asset, _parse_values(kind, rest, where), on, options, hashes)


def _parse_hash(value: object, key: str, where: str) -> str:
    match = _HASH.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        hint = "Remove it: the pedal finds the file by its name, and writes it again"
        raise PresetError(f"{key} is no hash of a file", where=where, hint=hint)
    return match[1]


def _parse_kind(name: object, where: str) -> BlockKind:
    if not isinstance(name, str):
        raise PresetError("has no kind", where=where, hint="Add kind = one of " + ", ".join(_listed_kinds()))
    if name not in _listed_kinds():
        hint = did_you_mean(name, _listed_kinds())
        raise PresetError(f"there is no block of kind {name!r:.40}", where=where, hint=hint)
    return kind_named(name, where)


def _listed_kinds() -> list[str]:
    return [kind.name for kind in KINDS.values() if not kind.implicit]


def _free_id(kind: str, taken: set[str]) -> str:
    number = 1
    while f"{kind}{number}" in taken:
        number += 1
    return f"{kind}{number}"


def _parse_values(kind: BlockKind, table: Mapping[str, Any], where: str) -> dict[str, float]:
    values: dict[str, float] = {}
    for name, value in table.items():
        if name == BYPASS.name:
            raise PresetError("bypass is not kept in presets", where=where, hint="Write on = false")
        if not name.isidentifier():
            raise PresetError(f"unknown key {name!r:.40}", where=where, hint="Use " + ", ".join(_names(kind)))
        values[name] = param_of(kind, name, where).parsed(value, where)
    return values
