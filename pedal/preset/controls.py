"""What a preset makes of the pedal's switches and of its expression pedal: read and written.

Called by ``parse`` and ``format``, and by the panel, which assigns. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pedal.actions import Action, parse_action
from pedal.errors import PresetError, did_you_mean
from pedal.preset.model import Expression, Preset

#: A switch's gestures, as board files call them.
GESTURES = ("action", "hold", "long_hold", "double_tap")
#: More than any board has.
MAX_SWITCHES = 32
_SWITCH = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}")

Switches = Mapping[str, Mapping[str, str]]


def parse_switches(raw: object, where: str) -> Switches:
    """The tables ``[switches.NAME]`` of a preset file. Which switches there are, only a board knows: any may be named.

    Raises:
        PresetError: one sentence that names the switch and what to do.
    """
    if not isinstance(raw, dict) or not all(isinstance(table, dict) for table in raw.values()):
        hint = "Write [switches.NAME] and its keys below it"
        raise PresetError("switches must be tables", where=where, hint=hint)
    if len(raw) > MAX_SWITCHES:
        raise PresetError(f"has {len(raw)} switches", where=where, hint=f"Use at most {MAX_SWITCHES}")
    return {
        _checked_switch(name, where): {
            _checked_gesture(key, where): str(_parsed(value, f"{where}, switches.{name}.{key}"))
            for key, value in table.items()
        }
        for name, table in raw.items()
        if table
    }


def parse_expression(raw: object, where: str) -> Expression | None:
    """The table ``[expression]`` of a preset file; None for one that is empty.

    Raises:
        PresetError: one sentence with what to do.
    """
    where = f"{where}, [expression]"
    if not isinstance(raw, dict):
        raise PresetError("must be a table", where=where, hint="Write [expression] and its keys below it")
    rest = dict(raw)
    if not rest:
        return None
    parameter = rest.pop("parameter", None)
    if not isinstance(parameter, str):
        raise PresetError("has no parameter", where=where, hint='Add parameter = "BLOCK.PARAM"')
    checked = parse_action(f"expression:{parameter:.80}", PresetError, where).argument
    ends = {key: _end(rest.pop(key), f"{where}: {key}") for key in ("heel", "toe") if key in rest}
    if rest:
        key = next(iter(rest))
        raise PresetError(f"unknown key {key!r:.40}", where=where, hint=did_you_mean(key, ["parameter", "heel", "toe"]))
    return Expression(checked, ends.get("heel"), ends.get("toe"))


def control_tables(preset: Preset) -> dict[str, Any]:
    """Both as files have them, as far as there is anything to say."""
    tables: dict[str, Any] = {}
    if preset.switches:
        tables["switches"] = {name: dict(own) for name, own in preset.switches.items()}
    if (pedal := preset.expression) is not None:
        ends = {"heel": pedal.heel, "toe": pedal.toe}
        tables["expression"] = {"parameter": pedal.parameter} | {k: end for k, end in ends.items() if end is not None}
    return tables


def assigned(preset: Preset, switch: str, gesture: str, action: Action | None) -> Preset:
    """The preset with something else for a switch to do in it; None: what the board says.

    Raises:
        PresetError: no such gesture, or no name of a switch.
    """
    where = f"preset '{preset.name}'"
    switches = {name: dict(own) for name, own in preset.switches.items()}
    own = switches.setdefault(_checked_switch(switch, where), {})
    own.pop(_checked_gesture(gesture, where), None)
    if action is not None:
        own[gesture] = str(action)
    return replace(preset, switches={name: own for name, own in switches.items() if own})


def _checked_switch(name: str, where: str) -> str:
    if not _SWITCH.fullmatch(name):
        hint = "Use at most 24 of a-z, 0-9, - and _"
        raise PresetError(f"the name {name!r:.40} of a switch is not right", where=where, hint=hint)
    return name


def _checked_gesture(key: str, where: str) -> str:
    if key not in GESTURES:
        raise PresetError(f"a switch has no {key!r:.40}", where=where, hint=did_you_mean(key, GESTURES))
    return key


def _parsed(value: object, where: str) -> Action:
    if not isinstance(value, str) or len(value) > 80:
        raise PresetError("is no action", where=where, hint='Write it in quotes, such as "tuner"')
    return parse_action(value, PresetError, where)


def _end(value: object, where: str) -> float:
    usual = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9
    if not usual or not math.isfinite(value):  # type: ignore[arg-type]
        raise PresetError(f"{value!r:.20} is no value", where=where, hint="Write a number, in the parameter's unit")
    return float(value)  # type: ignore[arg-type]
