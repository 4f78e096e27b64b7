"""What a preset is: its blocks in order, their knobs, and the changes that make another preset of one.

Used by the panel, the builder, the library and the offline tools. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from pedal.errors import PresetError, did_you_mean
from pedal.params import BYPASS, KINDS, BlockKind, Param

MAX_BLOCKS = 16
MAX_NAME = 64
MAX_SNAPSHOTS = 8
MAX_SNAPSHOT_NAME = 24
MAX_ASSET_NAME = 200
#: Behind a key that names a file: the key of its hash.
HASH_SUFFIX = "_hash"
#: Keyed on the input and applied behind the amp: a chain has one place for it.
MAX_OF_KIND = {"gate": 1}

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
        hashes: SHA-256 (hexadecimal) of the files it plays, by the key that names them (``model``, ``impulse_b``), as
            far as they are known. They say which content is meant; names are for people, and where no hash is known.
    """

    id: str
    kind: str
    asset: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    on: bool = True
    options: Mapping[str, str | int] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, str]:
        """The files it plays: their names by key."""
        names = {KINDS[self.kind].asset: self.asset, **self.options}
        return {key: str(names[key]) for key in file_keys(KINDS[self.kind]) if key in names}

    def with_files(self, names: Mapping[str, str]) -> Block:
        """The same block with other names for its files."""
        asset = names.get(KINDS[self.kind].asset, self.asset)
        options = {key: names.get(key, value) for key, value in self.options.items()}
        return replace(self, asset=asset, options=options)

    def option(self, name: str) -> str | int:
        """An option: as given, else the default of its kind."""
        return self.options.get(name, next(o.default for o in KINDS[self.kind].options if o.name == name))

    def value(self, name: str) -> float:
        """A parameter in its own unit: as given, else the default of its kind.

        Raises:
            PresetError: the kind has no such parameter.
        """
        param = param_of(KINDS[self.kind], name, f"block '{self.id}'")
        return self.values.get(name, param.default)

    @property
    def filled(self) -> Block:
        """The same block with every parameter and option given, and no hashes: two of the same sound are then equal."""
        kind = KINDS[self.kind]
        values = {param.name: self.value(param.name) for param in kind.params if param is not BYPASS}
        options = {option.name: self.option(option.name) for option in kind.options}
        return replace(self, values=values, options=options, hashes={})

    @property
    def price(self) -> str:
        """Its kind, and those words of its choices with which it costs otherwise: ``reverb:spring``."""
        kind = KINDS[self.kind]
        words = (param.words[int(self.value(param.name))] for param in kind.params if param.builds)
        return ":".join((kind.name, *words))

    def kernel_values(self) -> tuple[float, ...]:
        """What kernels are given for each parameter of its kind, in order; the bypass follows ``on``."""
        return tuple(
            (0.0 if self.on else 1.0) if param is BYPASS else param.kernel_value(self.value(param.name))
            for param in KINDS[self.kind].params
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Another setting of a preset's blocks: parameters and what is on, never which blocks there are.

    Attributes:
        number: 1 to ``MAX_SNAPSHOTS``, where a foot finds it.
        name: what the screen shows; may be empty.
        values: by block and parameter, in the player's units; what is not given stays as it is.
        on: by block.
    """

    number: int
    name: str = ""
    values: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    on: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expression:
    """What the expression pedal moves in a preset.

    Attributes:
        parameter: ``BLOCK.PARAM``.
        heel, toe: its value at either end, in its own unit; None: the parameter's own ends.
    """

    parameter: str
    heel: float | None = None
    toe: float | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """A chain, its snapshots, and what it makes of the controls.

    Attributes:
        name: what the screen shows.
        input, blocks, dc, output: the chain in the order of the signal.
        snapshots: in the order of the file.
        switches: actions that differ from the board's, by switch and gesture.
        expression: what its pedal moves; None: what the board says.
        master: how the pedal is connected; no preset file says that.
        looper: no file says that either; None where the board has none.
        snapshot: the number that was recalled last, 0 for none; nor that.
    """

    name: str
    blocks: tuple[Block, ...] = ()
    input: Block = field(default_factory=lambda: Block("input", "input"))
    dc: Block = field(default_factory=lambda: Block("dc", "dc"))
    output: Block = field(default_factory=lambda: Block("output", "output"))
    snapshots: tuple[Snapshot, ...] = ()
    switches: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    expression: Expression | None = None
    master: Block = field(default_factory=lambda: Block("master", "master"))
    looper: Block | None = None
    snapshot: int = 0

    @property
    def chain(self) -> tuple[Block, ...]:
        """Every block in the order of the signal, the implicit ones included."""
        looper = () if self.looper is None else (self.looper,)
        return (self.input, *self.blocks, self.dc, self.output, *looper, self.master)

    def is_like(self, other: Preset) -> bool:
        """Whether both are called, sound and are played the same, whatever they leave to a default."""
        if (self.switches, self.expression) != (other.switches, other.expression):
            return False
        return self.name == other.name and [block.filled for block in self.chain] == [b.filled for b in other.chain]

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
        checked = param_of(KINDS[block.kind], name, where).checked(value, where)
        return self.with_block(replace(block, values={**block.values, name: checked}))

    def with_option(self, block_id: str, name: str, value: str) -> Preset:
        """The same preset with an option, or the file that a block plays, as a player types it; it builds another rig.

        Raises:
            PresetError: no such block or option, or it cannot be so.
        """
        block, where = self.block(block_id), f"block '{block_id}'"
        block = replace(block, hashes={key: known for key, known in block.hashes.items() if key != name})
        if name == (kind := KINDS[block.kind]).asset:
            return self.with_block(replace(block, asset=checked_asset_name(value, name, where)))
        given = parse_option(kind, name, int(value) if value.isdecimal() and len(value) < 10 else value, where)
        return self.with_block(replace(block, options={**block.options, name: given}))

    def with_hashes(self, hashes: Mapping[str, Mapping[str, str]]) -> Preset:
        """The same preset with the hashes of its files, by block and key; those of other blocks are left out."""
        known = {block_id: own for block_id, own in hashes.items() if own}
        return replace(self, blocks=tuple(replace(b, hashes=dict(known.get(b.id, b.hashes))) for b in self.blocks))

    def with_on(self, block_id: str, on: bool) -> Preset:
        """The same preset with one of its listed blocks switched on or off.

        Raises:
            PresetError: no such block, or one that every chain needs.
        """
        if block_id in RESERVED:
            raise PresetError(f"the block '{block_id}' cannot be switched off", where=f"preset '{self.name}'")
        return self.with_block(replace(self.block(block_id), on=on))


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


def parse_option(kind: BlockKind, name: str, value: object, where: str) -> str | int:
    """An option's value as files have it.

    Raises:
        PresetError: it cannot be so.
    """
    option = kind.option(name)
    assert option is not None
    return checked_asset_name(value, name, where) if option.asset else option.parsed(value, where)


def file_keys(kind: BlockKind) -> tuple[str, ...]:
    """The keys of a kind that name files; each may have a hash beside it, in the key with ``HASH_SUFFIX``."""
    own = (kind.asset,) if kind.asset else ()
    return own + tuple(option.name for option in kind.options if option.asset)


def param_of(kind: BlockKind, name: str, where: str) -> Param:
    """The parameter ``name`` of a kind.

    Raises:
        PresetError: it has none of that name.
    """
    return kind.params[kind.index(name, where)]
