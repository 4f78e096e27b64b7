"""What the governor remembers between two looks, and what each event does to it. Pure; time is an argument.

A *step back up* is an order that costs: a wider width, more taps, a block that comes back. Whether it was right only
time shows. So the wait before the next one grows with each that had to be given up again, and shrinks with each that
held. ``docs/governor.md`` has the argument why the two together allow no more than two changes in two minutes for long.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

#: After any order the load needs this long to show it.
SETTLE_S = 0.3
#: Headroom must last so long before the first step back up that nobody hears, and before one that is heard.
PATIENCE_S, AUDIBLE_PATIENCE_S = 1.5, 5.0
#: Each step that was given up again makes the next wait so many times as long, so many times, up to a most.
PATIENCE_GROWTH, MOST_LEVEL, PATIENCE_MAX_S = 6.0, 3, 300.0
#: Giving way so soon after a step back up is giving that up again; one that has held for so long restores trust.
REGRET_S, TRUST_S = 120.0, 240.0
#: A step that promises a load so much lower than one that was given up again waits no longer than the first.
RELIEF = 0.03


@dataclass(frozen=True, slots=True)
class Memory:
    """What the governor remembers between looks.

    Attributes:
        quiet_until_s: until then the load does not show the last orders.
        over_since_s: since when the load is over the budget.
        headroom_since_s: since when something better would fit.
        level: how many times the wait has grown.
        raised_at_s: when the last step back up was taken, until it is given up again or has held.
        promised: the load that it was to have.
        refuted: the lowest promise of those that were given up again; None: there is none.
        is_owed: a swap has given way and is yet to take back.
    """

    quiet_until_s: float = 0.0
    over_since_s: float | None = None
    headroom_since_s: float | None = None
    level: int = 0
    raised_at_s: float | None = None
    promised: float = 0.0
    refuted: float | None = None
    is_owed: bool = False

    def wait_s(self, promised: float, is_heard: bool) -> float:
        """How long headroom must have lasted before a step back up that promises a load."""
        first_s = AUDIBLE_PATIENCE_S if is_heard else PATIENCE_S
        if self.is_owed:
            return 0.0
        if self.refuted is not None and promised <= self.refuted - RELIEF:
            return first_s
        return min(PATIENCE_MAX_S, first_s * PATIENCE_GROWTH**self.level)


def after_orders(memory: Memory, now_s: float) -> Memory:
    """Something was ordered: the load has to settle, and all waits begin again."""
    return replace(memory, quiet_until_s=now_s + SETTLE_S, over_since_s=None, headroom_since_s=None, is_owed=False)


def after_raise(memory: Memory, promised: float, now_s: float) -> Memory:
    """A step back up was ordered."""
    return replace(after_orders(memory, now_s), raised_at_s=now_s, promised=promised)


def after_overload(memory: Memory, now_s: float) -> Memory:
    """The load made something give way: if that was a step back up not long ago, the step was a mistake."""
    after = replace(after_orders(memory, now_s), raised_at_s=None)
    if memory.raised_at_s is None or now_s - memory.raised_at_s >= REGRET_S:
        return after
    refuted = memory.promised if memory.refuted is None else min(memory.refuted, memory.promised)
    return replace(after, level=min(MOST_LEVEL, memory.level + 1), refuted=refuted)


def after_joining(memory: Memory, now_s: float) -> Memory:
    """Something gave way for a block that joins: an amp need not follow each tap of a foot to and fro."""
    hasty = memory.raised_at_s is not None and now_s - memory.raised_at_s < AUDIBLE_PATIENCE_S
    return replace(after_orders(memory, now_s), raised_at_s=None, level=max(memory.level, int(hasty)))


def after_holding(memory: Memory, now_s: float) -> Memory:
    """Nothing happened: once a step back up has held for long enough, what was given up before is forgotten."""
    if memory.raised_at_s is None or now_s - memory.raised_at_s < TRUST_S:
        return memory
    return replace(memory, raised_at_s=None, level=max(0, memory.level - 1), refuted=None)
