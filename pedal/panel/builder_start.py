"""How a preset starts: widths, sizes, what waits, whether tails come along; or that it does not. Pure.

Called by the builder, when it knows what everything costs. What the governor would do a moment later is done before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pedal.errors import NoRoomError
from pedal.governor.admit import Joining, admit
from pedal.governor.fit import best
from pedal.governor.scene import OFF, Amp, Extra, Impulse, Scene
from pedal.layout import FADES_OUT
from pedal.panel.jobs import Job
from pedal.panel.quality import limits
from pedal.params import KINDS
from pedal.rig.compile import Part
from pedal.rig.measure import Costs


@dataclass(frozen=True, slots=True)
class Start:
    """How a preset starts.

    Attributes:
        sizes: width or size index by block id; both sides of an amp that plays twice.
        held: ids of the blocks that wait.
        tails: whether there is room for what still rings of the preset before.
    """

    sizes: dict[str, int]
    held: frozenset[str]
    tails: bool


def start_of(parts: Sequence[Part], costs: Costs, job: Job) -> Start:
    """The best start of ``parts``, tails among them, by their costs.

    Raises:
        NoRoomError: the block for which it is built does not fit, even if all else gives way.
    """
    scene = scene_of(parts, costs, job)
    if job.joining:
        blocks: tuple[Joining, ...] = (*scene.amps, *scene.impulses, *scene.extras)
        for joining in blocks:
            if joining.id == job.joining and (refusal := admit(scene, joining, job.budget).refusal):
                raise NoRoomError.saying(refusal)
    plan = best(scene, job.budget)
    widths = dict(zip((amp.id for amp in scene.amps), plan.widths, strict=True))
    sizes = dict(zip((impulse.id for impulse in scene.impulses), plan.sizes, strict=True))
    ceilings = {amp.id: amp.ceiling for amp in scene.amps}
    starts = {part.block.id: widths[part.owner] for part in parts if part.amp}
    starts = {block_id: size if size != OFF else ceilings[_owner(block_id)] for block_id, size in starts.items()}
    return Start(starts | {block_id: size for block_id, size in sizes.items() if size != OFF}, plan.held, plan.tails)


def scene_of(parts: Sequence[Part], costs: Costs, job: Job) -> Scene:
    """What is to play, as the governor sees it, with everything at its best."""
    share = job.rate_hz * 1e-9 * job.cpu_scale * job.slowness
    amps, impulses, extras = dict[str, Amp](), list[Impulse](), list[Extra]()
    tails = others = 0.0
    kinds = [part.block.kind for part in parts if not part.tail and part.owner == part.block.id]
    for part in parts:
        own = tuple(ns * share for ns in costs[part.cost_key])
        kind, is_on = KINDS[part.block.kind], part.block.on
        name = kind.label if kinds.count(kind.name) <= 1 else part.owner
        if part.amp is not None:
            before = amps[part.owner].costs if part.owner in amps else (0.0,) * len(own)
            both = tuple(one + other for one, other in zip(own, before, strict=True))
            floor, ceiling = limits(job.quality.get(part.owner, "auto"), len(both))
            playing = ceiling if is_on else OFF
            amps[part.owner] = Amp(part.owner, both, playing, ceiling, floor, part.amp.labels, name)
        elif part.tail:
            tails += own[-1]
        elif kind.bypass == "own":
            others += own[-1]
        elif part.sizes:
            impulses.append(Impulse(part.block.id, own, len(own) - 1 if is_on else OFF, name))
        elif is_on:
            extras.append(Extra(part.block.id, own[-1], held=part.block.id in job.held, name=name))
    places = {block_id: place for place, block_id in enumerate(job.order)}
    extras.sort(key=lambda extra: places.get(extra.id, len(places)))
    return Scene(tuple(amps.values()), tuple(impulses), tuple(extras), tails, others)


def with_held(parts: Sequence[Part], held: frozenset[str]) -> tuple[Part, ...]:
    """The same parts, those that wait switched off as the governor does it."""
    return tuple(
        replace(part, targets=(FADES_OUT, *part.targets[1:])) if part.block.id in held else part for part in parts
    )


def _owner(block_id: str) -> str:
    return block_id.partition(":")[0]
