"""The governor in plain words, for ``pedal governor``. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: What the source of a figure is called.
_SOURCES = {
    "measured": "measured",
    "corrected": "heard playing",
    "estimated": "of another period",
    "unknown": "not known yet",
}


def governor_text(told: Mapping[str, Any]) -> str:
    """Lines for a player, of what the panel says; ``--json`` has the rest."""
    lines = [_machine(told), _load(told), ""]
    rows = [("block", "kind", "takes", "book says", "source"), *map(_block, told["blocks"])]
    lines += _table(rows)
    if told["amps"]:
        lines += ["", *(_amp(amp) for amp in told["amps"])]
    lines += ["", *_room(told)]
    if told["learning"]:
        learning = told["learning"]
        lines.append(f"Learning: {learning['done'] + 1} of {learning['count']}, {learning['label']}")
    elif told["to_learn"]:
        lines.append(f"Still to be measured, when nobody wants anything: {told['to_learn']} kinds of block")
    if told["changes"]:
        lines += ["", *(_change(change) for change in reversed(told["changes"]))]
    return "\n".join("".join(c if c.isprintable() else "?" for c in line) for line in lines)


def _machine(told: Mapping[str, Any]) -> str:
    slow = told["slowness"]
    pace = f"; things take {slow:.2f} times what they usually take" if abs(slow - 1.0) >= 0.05 else ""
    scale = f"; this machine counts as one {told['cpu_scale']:g} times slower" if told["cpu_scale"] != 1.0 else ""
    return f"{told['rate_hz']} Hz, periods of {told['period_frames']} frames, {told['known']} costs known{scale}{pace}"


def _load(told: Mapping[str, Any]) -> str:
    load, budget, free = (_percent(told[key]) for key in ("load", "budget", "free"))
    return f"load {load} of a period; budget {budget}, {free} free"


def _block(block: Mapping[str, Any]) -> tuple[str, ...]:
    resting = "waits" if block["waits"] else "rings out" if block["tail"] else "off"
    takes = _percent(block["load"]) if block["on"] else resting
    cost = "-" if block["cost"] is None else _percent(block["cost"])
    return block["id"], block["kind"], takes, cost, _SOURCES.get(block["source"], block["source"])


def _amp(amp: Mapping[str, Any]) -> str:
    widths = ", ".join(
        f"{width['label']} {_percent(width['cost'])}{' (plays)' if width['label'] == amp['width'] else ''}"
        for width in amp["widths"]
    )
    chosen = "" if amp["quality"] == "auto" else f"; you chose {amp['quality']}"
    return f"{amp['id']}: {amp['model']}: {widths}{chosen}"


def _room(told: Mapping[str, Any]) -> list[str]:
    """``Room for: chorus, delay; not for: reverb (needs 9 %, 6 % free)``."""
    by_fit: dict[str, list[Mapping[str, Any]]] = {"now": [], "narrower": [], "no": []}
    for one in told["room"]:
        by_fit[one["fits"]].append(one)
    lines = []
    if by_fit["now"]:
        lines.append(f"Room for: {_names(by_fit['now'])}")
    if by_fit["narrower"]:
        lines.append(f"Once amps are narrower: {_names(by_fit['narrower'])}")
    if by_fit["no"]:
        free = _percent(told["free_at_most"])
        needs = ", ".join(f"{one['what']} (needs {_percent(one['cost'])}, {free} free)" for one in by_fit["no"])
        lines.append(f"No room for: {needs}")
    return lines


def _names(ones: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{one['what']} {_percent(one['cost'])}" for one in ones)


def _change(change: Mapping[str, Any]) -> str:
    after = "" if change["load_after"] is None else f" -> {_percent(change['load_after'])}"
    what = f"{change['block'] or 'echoes'} {change['from']} -> {change['to']}"
    return f"{change['ago_s']:.0f} s ago {what}: {change['reason']} (load {_percent(change['load_before'])}{after})"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %" if share >= 0.0995 or share == 0.0 else f"{100.0 * share:.1f} %"
