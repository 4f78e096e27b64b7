"""The charge pump of docs/wiring that turns a heartbeat into a held relay, as arithmetic.

A pin of 3.3 V drives C1; two diodes lift its charge onto C2, which the bleeder R empties; C2 is the gate of the
transistor that holds the relay's coil.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: Gate voltage at which the worst ZVNL110A carries the coil's 28 mA (threshold 1.5 V at most), and below which the best
#: one carries none of it (0.75 V at least).
HOLDS_V, FALLS_V = 1.8, 0.75


@dataclass(frozen=True)
class Pump:
    """Its parts, in farads, ohms and volts."""

    c1_f: float = 1e-6
    c2_f: float = 1e-6
    bleeder_ohm: float = 680e3
    diode_v: float = 0.4
    pin_v: float = 3.3

    def after(self, gate_v: float, seconds: float) -> float:
        """The gate's voltage after a time without a rising edge."""
        return gate_v * math.exp(-seconds / (self.bleeder_ohm * self.c2_f))

    def kicked(self, gate_v: float) -> float:
        """... and after a rising edge."""
        full_v = self.pin_v - 2 * self.diode_v
        return gate_v + max(0.0, full_v - gate_v) * self.c1_f / (self.c1_f + self.c2_f)

    def troughs(self, rising_s: Sequence[float]) -> list[float]:
        """The gate's voltage just before each rising edge; the last one is just after the last edge."""
        gate_v, at_s, lows = 0.0, rising_s[0], []
        for edge_s in rising_s:
            gate_v = self.after(gate_v, edge_s - at_s)
            lows.append(gate_v)
            gate_v, at_s = self.kicked(gate_v), edge_s
        return [*lows, gate_v]


def corners() -> Iterator[Pump]:
    """Parts at the ends of their tolerances: 20 % capacitors, 5 % resistors, diodes and supply."""
    for c1, c2, r, diode_v, pin_v in itertools.product((0.8, 1.2), (0.8, 1.2), (0.95, 1.05), (0.35, 0.45), (3.2, 3.4)):
        yield Pump(c1 * 1e-6, c2 * 1e-6, r * 680e3, diode_v, pin_v)
