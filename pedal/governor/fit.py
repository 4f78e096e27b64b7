"""The widest that fits: the best plan for a scene within a budget, exactly. Pure.

Called by ``decide`` and ``admit``, and by the builder for the widths that a rig starts with. Of two plans that fit,
the better one is the one that, in this order (``preference`` is the same as a sort key),

1. keeps more of the blocks on: those that sound before those that are held, and of these the older ones first,
   so that the newest waits, and one that sounds never gives its place to one that was held;
2. plays the cabinets with more taps;
3. lets tails ring on;
4. plays the amps wider.

"More" and "wider" of several is the same thing: most steps in all; then, of as many, the earlier one in the chain has
more of them, because all that comes later hears it. A step counts as one whatever it costs, so a plan depends on
costs only through what fits, and not on their last digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from pedal.governor.scene import OFF, Amp, Extra, Plan, Scene

#: Sums of shares differ in the last bits by the order in which they were added.
ROUNDING = 1e-9

Preference = tuple[tuple[bool, ...], int, tuple[int, ...], bool, int, tuple[int, ...]]


def widest(choices: Sequence[Sequence[float]], room: float) -> tuple[int, ...] | None:
    """One index into each of ``choices``, costs of steps from the narrowest allowed: the best whose sum fits.

    Exact, and bounded: ``least[k][s]`` is the least that choices ``k`` and later can cost with ``s`` steps in all, so
    the work is the number of choices times the number of all steps times the longest choice (6 amps of 4 widths: 400
    additions), not the product of all (4096).

    Returns:
        None if not even the narrowest fit.
    """
    least: list[list[float]] = [[0.0]]
    for costs in reversed(choices):
        behind = least[0]
        row = [inf] * (len(behind) + len(costs) - 1)
        for index, cost in enumerate(costs):
            for steps, other in enumerate(behind):
                row[index + steps] = min(row[index + steps], cost + other)
        least.insert(0, row)
    steps = max((steps for steps, cost in enumerate(least[0]) if cost <= room + ROUNDING), default=-1)
    if steps < 0:
        return None
    chosen = []
    left = room + 2.0 * ROUNDING
    for costs, behind in zip(choices, least[1:], strict=True):
        able = [
            index
            for index, cost in enumerate(costs)
            if 0 <= steps - index < len(behind) and cost + behind[steps - index] <= left
        ]
        chosen.append(able[-1])
        steps -= able[-1]
        left -= costs[able[-1]]
    return tuple(chosen)


def fit(amps: Sequence[Amp], others: float, budget: float) -> tuple[int, ...]:
    """Widest widths of amps beside a load of ``others``, all taken as on; the narrowest where nothing fits."""
    choices = [amp.costs[amp.floor : amp.ceiling + 1] for amp in amps]
    steps = widest(choices, budget - others) or (0,) * len(amps)
    return tuple(amp.floor + step for amp, step in zip(amps, steps, strict=True))


def queue(extras: Sequence[Extra]) -> tuple[Extra, ...]:
    """Extras in the order in which they are kept: those that sound first."""
    return tuple(sorted(extras, key=lambda extra: extra.held and not extra.stays))


def best(scene: Scene, budget: float) -> Plan:
    """The best plan for all of ``scene`` that is switched on; where nothing fits, the one in which all gives way."""
    amps = [amp for amp in scene.amps if amp.playing != OFF]
    impulses = [impulse for impulse in scene.impulses if impulse.playing != OFF]
    narrowest, fewest = sum(amp.costs[amp.floor] for amp in amps), sum(impulse.costs[0] for impulse in impulses)
    staying = sum(extra.cost for extra in scene.extras if extra.stays)
    room = budget - scene.others - narrowest - fewest - staying
    held = set()
    for extra in queue(scene.extras):
        if extra.stays:
            continue
        if extra.cost > max(0.0, room) + ROUNDING:
            held.add(extra.id)
        else:
            room -= extra.cost
    found = widest([impulse.costs for impulse in impulses], room + fewest) or (0,) * len(impulses)
    room -= sum(impulse.costs[size] for impulse, size in zip(impulses, found, strict=True)) - fewest
    tails = 0.0 < scene.tails <= max(0.0, room) + ROUNDING
    room -= scene.tails if tails else 0.0
    widths = dict(zip((amp.id for amp in amps), fit(amps, -room - narrowest, 0.0), strict=True))
    sizes = dict(zip((impulse.id for impulse in impulses), found, strict=True))
    return Plan(
        tuple(widths.get(amp.id, OFF) for amp in scene.amps),
        tuple(sizes.get(impulse.id, OFF) for impulse in scene.impulses),
        frozenset(held),
        tails,
    )


def preference(scene: Scene, plan: Plan) -> Preference:
    """What makes one plan for ``scene`` better than another: compares as numbers do."""
    return (
        tuple(extra.id not in plan.held for extra in queue(scene.extras)),
        sum(plan.sizes),
        plan.sizes,
        plan.tails,
        sum(plan.widths),
        plan.widths,
    )
