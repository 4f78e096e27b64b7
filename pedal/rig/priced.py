"""What the rows of a chain take by a price list, in frames of a second. Pure.

Called where rows get their prices (``rows``), by the page that says what fits on which board (``offline/fits_page``)
and by the laboratory, which holds the governor's choice against every other.
"""

from __future__ import annotations

from collections.abc import Sequence
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
        others: of everything that is on but its amps' models, and of the period itself.
        amps: by block id, of each width of an amp that is on, narrowest first; both sides of one that plays twice.
    """

    others: float
    amps: dict[str, tuple[float, ...]]

    def total(self, widths: Sequence[int]) -> float:
        """With each amp at its index of ``widths``."""
        return self.others + sum(costs[width] for costs, width in zip(self.amps.values(), widths, strict=True))


def chain_shares(parts: Sequence[Part], prices: Prices, rate_hz: int, period_frames: int) -> Shares:
    """What the blocks of ``parts`` that are on take of each period of ``period_frames``."""

    def share(price: Price) -> float:
        return (price.call_ns / period_frames + price.frame_ns) * rate_hz * 1e-9

    others, amps = prices.period_ns / period_frames * rate_hz * 1e-9, dict[str, tuple[float, ...]]()
    for part in parts:
        if not part.block.on:
            continue
        row = row_price(part, prices)
        others += share(row.block)
        if row.widths:
            before = amps.get(part.owner, (0.0,) * len(row.widths))
            amps[part.owner] = tuple(old + share(new) for old, new in zip(before, row.widths, strict=True))
    return Shares(others, amps)
