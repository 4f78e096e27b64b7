"""A machine that is none: blocks that take what they take, a board that heats up, and the governor that looks at it.

Used by ``governor_bench`` and the tests. The governor and the cost book are the real ones; what is simulated is the
load: the mean that the period thread keeps, at every tick of the panel. One tick is one look.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from pedal.governor.admit import Joining, admit
from pedal.governor.book import Book, Seen, Setting
from pedal.governor.decide import MARGIN, Load, step
from pedal.governor.fit import best, preference
from pedal.governor.memory import Memory, after_joining
from pedal.governor.scene import OFF, Amp, DropTails, Extra, Hold, Impulse, Order, Release, Scene, Taps, Width, plan_of

TICK_S = 0.05
#: Of the load's mean, as ``layout.LOAD_MEAN_S``.
MEAN_S = 0.1
#: The best plan is looked for so often, to be compared with what plays.
COMPARE_TICKS = 20
_SETTING = Setting(48_000, 64)
_NS = 1e9 / _SETTING.rate_hz  # nanoseconds per frame that fill a period


def carried_out(scene: Scene, order: Order) -> Scene:
    """The scene once an order is carried out."""
    match order:
        case Width(id=name, width=width):
            return replace(scene, amps=tuple(replace(a, playing=width) if a.id == name else a for a in scene.amps))
        case Taps(id=name, size=size):
            cabs = tuple(replace(cab, playing=size) if cab.id == name else cab for cab in scene.impulses)
            return replace(scene, impulses=cabs)
        case DropTails():
            return replace(scene, tails=0.0)
        case Hold(id=name) | Release(id=name):
            held = isinstance(order, Hold)
            return replace(scene, extras=tuple(replace(e, held=held) if e.id == name else e for e in scene.extras))


@dataclass(slots=True)
class Tally:
    """What came of a run.

    Attributes:
        changes: when something changed of what plays; what a player's own foot brought about is counted apart.
        by_foot: how often something gave way for a block that was switched on.
        refused: blocks that were refused.
        overruns: looks at which a period would have overrun.
        looks: all of them; over: those at which the mean load was over the budget.
        compared, below: looks at which the best plan was looked for; at which what played was not as good as the best
            that fits with the margin.
    """

    changes: list[float] = field(default_factory=list)
    by_foot: int = 0
    refused: int = 0
    overruns: int = 0
    looks: int = 0
    over: int = 0
    compared: int = 0
    below: int = 0

    def most_within(self, duration_s: float, after_s: float = 0.0) -> int:
        """The most changes within any stretch of a duration that begins later than ``after_s``."""
        times = [at_s for at_s in self.changes if at_s >= after_s]
        return max((sum(at_s <= other < at_s + duration_s for other in times) for at_s in times), default=0)


class Machine:
    """A chain on a board.

    Args:
        chain: with what everything truly takes on a cool board.
        budget: share of the period.
        wrong: by how much the book's figures are off at first: 0.5 is half of the truth.
        learns: whether the book follows what is seen.
    """

    def __init__(self, chain: Scene, budget: float = 0.7, wrong: float = 1.0, learns: bool = True) -> None:
        self.chain, self.budget, self.learns = chain, budget, learns
        self.now_s, self.mean = 0.0, 0.0
        self.memory, self.tally = Memory(), Tally()
        self._book = Book()
        self._wrong = wrong
        parts: list[Joining] = [*chain.amps, *chain.impulses, *chain.extras]
        for part in parts:
            self._note(part)

    def tick(self, heat: float = 1.0, busy: float = 0.0) -> None:
        """One look: everything takes ``heat`` times as long, and others take ``busy`` of the period besides."""
        load = heat * (self.chain.others + self.chain.known) + busy
        self.mean += (load - self.mean) * (1.0 - math.exp(-TICK_S / MEAN_S)) if self.tally.looks else load
        if self.learns:
            self._book.learn(_SETTING, self._seen(heat), TICK_S)
        self.memory, orders = step(self.memory, Load(self.mean, self.budget), self.believed(), self.now_s)
        for order in orders:
            self.chain = carried_out(self.chain, order)
            self.tally.changes.append(self.now_s)
        self._count(load, heat, busy)
        self.now_s += TICK_S

    def switch_on(self, joining: Joining, heat: float = 1.0) -> bool:
        """A foot wants a block; returns whether it plays."""
        self._note(joining)
        believed = self.believed()
        believed = replace(believed, others=max(0.0, self.mean - believed.known))
        admission = admit(believed, self._as_believed(joining), self.budget)
        if admission.refusal:
            self.tally.refused += 1
            return False
        for order in admission.orders:
            self.chain = carried_out(self.chain, order)
        if admission.orders:
            self.tally.by_foot += 1
            self.memory = after_joining(self.memory, self.now_s)
        if isinstance(joining, Extra):
            self.chain = replace(self.chain, extras=(*self.chain.extras, replace(joining, held=False)))
        return True

    def switch_off(self, name: str) -> None:
        """A foot has had enough of a block."""
        self.chain = replace(self.chain, extras=tuple(extra for extra in self.chain.extras if extra.id != name))

    def believed(self) -> Scene:
        """The chain as the book has it, now."""
        return replace(
            self.chain,
            amps=tuple(replace(amp, costs=self._costs(amp)) for amp in self.chain.amps),
            impulses=tuple(replace(impulse, costs=self._costs(impulse)) for impulse in self.chain.impulses),
            extras=tuple(replace(extra, cost=self._costs(extra)[0]) for extra in self.chain.extras),
        )

    def _as_believed(self, part: Joining) -> Joining:
        if isinstance(part, Extra):
            return replace(part, cost=self._costs(part)[0])
        return replace(part, costs=self._costs(part))

    def _costs(self, part: Joining) -> tuple[float, ...]:
        entry = self._book.entry(_SETTING, part.id)
        return tuple(ns * self._book.slowness / _NS for ns in entry.ns) if entry else ()

    def _note(self, part: Joining) -> None:
        if self._book.entry(_SETTING, part.id) is None:
            costs = (part.cost,) if isinstance(part, Extra) else part.costs
            self._book.note_measured(_SETTING, {part.id: [cost * _NS * self._wrong for cost in costs]})

    def _seen(self, heat: float) -> dict[str, Seen]:
        parts: list[Amp | Impulse] = [*self.chain.amps, *self.chain.impulses]
        seen = {part.id: Seen(part.id, part.playing, part.cost * heat * _NS) for part in parts if part.playing != OFF}
        return seen | {e.id: Seen(e.id, 0, e.cost * heat * _NS) for e in self.chain.extras if not e.held}

    def _count(self, load: float, heat: float, busy: float) -> None:
        tally = self.tally
        tally.looks += 1
        tally.overruns += load > 1.0
        tally.over += self.mean > self.budget
        if tally.looks % COMPARE_TICKS == 0:
            known = (self.budget - MARGIN - busy) / heat
            tally.compared += 1
            tally.below += preference(self.chain, plan_of(self.chain)) < preference(self.chain, best(self.chain, known))
