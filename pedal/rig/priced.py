"""What the rows of a chain take by a price list, in frames of a second. Pure.

Called where rows get their prices (``rows``), by the page that says what fits on which board (``offline/fits_page``)
and by the laboratory, which holds the governor's choice against every other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pedal.nam.plan import KIND, KIND_A2
from pedal.params import KINDS
from pedal.prices import Price, Prices
from pedal.rig.compile import Part


@dataclass(frozen=True, slots=True)
class RowPrice:
    """Of one row: the block by itself while it is on, and beside that each width of its model, narrowest first.

    A cabinet's ``sizes`` are what it takes with fewer taps, fewest first; the last is ``block``.
    """

    block: Price
    widths: tuple[Price, ...] = ()
    sizes: tuple[Price, ...] = ()


def row_price(part: Part, prices: Prices) -> RowPrice:
    """What a part's row takes."""
    choices = [param for param in KINDS[part.block.kind].params if param.words]
    chosen = [param.words[int(part.block.value(param.name))] for param in choices]
    block = prices.blocks[part.block.kind].of(part.taps, part.channels, chosen)
    if part.amp is None:
        sizes = (prices.blocks[part.block.kind].of(taps, part.channels, chosen) for taps in part.sizes)
        return RowPrice(block, sizes=tuple(sizes))
    models = zip(part.amp.packed, part.amp.macs, strict=True)
    widths = [prices.model.of(macs, is_a2=int(packed.plan[KIND]) == KIND_A2) for packed, macs in models]
    return RowPrice(block, tuple(widths))


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of a period that a chain takes.

    Attributes:
        others: of the period itself, of input, output and the like, and of amps beside their models.
        amps: by block id, of each width of an amp that is on, narrowest first; both sides of one that plays twice.
        cabs: by block id, of each size of a cabinet that is on, fewest taps first.
        effects: by block id, of any other block that is on.
    """

    others: float
    amps: Mapping[str, tuple[float, ...]]
    cabs: Mapping[str, tuple[float, ...]]
    effects: Mapping[str, float]

    def times(self, slowdown: float) -> Shares:
        """Where all of it takes so many times as long."""
        amps = {name: tuple(slowdown * cost for cost in costs) for name, costs in self.amps.items()}
        cabs = {name: tuple(slowdown * cost for cost in costs) for name, costs in self.cabs.items()}
        effects = {name: slowdown * cost for name, cost in self.effects.items()}
        return Shares(slowdown * self.others, amps, cabs, effects)

    def total(self, widths: Sequence[int], sizes: Sequence[int] | None = None) -> float:
        """With each amp at its index of ``widths`` and each cabinet at its index of ``sizes``, or whole."""
        cabs = self.cabs.values()
        indices = sizes if sizes is not None else [len(costs) - 1 for costs in cabs]
        amps = sum(costs[width] for costs, width in zip(self.amps.values(), widths, strict=True))
        rows = sum(costs[size] for costs, size in zip(cabs, indices, strict=True))
        return self.others + sum(self.effects.values()) + amps + rows


def chain_shares(parts: Sequence[Part], prices: Prices, rate_hz: int, period_frames: int) -> Shares:
    """What the blocks of ``parts`` that are on take of each period of ``period_frames``."""

    def share(price: Price) -> float:
        return (price.call_ns / period_frames + price.frame_ns) * rate_hz * 1e-9

    others = prices.period_ns / period_frames * rate_hz * 1e-9
    amps, cabs = dict[str, tuple[float, ...]](), dict[str, tuple[float, ...]]()
    effects = dict[str, float]()
    for part in parts:
        if not part.block.on:
            continue
        row = row_price(part, prices)
        if row.widths:
            before = amps.get(part.owner, (0.0,) * len(row.widths))
            amps[part.owner] = tuple(old + share(new) for old, new in zip(before, row.widths, strict=True))
        if row.sizes:
            cabs[part.owner] = tuple(share(size) for size in row.sizes)
        elif row.widths or KINDS[part.block.kind].implicit:
            others += share(row.block)
        else:
            effects[part.owner] = share(row.block)
    return Shares(others, amps, cabs, effects)
