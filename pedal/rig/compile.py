"""From a preset and its assets to a list of parts: what each block needs, nothing placed yet.

Called by the builder and by the offline renderer. The order of the parts is the order of sound:
input, the blocks as listed (the gate behind the last amp, because it listens to the guitar but
must silence what the amp made of the noise), DC blocker, output.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pedal.dsp.block import own_f32, own_i64
from pedal.dsp.cab_sizes import all_sets
from pedal.errors import PresetError
from pedal.layout import MAX_FRAMES, MAX_ROWS, SIDE_BOTH, SIDE_LEFT, SIDE_RIGHT
from pedal.levels import USUAL, Levels, input_gain, output_gain
from pedal.nam.model import Model
from pedal.nam.pack import Packed, pack
from pedal.params import KINDS
from pedal.preset import Block, Preset
from pedal.rig.dispatch import MODULES
from pedal.units import gain_from_db


class Assets(Protocol):
    """Where models and impulse responses come from."""

    def model(self, name: str) -> Model:
        """The model called ``name``; raises a ModelError."""

    def impulse(self, name: str, rate_hz: int) -> NDArray[np.float32]:
        """Mono taps at ``rate_hz``; raises an ImpulseError."""


@dataclass(frozen=True, slots=True)
class AmpParts:
    """What an amp brings: its packed widths, narrowest first, with a gain for each; and the gains around them all."""

    model: Model
    packed: tuple[Packed, ...]
    trim_gains: tuple[float, ...]
    input_gain: float
    output_gain: float

    @property
    def labels(self) -> tuple[str, ...]:
        """What players call the widths."""
        return tuple(width.label for width in self.model.widths)

    @property
    def receptive_frames(self) -> tuple[int, ...]:
        """Frames of input that each width remembers."""
        return tuple(width.receptive_field_frames for width in self.model.widths)

    @property
    def macs(self) -> tuple[int, ...]:
        """Multiply-adds per frame of each width."""
        return tuple(width.macs_per_sample for width in self.model.widths)

    @property
    def shape(self) -> str:
        """What its widths' plans say, which know sizes and no weights: models of equal shape cost the same."""
        digest = hashlib.sha256()
        for packed in self.packed:
            digest.update(f"{packed.weights.size} {packed.state_f32} {packed.state_i64}\0".encode())
            digest.update(packed.plan.tobytes())
        return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Part:
    """One block, compiled: sizes of its state and the data it brings.

    Attributes:
        block: as in the preset.
        key: two parts of equal key are the same instance across rigs, and keep their state.
        targets: kernel values of all parameters, cell by cell.
        f32, f64, i64: memory elements per view, what all blocks have included.
        quiet_frames, meter: see ``dsp.block.State``.
        data: constants (two sets of reversed taps, in all sizes), may be empty.
        sizes: of a cabinet: with how many taps it may play, fewest first.
        channels: 1 or 2: how many it plays where it stands.
        spread: it is the first with two.
        side: of an amp that plays twice.
        price: two parts of equal price and channels cost the same: kind, words that cost otherwise, and size.
        tail, tail_gain: it only rings out (``tails.py``), at this gain.
        amp: only for amps.
    """

    block: Block
    key: str
    targets: tuple[float, ...]
    f32: int
    f64: int
    i64: int
    data: NDArray[np.float32]
    sizes: tuple[int, ...] = ()
    quiet_frames: int = 0
    meter: int = 0
    channels: int = 1
    spread: bool = False
    side: int = SIDE_BOTH
    price: str = ""
    tail: bool = False
    tail_gain: float = 1.0
    amp: AmpParts | None = None

    @property
    def owner(self) -> str:
        """Id of the preset's block that it is of."""
        return self.block.id.partition(":")[0]

    @property
    def taps(self) -> int:
        """Of an impulse response, per channel: all of them."""
        return self.sizes[-1] if self.sizes else 0

    @property
    def cost_key(self) -> str:
        """Two parts of equal cost key cost the same."""
        return f"{self.price}/{self.channels}"


def compile_preset(preset: Preset, assets: Assets, rate_hz: int, levels: Levels = USUAL) -> tuple[Part, ...]:
    """All parts in the order they play; ``levels`` says how loud amps hear and are heard.

    Raises:
        PresetError: too many blocks.
        ModelError, ImpulseError: an asset that does not load.
    """
    blocks = in_order_of_sound(preset)
    if len(blocks) > MAX_ROWS:
        raise PresetError(f"has {len(blocks)} blocks", where=f"preset '{preset.name}'", hint=f"Use at most {MAX_ROWS}")
    seen: dict[str, int] = {}
    parts: list[Part] = []
    for block in blocks:
        part = compile_block(block, rate_hz, assets, levels)
        ordinal = seen.get(part.key, 0)
        seen[part.key] = ordinal + 1
        parts.append(replace(part, key=f"{part.key}#{ordinal}"))
    both = tuple(side for part in with_channels(parts) for side in _sides(part))
    if len(both) > MAX_ROWS:
        raise PresetError("is too long, with amps that play twice", where=f"preset '{preset.name}'")
    return both


def _sides(part: Part) -> tuple[Part, ...]:
    """The part; or two, left and right, of an amp that plays twice behind a stereo block.

    Both are other instances than the same model playing once: where one goes on into another preset, so does the other.
    """
    if part.amp is None or part.channels == 1 or part.block.option("stereo") != "twice":
        return (part,)
    right = replace(part.block, id=f"{part.block.id}:right")
    return (
        replace(part, key=f"{part.key}:left", side=SIDE_LEFT),
        replace(part, block=right, key=f"{part.key}:right", side=SIDE_RIGHT),
    )


def with_channels(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The same parts, each with its channels: two from the first that makes two, if no amp behind would sum them."""
    sums = max((i for i, part in enumerate(parts) if part.amp and part.block.option("stereo") != "twice"), default=-1)
    first = next((index for index, part in enumerate(parts) if index > sums and _widens(part.block)), len(parts))
    return tuple(
        replace(part, channels=1 if index < first else 2, spread=index == first) for index, part in enumerate(parts)
    )


def _widens(block: Block) -> bool:
    kind = KINDS[block.kind]
    return kind.widens or any(option.widens and bool(block.option(option.name)) for option in kind.options)


def in_order_of_sound(preset: Preset) -> tuple[Block, ...]:
    """The chain with its gates moved behind the last amp that follows them."""
    blocks = list(preset.chain)
    for block in [b for b in blocks if b.kind == "gate"]:
        at = blocks.index(block)
        amps = [i for i, other in enumerate(blocks) if other.kind == "amp" and i > at]
        if amps:
            blocks.insert(amps[-1] + 1, block)
            del blocks[at]
    return tuple(blocks)


#: Parameters that make a block another one than the same with other values.
KEYED = {"amp": (0,), "cab": (KINDS["cab"].index("low_cut_hz"), KINDS["cab"].index("high_cut_hz"))}
_NOTHING = np.zeros(0, np.float32)


def compile_block(block: Block, rate_hz: int, assets: Assets | None = None, levels: Levels = USUAL) -> Part:
    """A block on its own, mono; ``assets`` only matter to a kind that has one.

    Raises:
        ModelError, ImpulseError: an asset that does not load.
    """
    kind, data, key, amp, sizes = KINDS[block.kind], _NOTHING, block.kind, None, tuple[int, ...]()
    values, price = block.kernel_values(), block.price
    if kind.bypass == "tail":
        # With other knobs it is another one: the old one rings out as it was, and does not bend into the new one.
        key = f"{kind.name}:{hashlib.sha256(repr(values[1:]).encode()).hexdigest()}"
    if kind.asset == "model" and assets is not None:
        model = assets.model(block.asset)
        amp, key = amp_parts(model, rate_hz, levels), f"{kind.name}:{model.content_hash}"
        price = f"{price}:{amp.shape}"
        # One that sleeps knows nothing of what was played: awake it is another, which is new and hears it first.
        key = key if block.on else f"{key}:off"
    elif kind.asset == "impulse" and assets is not None:
        names = [name for name in (block.asset, str(block.option("impulse_b"))) if name]
        impulses = [assets.impulse(name, rate_hz) for name in names]
        data, sizes = all_sets(impulses, int(block.option("taps")), rate_hz)
        # With other cuts it is another: filters that are full of the old sound's lows would let go of them in a thump.
        cuts = tuple(values[cell] for cell in KEYED["cab"])
        key = f"{kind.name}:{hashlib.sha256(data.tobytes()).hexdigest()}:{cuts}"
        price = f"{price}:{sizes[-1]}"
    own = MODULES[kind.name].state(rate_hz, 2 * sizes[-1] if sizes else 0)
    f32, i64 = (own.f32, own.i64) if amp else (own_f32(kind) + own.f32, own_i64(kind) + own.i64)
    return Part(block, key, values, f32, own.f64, i64, data, sizes, own.quiet_frames, own.meter, price=price, amp=amp)


def amp_parts(model: Model, rate_hz: int, levels: Levels = USUAL) -> AmpParts:
    """All widths of a model, packed, and its gains.

    Raises:
        ModelError: the model cannot be played at this sample rate.
    """
    model = model.at_rate(rate_hz, "Set rate_hz in the board file, or choose another model")
    return AmpParts(
        model=model,
        packed=tuple(pack(width.spec, MAX_FRAMES) for width in model.widths),
        trim_gains=tuple(gain_from_db(trim_db) for trim_db in model.trims_db),
        input_gain=gain_from_db(input_gain(model.levels, levels).gain_db),
        output_gain=gain_from_db(output_gain(model.levels, levels).gain_db),
    )
