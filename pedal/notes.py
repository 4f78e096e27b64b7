"""What the builder says about a rig: the JSON beside its slot.

Lies in shared memory next to the rows, so that a panel that was killed finds the playing state
again. Written by ``place``, read by the panel. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pedal.levels import ModelLevels

#: First in the id of a row that only rings out; no player's block is called so, ids are letters, digits, - and _.
TAIL_MARK = "~"


class AmpNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amp's own facts.

    Attributes:
        record_idx: i64 index of its record.
        gains_idx: f32 index of its input gain; its output gain is the next.
        model_name: what players read.
        levels: what its model says of itself, or what was measured.
        labels: of its widths, narrowest first.
        costs_ns: measured cost of each width, nanoseconds per frame on this machine; empty if unmeasured.
        start_idx: the width that there is room for in this rig; -1: not looked for.
    """

    record_idx: int
    gains_idx: int
    model_name: str
    levels: ModelLevels
    labels: tuple[str, ...]
    costs_ns: tuple[float, ...] = ()
    start_idx: int = -1


class ImpulseNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cabinet's own facts.

    Attributes:
        sizes_idx: i64 index of its sizes (``layout.SIZE_...``).
        taps: of each size, fewest first.
        costs_ns: measured cost of each size, nanoseconds per frame on this machine; empty if unmeasured.
        start_idx: the size that there is room for in this rig; -1: not looked for.
    """

    sizes_idx: int
    taps: tuple[int, ...]
    costs_ns: tuple[float, ...] = ()
    start_idx: int = -1


class BlockNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row.

    Attributes:
        id: as in the preset; kind: likewise.
        key: equal keys are the same instance across rigs.
        serial: which instance; never reused within a link.
        region: byte offset and size of all its memory.
        params_idx: f32 index of its targets.
        targets: kernel values that the panel stores when it publishes the rig.
        cost_key: two blocks of equal cost key cost the same.
        cost_ns: measured cost besides an amp's model, nanoseconds per frame; of a cabinet with all its taps.
    """

    id: str
    kind: str
    key: str
    serial: int
    region: tuple[int, int]
    params_idx: int
    targets: tuple[float, ...]
    cost_key: str = ""
    cost_ns: float = 0.0
    amp: AmpNote | None = None
    impulse: ImpulseNote | None = None

    @property
    def owner(self) -> str:
        """Id of the preset's block that it is of: an amp that plays twice is two rows, ``ID`` and ``ID:right``."""
        return self.id.partition(":")[0]

    def priced(self, costs: Mapping[str, tuple[float, ...]]) -> BlockNote:
        """The same row with what ``costs`` knows of it; see ``RigNotes.priced``."""
        sizes_ns, amp, impulse = costs.get(self.cost_key, ()), self.amp, self.impulse
        if len(sizes_ns) != (len(amp.labels) if amp else len(impulse.taps) if impulse else 1):
            return self
        if amp is not None:
            return msgspec.structs.replace(self, amp=msgspec.structs.replace(amp, costs_ns=sizes_ns))
        if impulse is not None:
            impulse = msgspec.structs.replace(impulse, costs_ns=sizes_ns)
        return msgspec.structs.replace(self, cost_ns=sizes_ns[-1], impulse=impulse)


class RigNotes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole rig."""

    preset_name: str
    serial: int
    blocks: tuple[BlockNote, ...]
    origin: str = ""

    @property
    def regions(self) -> tuple[tuple[int, int], ...]:
        """All memory it uses."""
        return tuple(block.region for block in self.blocks)

    def priced(self, costs: Mapping[str, tuple[float, ...]]) -> RigNotes:
        """The same rig with what ``costs`` knows of its blocks, ns per frame of each size by cost key."""
        return msgspec.structs.replace(self, blocks=tuple(block.priced(costs) for block in self.blocks))

    @property
    def amps(self) -> tuple[AmpNote, ...]:
        """Its amps in the order of sound."""
        return tuple(block.amp for block in self.blocks if block.amp is not None)


def encode_notes(notes: RigNotes) -> bytes:
    """JSON bytes."""
    return msgspec.json.encode(notes)


def decode_notes(data: bytes) -> RigNotes:
    """The notes of a slot.

    Raises:
        ValueError: torn or foreign bytes.
    """
    try:
        return msgspec.json.decode(data, type=RigNotes)
    except msgspec.MsgspecError as error:
        raise ValueError(f"rig notes: {error}") from error
