"""How much a model may ask for: memory and time of loading are bounded, whatever a file says.

Called by ``file`` and ``rates``; pure. The bounds are for all widths of a document together, because all of them are
packed. They are far above what any machine plays in real time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from pedal.nam.networks import ConvNetSpec, LstmSpec, Network, SequentialSpec
from pedal.nam.spec import WaveNetSpec

#: Layers of all networks: each takes some tenths of a millisecond to pack.
MAX_LAYERS_TOGETHER = 1024
#: Multiply-adds per frame, the zeros between groups counted: 48 thousand million a second.
MAX_DENSE = 1 << 20
#: Numbers of history (64 MiB).
MAX_HISTORY = 1 << 24
#: Multiply-adds of half a second of silence in recurrent layers: a quarter of a second on a desktop core.
MAX_SETTLE = 1 << 32


@dataclass(frozen=True, slots=True)
class Demand:
    """What networks ask for; see the bounds above."""

    layers: int = 0
    dense: int = 0
    history: int = 0
    settle: int = 0

    def __add__(self, other: Demand) -> Demand:
        return Demand(
            self.layers + other.layers,
            self.dense + other.dense,
            self.history + other.history,
            self.settle + other.settle,
        )

    @property
    def excess(self) -> str:
        """What is beyond all bounds, in words that follow "asks for"; empty if nothing is."""
        if self.layers > MAX_LAYERS_TOGETHER:
            return f"{self.layers} layers; this pedal stops at {MAX_LAYERS_TOGETHER}"
        if self.dense > MAX_DENSE:
            return f"{self.dense} multiplications per frame; this pedal stops at {MAX_DENSE}"
        if self.history > MAX_HISTORY:
            return f"a history of {self.history} numbers; this pedal stops at {MAX_HISTORY}"
        if self.settle > MAX_SETTLE:
            return f"{self.settle} multiplications to settle in; this pedal stops at {MAX_SETTLE}"
        return ""


def demand(networks: Sequence[Network]) -> Demand:
    """What all of ``networks`` ask for together."""
    return sum((_one(network) for network in networks), Demand())


def _one(network: Network) -> Demand:
    layers = sum(network.layer_counts)
    match network:
        case SequentialSpec():
            return demand(network.parts)
        case WaveNetSpec():
            around = demand([network.condition]) if network.condition else Demand()
            own = sum(array.dense_count for array in network.arrays)
            if network.post_head:
                layers += len(network.post_head.kernel_sizes)
                own += sum(prod(shape) for shape in network.post_head.shapes if len(shape) > 1)
            return around + Demand(layers, own, network.history_count - around.history)
        case ConvNetSpec():
            return Demand(layers, network.macs_per_sample * network.groups, network.history_count)
        case LstmSpec():
            macs = network.macs_per_sample
            return Demand(layers, macs, network.history_count, macs * network.settle_frames)
    return Demand(layers, network.macs_per_sample, network.history_count)
