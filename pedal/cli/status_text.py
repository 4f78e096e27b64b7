"""The status of the pedal in plain words, for ``pedal status`` and ``pedal levels``. Pure."""

from __future__ import annotations

from typing import Any

#: Width changes shown, newest first.
_CHANGES = 5


def status_text(status: dict[str, Any]) -> str:
    """Lines for a player; ``--json`` has the rest."""
    lines = [_headline(status), _machine(status), ""]
    if status["safe_mode"]:
        lines.append(
            _row("safe mode", f"{status['safe_mode']} The guitar passes through clean; `pedal resume` tries again.")
        )
    if status["dry"]:
        lines.append(_row("wire", "dry: the guitar goes straight through. `systemctl status pedal-audio` says why."))
    lines += [_amp(amp) for amp in status["amps"]]
    lines.append(_row("blocks", ", ".join(_block(block) for block in status["blocks"])))
    load = (
        f"{status['load_mean']:.0%} of a period; budget {status['budget']:.0%}, worst so far {status['load_worst']:.0%}"
    )
    lines.append(_row("load", load))
    lines.append(
        _row("levels", f"in ({status['input']}) {status['in_peak_db']:.1f} dBFS, out {status['out_peak_db']:.1f} dBFS")
    )
    lines.append(_row("gaps", _gaps(status)))
    changes = status["width_changes"][-_CHANGES:]
    for change in reversed(changes):
        ago_s = (status["frame"] - change["frame"]) / max(1, status["rate_hz"])
        text = f"{ago_s:.0f} s ago {change['amp']} {change['from']} -> {change['to']}: {change['reason']}"
        lines.append(_row("width", text))
    if learning := status.get("learning"):
        of = f"{learning['done'] + 1} of {learning['count']}"
        lines.append(_row("learning", f"what effects cost: {of}, {learning['label']}"))
    if status["message"]:
        lines.append(_row("message", status["message"]))
    return "\n".join(map(_shown, lines))


def levels_text(levels: dict[str, Any]) -> str:
    """The answer of ``pedal levels`` as lines."""
    board = "not known" if levels["board_dbu"] is None else f"{levels['board_dbu']:.1f} dBu at 0 dBFS"
    lines = [
        _row("output", f"{levels['output']}, target {levels['target_db']:.1f} dB"),
        _row("guitar", f"{levels['channel']}{'' if levels['channel_chosen'] else ', as the board says'}"),
        _row("input", f"calibrated {'where both levels are known' if levels['calibrate_input'] else 'never'}"),
        _row("board", board),
    ]
    for amp in levels["amps"]:
        lines += ["", _row(amp["id"], amp["model"]), _row("  input", amp["input"]), _row("  output", amp["output"])]
    return "\n".join(map(_shown, lines))


def _headline(status: dict[str, Any]) -> str:
    bypassed = ", bypassed" if status["bypassed"] else ""
    snapshot = f", snapshot {status['snapshot']}" if status["snapshot"] else ""
    edited = ", edited" if status["edited"] else ""
    place = f"{status['preset_number']} of {status['preset_count']}"
    return f"{status['preset']}{snapshot}{edited} ({place}): {status['audio']}{bypassed}"


def _machine(status: dict[str, Any]) -> str:
    scale = status["cpu_scale"]
    slower = f"; this machine counts as one {scale:g} times slower" if scale != 1.0 else ""
    return f"board {status['board']}, {status['rate_hz']} Hz, periods of {status['period_frames']} frames{slower}"


def _amp(amp: dict[str, Any]) -> str:
    width = amp["width"] or "off"
    if amp["held_down"]:
        width += f" (not enough CPU for {amp['widths'][-1]})"
    chosen = "" if amp["quality"] == "auto" else f", you chose {amp['quality']}"
    return _row(amp["id"], f"{amp['model']}: {width}{chosen}")


def _block(block: dict[str, Any]) -> str:
    if block.get("held"):
        return f"{block['id']} waits (not enough CPU)"
    return f"{block['id']} {block['load']:.0%}" if block["on"] else f"{block['id']} off"


def _gaps(status: dict[str, Any]) -> str:
    return (
        f"{status['xruns']} xruns, {status['overruns']} periods overran, {status['woken_late']} woken late "
        f"in {status['periods_played']} periods"
    )


def _shown(line: str) -> str:
    """Names come from files: a terminal must not obey them."""
    return "".join(c if c.isprintable() else "?" for c in line)


def _row(name: str, text: str) -> str:
    return f"{name:<8}  {text}"
