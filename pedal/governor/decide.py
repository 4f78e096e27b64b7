"""Which width each amp should play, from loads and costs. Pure: no clock, no memory but its own.

Called by the panel about twenty times a second (``step``), and before it switches on something that
costs (``fit``). The rules, in the order they apply:

* over the budget: narrow at once, the amp whose narrowing frees most;
* wider would fit, with a margin, and has done so for a while: widen one amp by one width;
* a widening that had to be taken back makes the next wait twice as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

#: A widening must leave this share of the period free below the budget.
MARGIN = 0.05
#: After any change the load needs this long to show it.
SETTLE_S = 0.3
#: Headroom must last this long before the first widening, and at most so long after many failures.
PATIENCE_S, PATIENCE_MAX_S = 1.5, 60.0
#: A narrowing within this time after a widening takes it back.
REGRET_S = 10.0


@dataclass(frozen=True, slots=True)
class Amp:
    """One amp as the governor sees it.

    Attributes:
        id: its block.
        costs: share of the period of each width, narrowest first.
        playing: width index now, or -1 while it is switched off.
        ceiling: the widest the player allows.
        floor: the narrowest the player allows; only a period that overran goes below.
    """

    id: str
    costs: tuple[float, ...]
    playing: int
    ceiling: int
    floor: int = 0

    @property
    def cost(self) -> float:
        """Share of the period it takes now."""
        return self.costs[self.playing] if self.playing >= 0 else 0.0


@dataclass(frozen=True, slots=True)
class Load:
    """What the period thread measured: mean share of the period, and the share it may use."""

    mean: float
    budget: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Amp ``id`` should play ``width`` because of ``reason`` (words for players)."""

    id: str
    width: int
    reason: str


@dataclass(frozen=True, slots=True)
class Memory:
    """What the governor remembers between steps."""

    quiet_until_s: float = 0.0
    headroom_since_s: float | None = None
    patience_s: float = PATIENCE_S
    widened_at_s: float | None = None


def fit(amps: Sequence[Amp], others: float, budget: float) -> tuple[int, ...]:
    """Widest widths that fit beside a load of ``others``; the narrowest where nothing fits.

    Starting from every amp's ceiling, the amp whose next narrowing frees most gives way, one width
    at a time; of equals the last in the chain, whose sound the earlier ones have already shaped.
    """
    widths = [amp.ceiling for amp in amps]

    def freed(index: int) -> float:
        costs, width = amps[index].costs, widths[index]
        return costs[width] - costs[width - 1]

    while others + sum(amp.costs[width] for amp, width in zip(amps, widths, strict=True)) > budget:
        able = [index for index, width in enumerate(widths) if width > amps[index].floor]
        if not able:
            break
        widths[max(able, key=lambda index: (freed(index), index))] -= 1
    return tuple(widths)


def step(memory: Memory, load: Load, amps: Sequence[Amp], now_s: float) -> tuple[Memory, tuple[Decision, ...]]:
    """One look; returns what to remember and what to do."""
    on = [amp for amp in amps if amp.playing >= 0]
    capped = tuple(Decision(amp.id, amp.ceiling, "as chosen") for amp in on if amp.playing > amp.ceiling)
    if capped:
        return replace(memory, quiet_until_s=now_s + SETTLE_S, headroom_since_s=None), capped
    if now_s < memory.quiet_until_s or not on:
        return memory, ()
    if load.mean > load.budget:
        return _narrow(memory, load, on, now_s)
    return _widen(memory, load, on, now_s)


def _narrow(memory: Memory, load: Load, on: Sequence[Amp], now_s: float) -> tuple[Memory, tuple[Decision, ...]]:
    able = [amp for amp in on if amp.playing > amp.floor]
    if not able:
        return replace(memory, headroom_since_s=None), ()
    others = max(0.0, load.mean - sum(amp.cost for amp in on))
    fitting = dict(zip((amp.id for amp in on), fit(on, others, load.budget), strict=True))
    narrower = [(amp, fitting[amp.id]) for amp in able if fitting[amp.id] < amp.playing]
    if not narrower:  # the costs say it fits, the clock says it does not: believe the clock
        heaviest = max(able, key=lambda amp: amp.costs[amp.playing] - amp.costs[amp.playing - 1])
        narrower = [(heaviest, heaviest.playing - 1)]
    regretted = memory.widened_at_s is not None and now_s - memory.widened_at_s < REGRET_S
    patience_s = min(PATIENCE_MAX_S, memory.patience_s * 2.0) if regretted else memory.patience_s
    after = replace(
        memory, quiet_until_s=now_s + SETTLE_S, headroom_since_s=None, patience_s=patience_s, widened_at_s=None
    )
    reason = f"load {load.mean:.0%} is over the budget of {load.budget:.0%}"
    return after, tuple(Decision(amp.id, width, reason) for amp, width in narrower)


def _widen(memory: Memory, load: Load, on: Sequence[Amp], now_s: float) -> tuple[Memory, tuple[Decision, ...]]:
    if memory.widened_at_s is not None and now_s - memory.widened_at_s >= REGRET_S:
        memory = replace(memory, patience_s=PATIENCE_S, widened_at_s=None)  # it held: trust again
    room = load.budget - MARGIN - load.mean
    steps = [(amp.costs[amp.playing + 1] - amp.costs[amp.playing], amp) for amp in on if amp.playing < amp.ceiling]
    fitting = [(cost, index) for index, (cost, _) in enumerate(steps) if cost <= room]
    if not fitting:
        return replace(memory, headroom_since_s=None), ()
    since_s = memory.headroom_since_s if memory.headroom_since_s is not None else now_s
    if now_s - since_s < memory.patience_s:
        return replace(memory, headroom_since_s=since_s), ()
    amp = steps[min(fitting)[1]][1]
    after = replace(memory, quiet_until_s=now_s + SETTLE_S, headroom_since_s=None, widened_at_s=now_s)
    reason = f"load {load.mean:.0%} of {load.budget:.0%} leaves room"
    return after, (Decision(amp.id, amp.playing + 1, reason),)
