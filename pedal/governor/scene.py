"""What the governor sees, and what it can order. Pure data: the panel makes scenes and carries out orders.

All costs are shares of the period, as the pedal's book has them now. Who gives way, and in which order,
is told in ``fit``; that the load follows the book is not assumed, see ``decide``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

#: Index of a width or size that something plays which is switched off.
OFF = -1


@dataclass(frozen=True, slots=True)
class Amp:
    """One amp as the governor sees it.

    Attributes:
        id: its block.
        costs: share of the period of each width, narrowest first.
        playing: width index now, or ``OFF``.
        ceiling: the widest the player allows.
        floor: the narrowest the player allows; only a period that overran goes below.
        labels: what players call the widths; may be left out.
        name: what players call the block; its id where it is empty.
    """

    id: str
    costs: tuple[float, ...]
    playing: int
    ceiling: int
    floor: int = 0
    labels: tuple[str, ...] = ()
    name: str = ""

    @property
    def cost(self) -> float:
        """Share of the period it takes now."""
        return self.costs[self.playing] if self.playing >= 0 else 0.0

    def label(self, width: int) -> str:
        """What players call a width."""
        return self.labels[width] if self.labels else f"width {width + 1}"


@dataclass(frozen=True, slots=True)
class Impulse:
    """One cabinet: an impulse response that may be played with fewer taps.

    Attributes:
        id: its block.
        costs: share of the period of each size, fewest taps first; the last is the whole response.
        playing: size index now, or ``OFF``.
        name: what players call the block; its id where it is empty.
    """

    id: str
    costs: tuple[float, ...]
    playing: int
    name: str = ""

    @property
    def cost(self) -> float:
        """Share of the period it takes now."""
        return self.costs[self.playing] if self.playing >= 0 else 0.0


@dataclass(frozen=True, slots=True)
class Extra:
    """Any other block that the player has switched on.

    Attributes:
        id: its block.
        cost: share of the period it takes, or would take if it is ``held``.
        held: True while the governor has faded it out.
        stays: True if it must not be faded out now (a looper that records).
        name: what players call the block; its id where it is empty.
    """

    id: str
    cost: float
    held: bool = False
    stays: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """All that plays, or is to play.

    Attributes:
        amps, impulses: in the order of sound.
        extras: in the order in which they were switched on, the newest last; a preset's in the order of sound.
            All that are on for the player, the held ones too.
        tails: what rings on from an earlier preset, altogether; 0 where nothing does.
        others: everything else: input, output, the period's own share, the machine's other work.
    """

    amps: tuple[Amp, ...] = ()
    impulses: tuple[Impulse, ...] = ()
    extras: tuple[Extra, ...] = ()
    tails: float = 0.0
    others: float = 0.0

    @property
    def known(self) -> float:
        """What it all takes now by the book, ``others`` left out."""
        sounding = [amp.cost for amp in self.amps] + [impulse.cost for impulse in self.impulses]
        return sum(sounding) + sum(extra.cost for extra in self.extras if not extra.held) + self.tails


@dataclass(frozen=True, slots=True)
class Width:
    """Amp ``id`` is to play ``width``. Nobody hears it."""

    id: str
    width: int
    reason: str


@dataclass(frozen=True, slots=True)
class Taps:
    """Cabinet ``id`` is to play ``size`` (an index of its costs), faded."""

    id: str
    size: int
    reason: str


@dataclass(frozen=True, slots=True)
class DropTails:
    """What rings on from earlier presets is to fade out."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Block ``id`` is to fade out and wait; the player's "on" stays as it is."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Release:
    """Block ``id``, which was held, is to come back."""

    id: str
    reason: str


#: Each has a ``reason``: a sentence for players.
Order = Width | Taps | DropTails | Hold | Release


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether something that is to be switched on may start.

    Attributes:
        orders: what must have happened before it starts, its own width or size among it.
        refusal: why it may not, a sentence for players; empty if it may. Then nothing is to be done.
    """

    orders: tuple[Order, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A choice for a whole scene.

    Attributes:
        widths: width index of each amp, ``OFF`` where it is off.
        sizes: size index of each impulse, ``OFF`` where it is off.
        held: ids of the extras to be faded out.
        tails: whether tails ring on.
    """

    widths: tuple[int, ...] = ()
    sizes: tuple[int, ...] = ()
    held: frozenset[str] = field(default_factory=frozenset)
    tails: bool = True


def plan_of(scene: Scene) -> Plan:
    """The choice that a scene plays now."""
    return Plan(
        tuple(amp.playing for amp in scene.amps),
        tuple(impulse.playing for impulse in scene.impulses),
        frozenset(extra.id for extra in scene.extras if extra.held),
        scene.tails > 0.0,
    )


_Part = TypeVar("_Part", Amp, Impulse)


def _at(parts: Sequence[_Part], indices: Sequence[int]) -> tuple[_Part, ...]:
    return tuple(replace(part, playing=index) for part, index in zip(parts, indices, strict=True))


def with_plan(scene: Scene, plan: Plan) -> Scene:
    """``scene`` as it is once ``plan`` is carried out."""
    return replace(
        scene,
        amps=_at(scene.amps, plan.widths),
        impulses=_at(scene.impulses, plan.sizes),
        extras=tuple(replace(extra, held=extra.id in plan.held) for extra in scene.extras),
        tails=scene.tails if plan.tails else 0.0,
    )
