"""What the pedal's services wrote into systemd's journal, for ``pedal log``. Pure, but for ``load_journal``."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

UNITS = ("pedal-audio.service", "pedal-panel.service", "pedal-inbox.service")
#: Where they are installed.
_UNIT_FOLDER = Path("/etc/systemd/system")
#: syslog's priorities, by what Python calls them.
_LEVELS = ("critical", "critical", "critical", "error", "warning", "info", "info", "debug")
_PATIENCE_S = 10.0


def load_journal(lines: int) -> list[dict[str, Any]] | None:
    """The last lines of the services; None where there are none, or nobody may read the journal."""
    if not any((_UNIT_FOLDER / unit).exists() for unit in UNITS):
        return None
    which = [word for unit in UNITS for word in ("-u", unit)]
    command = ["journalctl", "--no-pager", "--quiet", "-b", "-o", "json", "-n", str(lines), *which]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = [line for raw in done.stdout.splitlines() if (line := parse_journal_line(raw)) is not None]
    return found or None


def parse_journal_line(raw: bytes) -> dict[str, Any] | None:
    """A line of ``journalctl -o json`` in the shape of the panel's own; None if it is none."""
    try:
        said = json.loads(raw)
        text = said["MESSAGE"]
        if isinstance(text, list):  # bytes that are no text
            text = bytes(text).decode("utf-8", "replace")
        at_s, priority = int(said["__REALTIME_TIMESTAMP"]) / 1e6, int(said.get("PRIORITY", 6))
        level = _LEVELS[priority] if 0 <= priority < len(_LEVELS) else "info"
        return {"at_s": round(at_s, 3), "level": level, "text": str(text), "from": str(said.get("_SYSTEMD_UNIT", ""))}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
