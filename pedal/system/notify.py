"""Telling systemd how things are: READY, STATUS and WATCHDOG over ``$NOTIFY_SOCKET``.

Called by ``supervise``. Without the variable nobody listens, and nothing is sent.
"""

from __future__ import annotations

import contextlib
import os
import socket


def notify(**fields: str) -> bool:
    """Send ``KEY=value`` lines; returns whether somebody listens.

    >>> notify(READY="1", STATUS="playing")  # doctest: +SKIP
    """
    name = os.environ.get("NOTIFY_SOCKET", "")
    if not name.startswith(("/", "@")):
        return False
    address = "\0" + name[1:] if name.startswith("@") else name
    message = "\n".join(f"{key}={value}" for key, value in fields.items())
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    with channel, contextlib.suppress(OSError):  # systemd starts again what it does not hear from
        channel.sendto(message.encode(), address)
        return True
    return False


def watchdog_interval_s() -> float | None:
    """How often systemd wants to hear WATCHDOG=1 at most, halved for safety; None if it does not."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    try:
        return int(os.environ["WATCHDOG_USEC"]) / 2e6
    except (KeyError, ValueError):
        return None
