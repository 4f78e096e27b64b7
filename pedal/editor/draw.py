"""What the editor's lines say: words, bars and colours of every widget. Pure.

Colours are names of the theme. Nothing is said by colour alone: a terminal may have none.
"""

from __future__ import annotations

from textual.content import Content

from pedal.editor.rows import Row
from pedal.editor.session import View
from pedal.editor.state import Live, State
from pedal.params import KINDS
from pedal.preset import Block

#: Meters go from here to full scale.
FLOOR_DB = -60.0
#: Keys at the end of the foot that are always there.
FOOT_LAST = 3
_LABEL_WIDTH, _VALUE_WIDTH = 13, 11
_METER = "▏▎▍▌▋▊▉█"


def header(view: View, width: int) -> Content:
    """Preset, snapshot and bank at the left; what the sound does and its load at the right."""
    state, live = view.state, view.live
    if state is None:
        return Content("pedal")
    name = f" {state.preset.name or 'no preset'}{' *' if state.edited else ''}"
    parts = [Content.styled(name, "bold"), Content.styled(_aside(state), "$text-muted")]
    left = Content("").join(parts)
    load, budget = live.number("load_mean"), live.number("budget", 0.7)
    style = "$text-error" if load > budget else "$text-success"
    sound = "BYPASSED" if live.status.get("bypassed") else live.text("audio")
    right = Content.assemble(
        (f"{sound}  ", "bold $text-warning" if sound != "playing" else "$text-success"),
        ("CPU ", "$text-muted"),
        (f"{load:4.0%}", style),
        (f" of {budget:.0%} ", "$text-muted"),
    )
    room = width - right.cell_length
    return Content("").join([left.truncate(max(room, 0), ellipsis=True, pad=True), right])


def _aside(state: State) -> str:
    recalled = next((kept for kept in state.preset.snapshots if kept.number == state.preset.snapshot), None)
    snapshot = f"   S{recalled.number} {recalled.name}" if recalled else ""
    return f"{snapshot}{f'   bank {state.bank}' if state.bank else ''}"


def tile(block: Block, live: Live, width: int) -> Content:
    """Three lines of a block: what it plays, whether it is on, what it costs."""
    kind = KINDS[block.kind]
    name = block.asset.rpartition("/")[2].rpartition(".")[0] if block.asset else kind.label
    amp = live.amp(block.id)
    what = str(amp.get("width") or "") if amp else ""
    held = " ▼" if amp.get("held_down") else ""
    state = "off" if not block.on else f"{what}{held}" if what else _own_name(block)
    load = live.load_of(block.id)
    style = "$text-muted" if not block.on else ""
    lines = [
        Content.styled(name, style),
        Content.styled(state, "$text-warning" if held else style or "$text-success"),
        Content.styled(f"{load:.0%}" if block.on and load >= 0.005 else "", "$text-muted"),
    ]
    return Content("\n").join(line.truncate(width, ellipsis=True) for line in lines)


def _own_name(block: Block) -> str:
    """Its id, where there may be another of its kind; every chain has one input."""
    return "" if block.id == block.kind else block.id


def slider(row: Row, width: int, *, chosen: bool) -> Content:
    """One knob in a line: its name, a bar or its words, its value."""
    pointer = "▸" if chosen else " "
    label = Content.styled(f"{pointer}{row.label}", "bold" if chosen else "")
    label = label.truncate(_LABEL_WIDTH, ellipsis=True, pad=True)
    if row.at_norm is None:
        value = f" ‹ {row.value} ›" if row.form == "word" else f" {row.value or '-'}"
        return Content("").join([label, Content.styled(value, "$text-accent" if chosen else "")])
    length = max(width - _LABEL_WIDTH - _VALUE_WIDTH - 2, 3)
    at = round(min(max(row.at_norm, 0.0), 1.0) * (length - 1))
    return Content.assemble(
        label,
        " ",
        ("━" * at, "$primary"),
        ("●", "bold $text-accent" if chosen else "$primary"),
        ("─" * (length - 1 - at), "$text-disabled"),
        (f"{row.value:>{_VALUE_WIDTH}}", "bold" if chosen else ""),
    )


def meter(label: str, peak_db: float, width: int, *, clipped: bool = False) -> Content:
    """A level: a bar of eighths of a character, and the number behind it."""
    length = max(width - len(label) - 11, 4)
    share = min(max(1.0 - peak_db / FLOOR_DB, 0.0), 1.0) * length
    full = int(share)
    part = _METER[int((share - full) * 8)] if full < length and share - full >= 0.125 else ""
    bar = "█" * full + part
    style = "$text-error" if clipped or peak_db > -1.0 else "$text-warning" if peak_db > -6.0 else "$text-success"
    said = "CLIP" if clipped else f"{peak_db:.0f} dB" if peak_db > FLOOR_DB else "silent"
    return Content.assemble((f" {label} ", "$text-muted"), (f"{bar:·<{length}}", style), f"{said:>8}")


def governor(live: Live) -> Content:
    """How wide the amps play, and why not wider."""
    amps = [f"{amp.get('id')} {amp.get('width') or 'off'}" for amp in live.table("amps")]
    held = any(amp.get("held_down") for amp in live.table("amps"))
    changes = live.table("width_changes")
    why = str(changes[-1].get("reason") or "") if held and changes else ""
    line = ", ".join(amps) or "no amp"
    parts: list[Content | str] = [Content.styled(" width ", "$text-muted"), line]
    if held:
        parts.append(Content.styled(f"  ▼ {why or 'no room for more'}", "$text-warning"))
    if overruns := int(live.number("overruns")):
        parts.append(Content.styled(f"  {overruns} overruns", "$text-error"))
    if safe := live.text("safe_mode"):
        parts.append(Content.styled(f"  safe mode: {safe}", "bold $text-error"))
    return Content("").join(Content(part) if isinstance(part, str) else part for part in parts)


def tuner(live: Live, width: int) -> Content:
    """The tuner's reading: the note, and a needle."""
    reading = live.status.get("tuner")
    about = reading if isinstance(reading, dict) else {}
    note, cents = str(about.get("note") or "-"), about.get("cents")
    off = float(cents) if isinstance(cents, (int, float)) else 0.0
    length = max(width - 26, 9) | 1
    at = round(min(max((off + 50.0) / 100.0, 0.0), 1.0) * (length - 1))
    scale = [*("·" * length)]
    scale[length // 2] = "┼"
    if cents is not None:
        scale[at] = "█"
    style = "$text-success" if abs(off) < 3.0 else "$text-warning"
    needle = "".join(scale)
    return Content.assemble((" tuner ", "$text-muted"), (f"{note:<4}", "bold"), (needle, style), f"{off:+6.1f} ct")


def foot(keys: tuple[tuple[str, str], ...], width: int) -> Content:
    """What the most important keys do, as many as there is room for; the last ones always: help, and the way out."""
    said = [Content.assemble((f" {key}", "bold $text-accent"), (f" {word}", "$text-muted")) for key, word in keys]
    last = said[-FOOT_LAST:]
    room = width - sum(one.cell_length for one in last)
    shown: list[Content] = []
    for one in said[:-FOOT_LAST]:
        room -= one.cell_length
        if room >= 0:
            shown.append(one)
    return Content("").join([*shown, *last])


def aside(view: View, width: int) -> Content:
    """Where there is room for it: what each block costs, how wide each amp may play, and the log."""
    state, live = view.state, view.live
    lines = [_heading("Cost", width)]
    for block in state.preset.blocks if state else ():
        lines.append(_cost(block, live, width))
    lines.append(_heading("Width", width))
    for amp in live.table("amps"):
        now = f" {amp.get('id')}: {amp.get('width') or 'off'}"
        lines.append(Content.assemble(now, (f"   asked for: {amp.get('quality')}", "$text-muted")))
        if amp.get("held_down"):
            lines.append(Content.styled("   ▼ held: no room for more", "$text-warning"))
    lines.append(_heading("Log", width))
    lines += [Content.styled(f" {line}", "$text-muted") for line in log_lines(view)]
    return Content("\n").join(lines)


def _heading(words: str, width: int) -> Content:
    return Content.styled(f"── {words} ".ljust(width, "─"), "$primary")


def _cost(block: Block, live: Live, width: int) -> Content:
    length = max(width - 22, 4)
    load = live.load_of(block.id) if block.on else 0.0
    bar = "█" * round(min(load / max(live.number("budget", 0.7), 0.01), 1.0) * length)
    said = f"{load:7.1%}" if block.on else "    off"
    return Content.assemble(f" {block.id:<12.12} ", (f"{bar:·<{length}}", "$primary"), said)


def log_lines(view: View) -> list[str]:
    """What the pedal said, and what the governor did, newest first."""
    said = list(view.state.said) if view.state else []
    changes = [
        f"{change.get('amp')}: {change.get('from')} → {change.get('to')} ({change.get('reason')})"
        for change in reversed(view.live.table("width_changes"))
    ]
    overruns = [f"a period overran: load {float(one.get('load') or 0):.0%}" for one in view.live.table("overrun_log")]
    return [*said, *changes, *reversed(overruns)]
