"""Sandbox: from inside each service, nothing of the machine can be written, reached or seen but what it is for."""

from __future__ import annotations

import json
from pathlib import Path

from tests.lab.lab import RUNTIME, Lab
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "a service that may open any socket",
    "systemd/pedal-panel.service",
    "RestrictAddressFamilies=AF_UNIX\n",
    "",
)
UNITS = Path("/opt/pedal/systemd")
#: What either may do; everything else that the probe tries must fail.
BOTH = {"write /run/pedal", "unix socket", "run what was written"}
ALLOWED = {
    "audio": BOTH
    | {"write /var/cache/pedal/audio", "list /var/cache/pedal/audio"}
    | {"open /dev/snd/controlC0", "open /dev/gpiochip0", "real-time priority", "lock memory"},  # the relay's pin
    "panel": BOTH
    | {"write /var/cache/pedal/panel", "list /var/cache/pedal/panel"}
    | {"write /var/lib/pedal", "list /var/lib/pedal", "open /dev/gpiochip0"},
}


def scenario(lab: Lab) -> None:
    lab.boot()
    for half, allowed in ALLOWED.items():
        _install_probe(half)
        lab.systemctl("daemon-reload")
        lab.systemctl("start", f"probe-{half}.service")
        outcomes: dict[str, str] = json.loads((RUNTIME / f"probe-{half}.json").read_text())
        done = {attempt for attempt, outcome in outcomes.items() if outcome == "done"}
        lab.event(f"probe of {half}", outcomes)
        assert done == allowed, f"{half}: could {sorted(done - allowed)}, could not {sorted(allowed - done)}"
        lab.note(f"{half}: {len(outcomes) - len(done)} of {len(outcomes)} attempts refused")
    assert lab.status()["audio"] == "playing"


def _install_probe(half: str) -> None:
    """A unit with every line of the service's, but for what it runs and how it is watched."""
    lines = []
    for line in (UNITS / f"pedal-{half}.service").read_text().splitlines():
        key = line.partition("=")[0]
        if key == "ExecStart":
            line = f"ExecStart=/opt/pedal/.venv/bin/python -m tests.lab.probe {RUNTIME}/probe-{half}.json"
        elif key == "Type":
            line = "Type=oneshot\nWorkingDirectory=/opt/pedal"
        if key not in ("Restart", "RestartSec", "WatchdogSec", "NotifyAccess", "WantedBy", "After", "Wants"):
            lines.append(line)
    (Path("/run/systemd/system") / f"probe-{half}.service").write_text("\n".join(lines) + "\n")
