"""How fast this machine is as a pedal: what a preset costs the running period thread.

Called by ``pedal demo`` before its tour, over the control socket. Measured where it counts - in the
real thread, at its pace, beside whatever else this machine does - because the same code on a bench
of its own takes half as long.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pedal.errors import ControlError
from pedal.panel import protocol

Call = Callable[[protocol.Request], dict[str, Any]]

_POLL_S = 0.05


def wait_until_playing(call: Call, key: str, timeout_s: float) -> None:
    """Wait for a pedal that may just be starting until it plays the preset ``key`` (any, if empty).

    Raises:
        ControlError: it does not, in that time.
    """
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        try:
            status = call(protocol.Status())
        except ControlError:  # not there yet
            status = {}
        if status.get("audio") == "playing" and status["blocks"] and key in ("", status["preset_key"]):
            return
        time.sleep(_POLL_S)
    raise ControlError(f"no sound within {timeout_s:g} s", where="virtual pedal")


def usual_load(call: Call, duration_s: float) -> float:
    """Load that three quarters of the looks at the running pedal do not exceed, in ``duration_s``."""
    end_s = time.monotonic() + duration_s
    loads: list[float] = []
    while time.monotonic() < end_s or not loads:
        loads.append(float(call(protocol.Status())["load_mean"]))
        time.sleep(_POLL_S)
    return sorted(loads)[len(loads) * 3 // 4]
