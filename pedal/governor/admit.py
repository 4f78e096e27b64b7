"""Whether something that is to be switched on may start, and what must give way first. Pure.

Called by the panel before it switches on a block, an amp or a cabinet. What sounds already is not faded out for it:
if all else that can give way does and there is still no room, the new one is refused before it starts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from pedal.governor import words
from pedal.governor.fit import ROUNDING, best
from pedal.governor.scene import OFF, Admission, Amp, Extra, Impulse, Order, Scene

Joining = Amp | Impulse | Extra
_Part = TypeVar("_Part", bound=Joining)


def admit(scene: Scene, joining: Joining, budget: float) -> Admission:
    """Orders at which ``joining`` fits into ``scene``, or why it does not.

    Args:
        scene: all that plays or waits. If ``joining`` is in it, it keeps its place there.
        joining: an amp or a cabinet (what it plays does not matter), or any other block (nor whether it is held).
        budget: share of the period.

    Returns:
        Orders, the most harmless first. For an amp or cabinet that joins, its own width or size is the last.
    """
    scene = replace(scene, extras=tuple(replace(extra, stays=not extra.held) for extra in scene.extras))
    least, needs = least_load(_without(scene, joining)), _least(joining)
    if least + needs > budget + ROUNDING:
        return Admission(refusal=words.refusal(scene, joining, needs, max(0.0, budget - least)))
    wanted = _with(scene, joining)
    plan = best(wanted, budget)
    giving = words.giving_way(wanted, replace(plan, held=frozenset()), words.name_of(joining))
    orders: list[Order] = [order for order in giving if getattr(order, "id", "") != joining.id]
    if isinstance(joining, Amp):
        width = plan.widths[[amp.id for amp in wanted.amps].index(joining.id)]
        orders.append(
            words.width(replace(joining, playing=OFF if width == joining.ceiling else joining.ceiling), width)
        )
    elif isinstance(joining, Impulse):
        size, whole = plan.sizes[[impulse.id for impulse in wanted.impulses].index(joining.id)], len(joining.costs) - 1
        orders.append(words.taps(replace(joining, playing=OFF if size == whole else whole), size))
    return Admission(tuple(orders))


def least_load(scene: Scene) -> float:
    """What is left when all that plays gives way but no block is faded out."""
    narrowest = sum(_least(amp) for amp in scene.amps if amp.playing != OFF)
    fewest = sum(_least(impulse) for impulse in scene.impulses if impulse.playing != OFF)
    return scene.others + narrowest + fewest + sum(extra.cost for extra in scene.extras if not extra.held)


def _least(part: Joining) -> float:
    if isinstance(part, Amp):
        return part.costs[part.floor]
    return part.costs[0] if isinstance(part, Impulse) else part.cost


def _without(scene: Scene, joining: Joining) -> Scene:
    return replace(
        scene,
        amps=tuple(amp for amp in scene.amps if amp.id != joining.id),
        impulses=tuple(impulse for impulse in scene.impulses if impulse.id != joining.id),
        extras=tuple(extra for extra in scene.extras if extra.id != joining.id),
    )


def _with(scene: Scene, joining: Joining) -> Scene:
    if isinstance(joining, Amp):
        return replace(scene, amps=_put(scene.amps, replace(joining, playing=joining.ceiling)))
    if isinstance(joining, Impulse):
        return replace(scene, impulses=_put(scene.impulses, replace(joining, playing=len(joining.costs) - 1)))
    return replace(scene, extras=_put(scene.extras, replace(joining, held=False, stays=True)))


def _put(parts: tuple[_Part, ...], joining: _Part) -> tuple[_Part, ...]:
    if all(part.id != joining.id for part in parts):
        return (*parts, joining)
    return tuple(joining if part.id == joining.id else part for part in parts)
