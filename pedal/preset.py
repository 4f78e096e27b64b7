"""A preset: its blocks in order, their knobs, and the TOML that holds them.

Read by the panel, the builder and the offline tools. Pure; knows ``params``, ``errors`` and
(for TOML only) ``files``. See ``docs/presets.md`` for the form of the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

import tomli_w

from pedal.errors import PresetError, did_you_mean
from pedal.files import parse_toml
from pedal.params import BYPASS, KINDS, BlockKind, Param, kind_named

MAX_BLOCKS = 16
MAX_NAME = 64
MAX_ASSET_NAME = 200
#: Keyed on the input and applied behind the amp: a chain has one place for it.
MAX_OF_KIND = {"gate": 1}

_ID = re.compile(r"[a-z0-9_-]{1,24}")
#: Blocks of every chain, each a table of its own name in the file.
IMPLICIT = tuple(kind.name for kind in KINDS.values() if kind.implicit and not kind.outside)

#: Ids that no listed block may have.
RESERVED = frozenset(kind.name for kind in KINDS.values() if kind.implicit)


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a preset.

    Attributes:
        id: unique in the preset; commands, knobs and kept state know the block by it.
        kind: a key of ``params.KINDS``.
        asset: name of its model or impulse response, relative to the library; empty without.
        values: the parameters that were given, in the player's units.
        on: False is a block that is there, but bypassed.
        options: those that were given.
    """

    id: str
    kind: str
    asset: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    on: bool = True
    options: Mapping[str, str | int] = field(default_factory=dict)

    def option(self, name: str) -> str | int:
        """An option: as given, else the default of its kind."""
        return self.options.get(name, next(o.default for o in KINDS[self.kind].options if o.name == name))

    def value(self, name: str) -> float:
        """A parameter in its own unit: as given, else the default of its kind.

        Raises:
            PresetError: the kind has no such parameter.
        """
        param = _param(KINDS[self.kind], name, f"block '{self.id}'")
        return self.values.get(name, param.default)

    def kernel_values(self) -> tuple[float, ...]:
        """What kernels are given for each parameter of its kind, in order; the bypass follows ``on``."""
        return tuple(
            (0.0 if self.on else 1.0) if param is BYPASS else param.kernel_value(self.value(param.name))
            for param in KINDS[self.kind].params
        )


@dataclass(frozen=True, slots=True)
class Preset:
    """A chain: ``input``, the blocks in order, ``dc``, ``output``; and ``master``, which no preset file says.

    Nor does any say ``looper``; it is None where the board has none.
    """

    name: str
    blocks: tuple[Block, ...] = ()
    input: Block = field(default_factory=lambda: Block("input", "input"))
    dc: Block = field(default_factory=lambda: Block("dc", "dc"))
    output: Block = field(default_factory=lambda: Block("output", "output"))
    master: Block = field(default_factory=lambda: Block("master", "master"))
    looper: Block | None = None

    @property
    def chain(self) -> tuple[Block, ...]:
        """Every block in the order of the signal, the implicit ones included."""
        looper = () if self.looper is None else (self.looper,)
        return (self.input, *self.blocks, self.dc, self.output, *looper, self.master)

    def block(self, block_id: str) -> Block:
        """The block called ``block_id``, implicit ones included.

        Raises:
            PresetError: there is none, with the nearest one there is.
        """
        for block in self.chain:
            if block.id == block_id:
                return block
        hint = did_you_mean(block_id, [block.id for block in self.chain])
        raise PresetError(f"there is no block '{block_id}'", where=f"preset '{self.name}'", hint=hint)

    def with_block(self, changed: Block) -> Preset:
        """The same preset with the block of that id replaced.

        Raises:
            PresetError: there is none.
        """
        self.block(changed.id)
        if changed.id == self.master.id:
            hint = "Use pedal output"
            raise PresetError("how the pedal is connected is no preset's", where=f"preset '{self.name}'", hint=hint)
        if changed.id in IMPLICIT:
            implicit: dict[str, Any] = {changed.id: changed}
            return replace(self, **implicit)
        return replace(self, blocks=tuple(changed if b.id == changed.id else b for b in self.blocks))

    def with_value(self, block_id: str, name: str, value: float) -> Preset:
        """The same preset with one parameter set, checked against its range.

        Raises:
            PresetError: no such block or parameter, or out of range.
        """
        block = self.block(block_id)
        where = f"block '{block_id}'"
        checked = _param(KINDS[block.kind], name, where).checked(value, where)
        return self.with_block(replace(block, values={**block.values, name: checked}))

    def with_option(self, block_id: str, name: str, value: str) -> Preset:
        """The same preset with an option, or the file that a block plays, as a player types it; it builds another rig.

        Raises:
            PresetError: no such block or option, or it cannot be so.
        """
        block, where = self.block(block_id), f"block '{block_id}'"
        if name == (kind := KINDS[block.kind]).asset:
            return self.with_block(replace(block, asset=checked_asset_name(value, name, where)))
        given = _parse_option(kind, name, int(value) if value.isdecimal() and len(value) < 10 else value, where)
        return self.with_block(replace(block, options={**block.options, name: given}))

    def with_on(self, block_id: str, on: bool) -> Preset:
        """The same preset with one of its listed blocks switched on or off.

        Raises:
            PresetError: no such block, or one that every chain needs.
        """
        if block_id in RESERVED:
            raise PresetError(f"the block '{block_id}' cannot be switched off", where=f"preset '{self.name}'")
        return self.with_block(replace(self.block(block_id), on=on))


def parse_preset(text: str, where: str) -> Preset:
    """A preset file's text, checked to the last key.

    Raises:
        PresetError: one sentence that names the file, the block and what to do.
    """
    raw = parse_toml(text, where, PresetError)
    tables = raw.pop("block", [])
    name = _checked_name(raw.pop("name", None), where)
    implicit = {key: _parse_implicit(key, raw.pop(key, {}), where) for key in IMPLICIT}
    if raw:
        key = next(iter(raw))
        hint = did_you_mean(key, ["name", "block", *IMPLICIT])
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
    return Preset(name=name, blocks=tuple(blocks), **implicit)


def format_preset(preset: Preset) -> str:
    """The TOML text that ``parse_preset`` reads back as the same preset."""
    head: dict[str, Any] = {"name": preset.name}
    head |= {block.id: _format_values(block) for block in (preset.input, preset.dc, preset.output) if block.values}
    tables = [tomli_w.dumps(_format_block(block)) for block in preset.blocks]
    # One [[block]] each, as players write it; the writer itself would put short ones on one line.
    return "\n[[block]]\n".join([tomli_w.dumps(head), *tables])


def checked_asset_name(name: object, key: str, where: str) -> str:
    """``name`` if it is a plain relative name, with at most some folders before it.

    Raises:
        PresetError: empty, absolute, hidden, climbing (``..``) or with characters that no screen shows.
    """
    if not isinstance(name, str) or not name or len(name) > MAX_ASSET_NAME or not name.isprintable():
        raise PresetError(f"{key} is not a file name", where=where, hint=f'Write {key} = "NAME"')
    parts = name.split("/")
    if "\\" in name or PurePosixPath(name).is_absolute() or any(not p or p.startswith(".") for p in parts):
        hint = "Give a name inside the library, without a leading / and without parts that begin with a dot"
        raise PresetError(f"{key} = '{name}' points outside the library", where=where, hint=hint)
    return name


def _param(kind: BlockKind, name: str, where: str) -> Param:
    return kind.params[kind.index(name, where)]


def _names(kind: BlockKind) -> list[str]:
    return [param.name for param in kind.params if param is not BYPASS]


def _checked_name(name: object, where: str) -> str:
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
    options = {key: _parse_option(kind, key, rest.pop(key), where) for key in list(rest) if kind.option(key)}
    return Block(block_id, kind.name, asset, _parse_values(kind, rest, where), on, options)


def _parse_option(kind: BlockKind, name: str, value: object, where: str) -> str | int:
    option = kind.option(name)
    assert option is not None
    return checked_asset_name(value, name, where) if option.asset else option.parsed(value, where)


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
        values[name] = _param(kind, name, where).parsed(value, where)
    return values


def _format_block(block: Block) -> dict[str, Any]:
    kind = KINDS[block.kind]
    head: dict[str, Any] = {"kind": block.kind, "id": block.id, "on": block.on}
    if kind.asset:
        head[kind.asset] = block.asset
    return head | dict(block.options) | _format_values(block)


def _format_values(block: Block) -> dict[str, float | bool | str]:
    params = {param.name: param for param in KINDS[block.kind].params}
    return {name: params[name].shown(value) for name, value in block.values.items()}
