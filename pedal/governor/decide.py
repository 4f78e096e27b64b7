"""When to give way and when to take back, from loads and a scene. Pure: no clock, no memory but its own.

Called by the panel about twenty times a second (``step``). What fits is for ``fit`` to say; here is when. In the order
in which the rules apply:

* over the budget: give way at once, as far as the book says it takes; but what is heard (taps, a block) only if all
  else was not enough for a second, or a fifth of one if periods would soon overrun;
* something better would fit, with a margin, and has done so for a while: one step back up;
* how long a while is, and when a step was a mistake, is told in ``memory``.

The load need not follow the book: what it has beyond the book (a hot board, a neighbour, the book's mistakes) counts as
there to stay, and what it lacks is not counted on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pedal.governor import words
from pedal.governor.fit import best, preference
from pedal.governor.memory import Memory, after_holding, after_orders, after_overload, after_raise
from pedal.governor.scene import OFF, Order, Plan, Scene, Width, plan_of, with_plan

#: A step back up must leave this share of the period free below the budget.
MARGIN = 0.05
#: Over the budget for so long before something that is heard gives way; where it would stay above so much, sooner.
AUDIBLE_AFTER_S, URGENT, URGENT_AFTER_S = 1.0, 0.9, 0.2


@dataclass(frozen=True, slots=True)
class Load:
    """What the period thread measured: mean share of the period, and the share it may use."""

    mean: float
    budget: float


def step(memory: Memory, load: Load, scene: Scene, now_s: float) -> tuple[Memory, tuple[Order, ...]]:
    """One look; returns what to remember and what to do. ``scene.others`` is not read: the load says more."""
    capped = tuple(words.as_chosen(amp) for amp in scene.amps if amp.playing > amp.ceiling)
    if capped:
        return after_orders(memory, now_s), capped
    if now_s < memory.quiet_until_s:
        return memory, ()
    seen = replace(scene, others=max(0.0, load.mean - scene.known))
    if load.mean > load.budget:
        return _give_way(memory, load, seen, now_s)
    return _take_back(after_holding(replace(memory, over_since_s=None), now_s), load, seen, now_s)


def _give_way(memory: Memory, load: Load, scene: Scene, now_s: float) -> tuple[Memory, tuple[Order, ...]]:
    target = best(_at_most_now(scene), load.budget)
    quiet = replace(plan_of(scene), widths=target.widths, tails=target.tails)
    orders = words.giving_way(scene, quiet)
    since_s = memory.over_since_s if memory.over_since_s is not None else now_s
    if now_s - since_s >= URGENT_AFTER_S and _load_of(scene, quiet) > URGENT:
        orders = words.giving_way(scene, target)
    elif not orders and now_s - since_s >= AUDIBLE_AFTER_S:
        orders = words.giving_way(scene, replace(target, held=frozenset())) or words.giving_way(scene, target)
    after = after_overload(memory, now_s) if orders else replace(memory, headroom_since_s=None)
    return replace(after, over_since_s=since_s), orders


def _take_back(memory: Memory, load: Load, scene: Scene, now_s: float) -> tuple[Memory, tuple[Order, ...]]:
    scene = replace(scene, others=scene.others + scene.tails, tails=0.0)  # they end by themselves
    now = plan_of(scene)
    limit = load.budget - MARGIN
    target = best(scene, limit) if _lacks_something(scene) else now
    if preference(scene, target) <= preference(scene, now) or _load_of(scene, target) > limit:
        return replace(memory, headroom_since_s=None, is_owed=False), ()
    giving = words.giving_way(scene, target)
    promised, order = _load_of(scene, target), None
    if not giving:
        promised, order = next(_steps_up(scene, target))
    since_s = memory.headroom_since_s if memory.headroom_since_s is not None else now_s
    is_heard = any(not isinstance(each, Width) for each in (*giving, order) if each)
    if now_s - since_s < memory.wait_s(promised, is_heard):
        return replace(memory, headroom_since_s=since_s), ()
    if order is None:  # a swap: first what gives way
        return replace(after_orders(memory, now_s), is_owed=True), giving
    return after_raise(memory, promised, now_s), (order,)


def _steps_up(scene: Scene, target: Plan) -> Iterator[tuple[float, Order]]:
    """Steps from what plays to a plan, and the load that each promises: what gave way last comes back last."""
    now = plan_of(scene)
    for extra in scene.extras:
        if extra.held and extra.id not in target.held:
            yield _load_of(scene, replace(now, held=now.held - {extra.id})), words.release(extra)
    for at, (impulse, size) in enumerate(zip(scene.impulses, target.sizes, strict=True)):
        if size > impulse.playing:
            yield _load_of(scene, replace(now, sizes=_with(now.sizes, at, size))), words.taps(impulse, size)
    wider = [at for at, amp in enumerate(scene.amps) if target.widths[at] > amp.playing]
    plans = {at: replace(now, widths=_with(now.widths, at, scene.amps[at].playing + 1)) for at in wider}
    for at in sorted(wider, key=lambda at: _load_of(scene, plans[at])):
        yield _load_of(scene, plans[at]), words.width(scene.amps[at], scene.amps[at].playing + 1)


def _with(indices: tuple[int, ...], at: int, index: int) -> tuple[int, ...]:
    return (*indices[:at], index, *indices[at + 1 :])


def _load_of(scene: Scene, plan: Plan) -> float:
    played = with_plan(scene, plan)
    return played.others + played.known


def _lacks_something(scene: Scene) -> bool:
    narrow = any(OFF < amp.playing < amp.ceiling for amp in scene.amps)
    short = any(OFF < impulse.playing < len(impulse.costs) - 1 for impulse in scene.impulses)
    return narrow or short or any(extra.held for extra in scene.extras)


def _at_most_now(scene: Scene) -> Scene:
    """The scene in which nothing can be better than it is."""
    amps = [replace(amp, ceiling=amp.playing, floor=min(amp.floor, amp.playing)) for amp in scene.amps]
    impulses = [replace(impulse, costs=impulse.costs[: impulse.playing + 1]) for impulse in scene.impulses]
    extras = [extra for extra in scene.extras if not extra.held]
    return replace(scene, amps=tuple(amps), impulses=tuple(impulses), extras=tuple(extras))
