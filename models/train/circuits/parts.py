"""Parts that a circuit is made of; each plays a signal at the high rate, piece after piece.

Used by ``circuits`` in the training process. ``kernels`` do the work, these keep the state between pieces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from models.train.circuits.solid import CLIPPER_STATES, Clipper, Part, Signal, clipper_kernel, network_kernel, recursion
from models.train.circuits.tubes import (
    POWER_STATES,
    TRIODE_STATES,
    PowerAmp,
    Triode,
    power_kernel,
    triode_kernel,
)


class Stage(Protocol):
    """What plays volts, in place."""

    def play(self, v: Signal) -> None:
        """The next piece."""


class Recipe(Protocol):
    """Makes a stage, from rest, at a rate."""

    def build(self, rate_hz: float) -> Stage:
        """A stage of its own, from rest."""


class _Kernel:
    """A stage that is a kernel with a state."""

    def __init__(self, kernel: object, state: Signal, *arguments: object) -> None:
        self._kernel, self._state, self._arguments = kernel, state, arguments

    def play(self, v: Signal) -> None:
        self._kernel(v, self._state, *self._arguments)  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Tube:
    """A triode's stage and what of its plate's swing the next stage gets."""

    triode: Triode
    gain: float = 1.0

    def build(self, rate_hz: float) -> Stage:
        """From a cold supply; a circuit settles before it plays."""
        state = np.zeros(TRIODE_STATES)
        state[3] = state[4] = 0.6 * self.triode.supply_v
        return _Chain([_Kernel(triode_kernel, state, self.triode, 1.0 / rate_hz), _Scaled(self.gain)])


@dataclass(frozen=True, slots=True)
class Power:
    """A power amplifier."""

    amp: PowerAmp

    def build(self, rate_hz: float) -> Stage:
        """Nearly at rest."""
        state = np.zeros(POWER_STATES)
        state[5] = 0.97 * self.amp.supply_v
        return _Kernel(power_kernel, state, self.amp, 1.0 / rate_hz)


@dataclass(frozen=True, slots=True)
class Diodes:
    """An op-amp with diodes."""

    clipper: Clipper

    def build(self, rate_hz: float) -> Stage:
        """At rest."""
        return _Kernel(clipper_kernel, np.zeros(CLIPPER_STATES), self.clipper, 1.0 / rate_hz)


@dataclass(frozen=True, slots=True)
class Network:
    """Resistors and capacitors; the output is a node's voltage, ``gain`` times."""

    parts: tuple[Part, ...]
    out: int
    gain: float = 1.0

    def build(self, rate_hz: float) -> Stage:
        """Without charge."""
        keep, take = recursion(self.parts, 1.0 / rate_hz)
        linear = _Kernel(network_kernel, np.zeros(len(take) + 1), keep, take, self.out - 1)
        return _Chain([linear, _Scaled(self.gain)])


@dataclass(frozen=True, slots=True)
class Blend:
    """Several ways side by side, added up."""

    ways: tuple[tuple[Recipe, ...], ...]

    def build(self, rate_hz: float) -> Stage:
        """All of them."""
        return _Sum([_Chain([part.build(rate_hz) for part in way]) for way in self.ways])


class _Scaled:
    def __init__(self, gain: float) -> None:
        self._gain = gain

    def play(self, v: Signal) -> None:
        v *= self._gain


class _Chain:
    def __init__(self, stages: list[Stage]) -> None:
        self._stages = stages

    def play(self, v: Signal) -> None:
        for stage in self._stages:
            stage.play(v)


class _Sum:
    def __init__(self, ways: list[_Chain]) -> None:
        self._ways = ways

    def play(self, v: Signal) -> None:
        total = np.zeros_like(v)
        for way in self._ways:
            part = v.copy()
            way.play(part)
            total += part
        v[:] = total


def chain(parts: tuple[Recipe, ...], rate_hz: float) -> Stage:
    """One after the other."""
    return _Chain([part.build(rate_hz) for part in parts])


def coupled(corner_hz: float, gain: float = 1.0) -> Network:
    """A coupling capacitor: first-order high-pass."""
    return Network((("R", "in", 1, 1.0), ("C", 1, 2, 1.0 / (2.0 * np.pi * corner_hz * 1e6)), ("R", 2, 0, 1e6)), 2, gain)


def shaded(corner_hz: float, gain: float = 1.0) -> Network:
    """A first-order low-pass."""
    return Network((("R", "in", 1, 1e4), ("C", 1, 0, 1.0 / (2.0 * np.pi * corner_hz * 1e4))), 1, gain)
