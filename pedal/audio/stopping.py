"""How a process that plays is stopped: by a signal that never cuts a read short.

Used by ``process`` and ``safe`` in pedal-audio. Signals are blocked in the period thread; a thread that sleeps
otherwise takes them.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

#: How long a stop may take before the process just ends: a read can wait for ever on a dead card.
STOP_S = 1.0
_SIGNALS = {signal.SIGTERM, signal.SIGINT}


def block_signals() -> None:
    """Keep signals from the calling thread, and from those it starts; first thing in the period thread."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)


def on_signal(stop: Callable[[], None]) -> None:
    """Have ``stop`` called, in a thread of its own, when SIGTERM or SIGINT comes. Main thread only.

    The process ends ``STOP_S`` later even if nobody obeyed.
    """
    read_fd, write_fd = os.pipe2(os.O_CLOEXEC)
    os.set_blocking(write_fd, False)
    signal.set_wakeup_fd(write_fd)
    for number in _SIGNALS:
        signal.signal(number, lambda *_: None)
    threading.Thread(target=_wait, args=(read_fd, stop), name="signals", daemon=True).start()


def _wait(read_fd: int, stop: Callable[[], None]) -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    os.read(read_fd, 1)
    stop()
    time.sleep(STOP_S)
    os._exit(0)  # the period thread still waits for a card that does not answer
