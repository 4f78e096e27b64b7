"""Random scenes for the governor's tests, and the best plan for one by trying them all.

Costs are multiples of 1/1024, so that sums are exact and a plan that fits exactly fits in every order of adding.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

from hypothesis import strategies as st

from pedal.governor.scene import OFF, Amp, Extra, Impulse, Plan, Scene, with_plan

UNIT = 1024


def shares(most: float = 0.5) -> st.SearchStrategy[float]:
    return st.integers(0, int(most * UNIT)).map(lambda number: number / UNIT)


@st.composite
def amps(draw: st.DrawFn, most: int = 6, is_off: bool = True) -> tuple[Amp, ...]:
    found = []
    for number in range(draw(st.integers(0, most))):
        costs = tuple(sorted(draw(st.lists(shares(), min_size=1, max_size=4))))
        ceiling = draw(st.integers(0, len(costs) - 1))
        floor = draw(st.integers(0, ceiling))
        playing = draw(st.integers(floor - int(is_off), ceiling))
        found.append(Amp(f"amp{number}", costs, OFF if playing < floor else playing, ceiling, floor))
    return tuple(found)


@st.composite
def impulses(draw: st.DrawFn, most: int = 3) -> tuple[Impulse, ...]:
    found = []
    for number in range(draw(st.integers(0, most))):
        costs = tuple(sorted(draw(st.lists(shares(0.2), min_size=1, max_size=3))))
        found.append(Impulse(f"cab{number}", costs, draw(st.integers(OFF, len(costs) - 1))))
    return tuple(found)


@st.composite
def extras(draw: st.DrawFn, most: int = 4) -> tuple[Extra, ...]:
    count = draw(st.integers(0, most))
    flags = st.tuples(shares(0.3), st.booleans(), st.integers(0, 7))
    drawn = [draw(flags) for _ in range(count)]
    return tuple(
        Extra(f"extra{k}", cost, held=held and staying > 0, stays=staying == 0)
        for k, (cost, held, staying) in enumerate(drawn)
    )


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    tails = draw(st.one_of(st.just(0.0), shares(0.2)))
    return Scene(draw(amps(4)), draw(impulses()), draw(extras()), tails, draw(shares(0.7)))


budgets = shares(1.5)


def load_of(scene: Scene, plan: Plan) -> float:
    played = with_plan(scene, plan)
    return played.others + played.known


def every_plan(scene: Scene) -> list[Plan]:
    """All combinations there are."""
    widths = [range(amp.floor, amp.ceiling + 1) if amp.playing != OFF else (OFF,) for amp in scene.amps]
    sizes = [range(len(cab.costs)) if cab.playing != OFF else (OFF,) for cab in scene.impulses]
    free = [extra.id for extra in scene.extras if not extra.stays]
    held = [frozenset(some) for count in range(len(free) + 1) for some in itertools.combinations(free, count)]
    tails = (True, False) if scene.tails > 0.0 else (False,)
    combined = itertools.product(itertools.product(*widths), itertools.product(*sizes), held, tails)
    return [Plan(*choice) for choice in combined]


def rank(scene: Scene, plan: Plan) -> list[object]:
    """How good a plan is, as ``docs/governor.md`` tells it, written down a second time."""
    waiting = [extra for extra in scene.extras if extra.held and not extra.stays]
    sounding = [extra for extra in scene.extras if extra not in waiting]
    kept = [0 if extra.id in plan.held else 1 for extra in sounding + waiting]
    return [*kept, sum(plan.sizes), *plan.sizes, int(plan.tails), sum(plan.widths), *plan.widths]


def best_by_trying(scene: Scene, budget: float) -> Plan | None:
    """The best of all plans that fit; None if none does."""
    able = [plan for plan in every_plan(scene) if load_of(scene, plan) <= budget]
    return max(able, key=lambda plan: rank(scene, plan), default=None)


def playing(scene: Scene, number: int, width: int) -> Scene:
    """The scene with one amp at another width."""
    parts = [replace(amp, playing=width) if at == number else amp for at, amp in enumerate(scene.amps)]
    return replace(scene, amps=tuple(parts))
