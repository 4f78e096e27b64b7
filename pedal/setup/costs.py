"""What a chain costs on this machine: `pedal bench` in a process of its own, started by ``pedal setup`` or the panel.

So it can be broken off, and compiling for a minute, the first time, shows that it goes on.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from pedal.config import Board
from pedal.errors import CardError
from pedal.setup.period import Book

#: Whose chain it is: the usual blocks, and one amp.
PRESET = "Crunch"
#: The kernels may have to be compiled first.
_MOST_S = 240.0
_LOOK_S = 0.1
#: With kernels that are there it takes about so long.
_USUAL_S = 8.0


def time_chain(board: Board, show: Callable[[float, str], None]) -> Book | None:
    """Costs of ``PRESET`` by size of the period, times the board's ``cpu_scale``; None where it cannot be built.

    Raises:
        CardError: it took too long.
    """
    rate = str(board.audio.rate_hz)
    command = [sys.executable, "-m", "pedal.cli.main", "bench", "--chain", PRESET, "--rate", rate, "--json"]
    bench = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    started_s = time.monotonic()
    try:
        while True:
            passed_s = time.monotonic() - started_s
            with suppress(subprocess.TimeoutExpired):
                out, _ = bench.communicate(timeout=_LOOK_S)
                break
            if passed_s > _MOST_S:
                raise CardError("the chain could not be timed", hint="`pedal bench` says why")
            compiling = "; compiling, once" if passed_s > _USUAL_S else ""
            show(passed_s / (passed_s + _USUAL_S), f"{passed_s:.0f} s{compiling}")
    finally:
        bench.kill()
        bench.wait()
    with suppress(ValueError, KeyError, TypeError):
        timed = json.loads(out)
        per_frame = zip(timed["sizes_frames"], timed["total_ns_per_frame"], strict=True)
        return Book(PRESET, {int(n): float(ns) * board.cpu_scale for n, ns in per_frame}, board.budget_share)
    return None
