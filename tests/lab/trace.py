"""The trace: everything that happened in a run, in order, at which virtual nanosecond. Its hash is the run.

Called by ``lab`` and its parts in the driver (guest). Two runs with the same seed must have equal traces, so nothing
may enter it that is not the pedal's doing: no process ids, no real time, no addresses.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np


class Trace:
    """Events in order. Any thread may add one.

    Args:
        path: every event is a line of JSON in it: ``[virtual_ns, what, value]``.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w")
        self._digest = hashlib.sha256()
        self._lock = threading.Lock()

    def add(self, what: str, value: Any = None) -> None:
        """One event. An array stands as the hash of its bytes and its shape."""
        if isinstance(value, np.ndarray):
            value = {"shape": list(value.shape), "sha256": hashlib.sha256(value.tobytes()).hexdigest()[:16]}
        with self._lock:
            line = json.dumps([time.monotonic_ns(), what, value], sort_keys=True) + "\n"
            self._digest.update(line.encode())
            self._file.write(line)
            self._file.flush()

    def hash(self) -> str:
        """Sixteen digits for everything so far."""
        with self._lock:
            return self._digest.hexdigest()[:16]

    def close(self) -> None:
        """No more events."""
        self._file.close()
