"""The places of a pedal that can be edited, each read and written the same way. Pure.

A cell says what stands there in a ``State``, and which request puts something else there. That is all that undo needs:
it asks whether what a deed left there still stands there, and puts back what was there before (``journal``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, cast

from pedal.editor.state import State
from pedal.errors import PresetError
from pedal.panel.chain_requests import MoveBlock, RemoveBlock
from pedal.panel.desk_requests import HoldPreset
from pedal.panel.hands_requests import AS_THE_BOARD, AssignSwitch, Gesture
from pedal.panel.protocol import Request, SetParam, SetWidth, SwitchBlock
from pedal.params import KINDS
from pedal.params.words import shown
from pedal.preset import Block, Preset, Snapshot, format_preset


@dataclass(frozen=True, slots=True)
class Cell(ABC):
    """A place; ``read`` gives None where there is no such place.

    Attributes:
        is_turned: it goes through many values on its way to one: that is one deed.
    """

    is_turned: ClassVar[bool] = False

    @abstractmethod
    def read(self, state: State) -> Any:
        """What stands there."""

    @abstractmethod
    def request(self, state: State, value: Any) -> Request:
        """What puts ``value`` there."""

    def same(self, one: Any, other: Any) -> bool:
        """Whether two values are one and the same to a player."""
        return bool(one == other)

    def words(self, value: Any) -> str:
        """A value for people; may be empty."""
        return str(value)


@dataclass(frozen=True, slots=True)
class Knob(Cell):
    """A parameter, an option, or the name of a file that a block plays."""

    is_turned: ClassVar[bool] = True
    block_id: str
    name: str

    def __str__(self) -> str:
        return f"{self.block_id}.{self.name}"

    def read(self, state: State) -> Any:
        """A parameter's number, or an option or a file's name; an option that is not given is empty."""
        block = _block(state.preset, self.block_id)
        if block is None:
            return None
        kind = KINDS[block.kind]
        if self.name == kind.asset:
            return block.asset
        return block.option(self.name) if kind.option(self.name) else block.value(self.name)

    def request(self, state: State, value: Any) -> Request:
        """The pedal checks it."""
        if value == "":  # an option that is taken back
            block = state.preset.block(self.block_id)
            options = {name: given for name, given in block.options.items() if name != self.name}
            hashes = {name: known for name, known in block.hashes.items() if name != self.name}
            return _hold(state, state.preset.with_block(replace(block, options=options, hashes=hashes)))
        return SetParam(target=str(self), value=str(value) if isinstance(value, int) else value)

    def words(self, value: Any) -> str:
        """As the screen of the pedal says it."""
        for kind in KINDS.values():  # of a block that may be gone: by its name alone
            for param in kind.params:
                if param.name == self.name and isinstance(value, (int, float)):
                    return shown(param, value)
        return str(value)


@dataclass(frozen=True, slots=True)
class Switched(Cell):
    """Whether a block is on."""

    block_id: str

    def __str__(self) -> str:
        return self.block_id

    def read(self, state: State) -> Any:
        """True or False."""
        block = _block(state.preset, self.block_id)
        return None if block is None else block.on

    def request(self, state: State, value: Any) -> Request:
        """A block that is switched on may wait for room; the pedal sees to it."""
        return SwitchBlock(block=self.block_id, on=value)

    def words(self, value: Any) -> str:
        """On or off."""
        return "on" if value else "off"


@dataclass(frozen=True, slots=True)
class Quality(Cell):
    """The width that is asked for of an amp."""

    is_turned: ClassVar[bool] = True
    block_id: str

    def __str__(self) -> str:
        return f"quality of {self.block_id}"

    def read(self, state: State) -> Any:
        """Full, lite or auto."""
        return state.quality.get(self.block_id, "auto") if self.block_id in _amps(state.preset) else None

    def request(self, state: State, value: Any) -> Request:
        """Amps are counted."""
        return SetWidth(width=value, amp=_amps(state.preset).index(self.block_id) + 1)


@dataclass(frozen=True, slots=True)
class Job(Cell):
    """What a gesture of a footswitch does in this preset."""

    switch: str
    gesture: Gesture

    def __str__(self) -> str:
        return f"{self.gesture} of {self.switch}"

    def read(self, state: State) -> Any:
        """An action; empty: what the board says."""
        return state.preset.switches.get(self.switch, {}).get(self.gesture, "")

    def request(self, state: State, value: Any) -> Request:
        """Empty gives the switch back."""
        return AssignSwitch(switch=self.switch, gesture=self.gesture, action=value or AS_THE_BOARD)

    def words(self, value: Any) -> str:
        """As files have it."""
        return str(value) or "as the board says"


@dataclass(frozen=True, slots=True)
class Place(Cell):
    """Where in the chain a block is, from 1."""

    block_id: str

    def __str__(self) -> str:
        return f"place of {self.block_id}"

    def read(self, state: State) -> Any:
        """A number."""
        ids = [block.id for block in state.preset.blocks]
        return ids.index(self.block_id) + 1 if self.block_id in ids else None

    def request(self, state: State, value: Any) -> Request:
        """The others make room."""
        return MoveBlock(block=self.block_id, place=value)


@dataclass(frozen=True, slots=True)
class Placed:
    """A block, where it is in the chain (from 1), what snapshots say of it, and the width chosen for it."""

    place: int
    block: Block
    snapshots: tuple[Snapshot, ...] = ()
    quality: str = "auto"


@dataclass(frozen=True, slots=True)
class Presence(Cell):
    """Whether there is a block, and which one: a ``Placed`` or ``ABSENT``."""

    block_id: str

    def __str__(self) -> str:
        return self.block_id

    def read(self, state: State) -> Any:
        """The block with all that is said of it."""
        for place, block in enumerate(state.preset.blocks, 1):
            if block.id == self.block_id:
                said = tuple(_about(own, block.id) for own in state.preset.snapshots)
                return Placed(place, block, said, state.quality.get(block.id, "auto"))
        return ABSENT

    def request(self, state: State, value: Any) -> Request:
        """A block comes back as it was, under its own name: the whole preset is held anew, with it."""
        if value == ABSENT:
            return RemoveBlock(block=self.block_id)
        placed: Placed = value
        blocks = [*state.preset.blocks]
        blocks.insert(placed.place - 1, placed.block)
        about = {own.number: own for own in placed.snapshots}
        snapshots = (_with(own, about[own.number]) if own.number in about else own for own in state.preset.snapshots)
        changed = replace(state.preset, blocks=tuple(blocks), snapshots=tuple(snapshots))
        return _hold(state, changed, quality={**state.quality, self.block_id: placed.quality})

    def same(self, one: Any, other: Any) -> bool:
        """A block that others moved is still the same; one that they turned is not."""
        if isinstance(one, Placed) and isinstance(other, Placed):
            return one.block.filled == other.block.filled
        return bool(one == other)

    def words(self, value: Any) -> str:
        """There or not."""
        return "added" if isinstance(value, Placed) else "removed"


#: No block of this name. (None would be: no such place.)
ABSENT: Literal["absent"] = "absent"


@dataclass(frozen=True, slots=True)
class Whole(Cell):
    """The preset in hand, with the key of its file: what one leaves behind by going to another."""

    def __str__(self) -> str:
        return "preset"

    def read(self, state: State) -> Any:
        """A key, a preset, and the widths chosen for its amps."""
        return state.key, state.preset, state.quality

    def request(self, state: State, value: Any) -> Request:
        """With what was not saved of it."""
        key, preset, quality = cast(tuple[str, Preset, Mapping[str, str]], value)
        return _hold(state, preset, key, quality)

    def same(self, one: Any, other: Any) -> bool:
        """Whether they sound and are called the same, and belong to the same file."""
        return bool(one[0] == other[0] and one[1].is_like(other[1]))

    def words(self, value: Any) -> str:
        """Its name."""
        return str(value[1].name)


def _hold(state: State, preset: Preset, key: str | None = None, quality: Mapping[str, str] | None = None) -> HoldPreset:
    return HoldPreset(
        text=format_preset(preset),
        key=state.key if key is None else key,
        instead_of=state.preset_mark,
        quality=None if quality is None else dict(quality),
    )


def _block(preset: Preset, block_id: str) -> Block | None:
    try:
        return preset.block(block_id)
    except PresetError:
        return None


def _amps(preset: Preset) -> list[str]:
    return [block.id for block in preset.blocks if block.kind == "amp"]


def _about(snapshot: Snapshot, block_id: str) -> Snapshot:
    values = {block_id: snapshot.values[block_id]} if block_id in snapshot.values else {}
    return replace(snapshot, values=values, on={block_id: snapshot.on[block_id]} if block_id in snapshot.on else {})


def _with(snapshot: Snapshot, about: Snapshot) -> Snapshot:
    return replace(snapshot, values={**snapshot.values, **about.values}, on={**snapshot.on, **about.on})
