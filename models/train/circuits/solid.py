"""Op-amps with diodes, and networks of resistors and capacitors, one small step of time after the other.

Called by ``parts`` in the training process, at eight times the sample rate. Diodes are too abrupt for the method of
``tubes``: their node is solved at every step (implicit Euler).

Diodes: W. Shockley's law. An op-amp with a pair of them in its feedback: D. Yeh, J. Abel & J. O. Smith, "Simplified,
physically-informed models of distortion and overdrive guitar effects pedals", DAFx-07, 2007. Passive networks: nodal
analysis with the trapezoidal rule, as D. Yeh & J. O. Smith do it for a tone stack in "Discretization of the '59
Fender Bassman tone stack", DAFx-06, 2006.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pedal.jit import kernel

Signal = NDArray[np.float64]

THERMAL_V = 25.85e-3


class Clipper(NamedTuple):
    """An op-amp whose feedback is a resistor, a capacitor and diodes in parallel: ohms, farads, amperes.

    Attributes:
        series_ohm, series_f: from the inverting input to ground (or from the source, if ``inverts``).
        feedback_ohm, feedback_f: across the diodes.
        saturation_a, ideality: of the diodes.
        up, down: diodes in series in each direction; as many as that conduct at so many times the voltage.
        inverts: True where the source drives the series branch; else it drives the other input and is in the output.
        swing_v: what the op-amp can reach, softly.
    """

    series_ohm: float = 4700.0
    series_f: float = 47e-9
    feedback_ohm: float = 250e3
    feedback_f: float = 51e-12
    saturation_a: float = 2.52e-9
    ideality: float = 1.752
    up: float = 1.0
    down: float = 1.0
    inverts: bool = False
    swing_v: float = 4.0


CLIPPER_STATES = 2


@kernel
def _diodes_kernel(current: float, conductance: float, saturation_a: float, up_v: float, down_v: float) -> float:
    """The voltage at which a conductance and a pair of diodes together take ``current``.

    Newton's method from a bound beyond the answer, where the sum is convex, so that it cannot overshoot.
    """
    sign = 1.0 if current >= 0.0 else -1.0
    ahead_v, behind_v = (up_v, down_v) if current >= 0.0 else (down_v, up_v)
    wanted = sign * current
    v = min(wanted / conductance, ahead_v * math.log1p(wanted / saturation_a))
    for _ in range(20):
        ahead, behind = saturation_a * math.exp(v / ahead_v), saturation_a * math.exp(-v / behind_v)
        step = (conductance * v + ahead - behind - wanted) / (conductance + ahead / ahead_v + behind / behind_v)
        v -= step
        if abs(step) < 1e-7:
            break
    return sign * v


@kernel
def clipper_kernel(v: Signal, state: Signal, c: Clipper, step_s: float) -> None:
    """Play ``v`` (volts) through the stage, in place. ``state`` is ``(CLIPPER_STATES,)``: both capacitors."""
    series, feedback = state
    up_v, down_v = c.up * c.ideality * THERMAL_V, c.down * c.ideality * THERMAL_V
    for n in range(v.shape[0]):
        current = (v[n] - series) / c.series_ohm
        series += step_s * current / c.series_f
        pushed = current + c.feedback_f / step_s * feedback
        feedback = _diodes_kernel(pushed, c.feedback_f / step_s + 1.0 / c.feedback_ohm, c.saturation_a, up_v, down_v)
        out = -feedback if c.inverts else v[n] + feedback
        v[n] = c.swing_v * math.tanh(out / c.swing_v)
    state[:] = (series, feedback)


@kernel
def network_kernel(v: Signal, state: Signal, keep: Signal, take: Signal, out: int) -> None:
    """Play ``v`` through a linear network, in place.

    Args:
        v: volts of the source, then of node ``out``.
        state: ``(nodes + 1,)``: volts of all nodes, and of the source one step before.
        keep: ``(nodes, nodes)``, take: ``(nodes,)``, of ``recursion``.
        out: a node.
    """
    nodes = keep.shape[0]
    fresh = np.empty(nodes)
    before = state[nodes]
    for n in range(v.shape[0]):
        pushed = v[n] + before
        before = v[n]
        for row in range(nodes):
            total = take[row] * pushed
            for column in range(nodes):
                total += keep[row, column] * state[column]
            fresh[row] = total
        for row in range(nodes):
            state[row] = fresh[row]
        v[n] = state[out]
    state[nodes] = before


#: A resistor or capacitor: "R" or "C", its two nodes, ohms or farads. Node 0 is ground, "in" the source.
Part = tuple[str, int | str, int | str, float]


def recursion(parts: tuple[Part, ...], step_s: float) -> tuple[Signal, Signal]:
    """The network as ``nodes' = keep @ nodes + take * (source + source before)``, by the trapezoidal rule.

    Nodes are numbered from 1; row 0 of the result is node 1.
    """
    nodes = max(int(node) for _, one, other, _ in parts for node in (one, other) if node != "in")
    conduct, store = np.zeros((nodes, nodes)), np.zeros((nodes, nodes))
    conduct_in, store_in = np.zeros(nodes), np.zeros(nodes)
    for kind, one, other, value in parts:
        matrix, source = (conduct, conduct_in) if kind == "R" else (store, store_in)
        weight = 1.0 / value if kind == "R" else value
        for here, there in ((one, other), (other, one)):
            if here in ("in", 0):
                continue
            row = int(here) - 1
            matrix[row, row] += weight
            if there == "in":
                source[row] += weight
            elif there != 0:
                matrix[row, int(there) - 1] -= weight
    if store_in.any():
        raise ValueError("a capacitor at the source: put the source's resistance between them")
    left = conduct + 2.0 / step_s * store
    return np.linalg.solve(left, 2.0 / step_s * store - conduct), np.linalg.solve(left, conduct_in)
