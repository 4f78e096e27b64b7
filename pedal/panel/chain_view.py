"""A preset as the control socket tells it: blocks in the order of the signal, what they play, every knob. Pure.

Used by the panel's loop, for ``pedal chain show`` and ``pedal get``, and to say what has changed (``feeds``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pedal.errors import PresetError
from pedal.params import BYPASS, KINDS
from pedal.params.words import parse_step, shown
from pedal.preset import IMPLICIT, Block, Preset
from pedal.preset.model import param_of


def told_blocks(preset: Preset) -> tuple[Block, ...]:
    """The blocks that are a preset's own: how the pedal is connected, and the looper, are told elsewhere."""
    return tuple(block for block in preset.chain if not KINDS[block.kind].outside and block.kind != "looper")


def describe_block(block: Block) -> dict[str, Any]:
    """One block: ``values`` in the unit of each parameter's name, ``words`` as the screen says them."""
    kind = KINDS[block.kind]
    values = {param.name: block.value(param.name) for param in kind.params if param is not BYPASS}
    return {
        "id": block.id,
        "kind": block.kind,
        "label": kind.label,
        "on": block.on,
        "fixed": block.kind in IMPLICIT,
        "files": block.files,
        "options": {option.name: block.option(option.name) for option in kind.options if not option.asset},
        "values": values,
        "words": {p.name: shown(p, values[p.name]) for p in kind.params if p is not BYPASS},
    }


def describe_target(preset: Preset, target: str) -> dict[str, Any]:
    """What ``block.parameter`` is, or all of ``block``.

    Raises:
        PresetError: there is no such block or parameter; with what was probably meant.
    """
    block_id, dot, name = target.partition(".")
    block = preset.block(block_id)
    about = describe_block(block)
    if not dot:
        return about
    kind = KINDS[block.kind]
    for place in ("files", "options"):
        if name in about[place]:
            value = about[place][name]
            return {"target": target, "value": value, "words": str(value)}
    param = kind.params[kind.index(name, f"block '{block_id}'")]
    value = block.value(name) if param is not BYPASS else float(not block.on)
    ends = {"unit": param.unit, "low": param.low, "high": param.high, "default": param.default}
    return {"target": target, "value": value, "words": shown(param, value), **ends}


def stepped(preset: Preset, target: str, by: float | str) -> float:
    """What ``block.parameter`` is when it is turned by a number, or by what was typed, as far as its range goes.

    Raises:
        PresetError: there is no such parameter, or it cannot be turned by that.
    """
    block_id, _, name = target.partition(".")
    block, where = preset.block(block_id), f"block '{block_id}'"
    param = param_of(KINDS[block.kind], name, where)
    if param is BYPASS:
        raise PresetError("is switched, not turned", where=target, hint=f"Use `pedal block {block_id} on|off`")
    turned = block.value(name) + (parse_step(param, by, where) if isinstance(by, str) else by)
    return min(max(turned, param.low), param.high)


def changed_values(before: Preset, after: Preset) -> dict[str, float] | None:
    """Knobs that differ, by ``block.parameter``; None: more than knobs differ, such as the blocks themselves."""
    old, new = told_blocks(before), told_blocks(after)
    if [_but_knobs(block) for block in old] != [_but_knobs(block) for block in new]:
        return None
    changed: dict[str, float] = {}
    for was, block in zip(old, new, strict=True):
        if was is block or was.values == block.values:
            continue
        names = {**was.values, **block.values}
        changed |= {f"{block.id}.{name}": block.value(name) for name in names if block.value(name) != was.value(name)}
    return changed


def _but_knobs(block: Block) -> Block:
    return replace(block, values={}, hashes={})
