"""From a model file to its first sample: how long each part takes, on this machine.

Used by ``pedal inspect --time``. *Warm* is the builder's way: a process that has loaded models before. *Fresh* is a new
process, kernels from the cache, as ``pedal render`` starts. Rounds of all parts follow one another, so that a
busy moment falls on each of them alike; what a machine can do that nobody else uses is nearer to the least.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

#: Rounds of each kind.
WARM_ROUNDS, FRESH_ROUNDS = 25, 5
#: Frames of the first period.
PERIOD_FRAMES = 64

#: Parts in the order in which they happen, and what they are.
PARTS = {
    "start": "Python, numpy, numba and the kernels from the cache",
    "read": "the file's bytes",
    "parse": "JSON and its depth",
    "check": "every value, counts, weights as float32, the hash",
    "pack": "all widths: weights in playing order, rest in closed form",
    "place": "the widest in memory, at rest",
    "play": f"its first {PERIOD_FRAMES} frames",
}

#: Seconds by part.
Times = dict[str, float]


def time_loading(path: Path) -> dict[str, Times]:
    """Seconds of each part: medians of the ``warm`` rounds, the ``least`` of them, and medians of the ``fresh`` ones.

    Raises:
        ModelError: not a model.
    """
    _load_once(path)
    fresh = [_fresh(path) for _ in range(FRESH_ROUNDS)]
    warm = [_load_once(path) for _ in range(WARM_ROUNDS)]
    return {"warm": _each(warm, statistics.median), "least": _each(warm, min), "fresh": _each(fresh, statistics.median)}


def format_times(times: dict[str, Times]) -> str:
    """The result of ``time_loading`` as a table, without a newline at its end."""
    lines = [f"  to the first sample {''.join(f'{way:>12}' for way in times)}"]
    for part, meaning in PARTS.items():
        cells = "".join(_cell(one.get(part)) for one in times.values())
        lines.append(f"  {part:<20}{cells}   {meaning}")
    sums = "".join(_cell(sum(one.values())) for one in times.values())
    return "\n".join([*lines, f"  {'together':<20}{sums}"])


def _cell(seconds: float | None) -> str:
    return f"{'-':>12}" if seconds is None else f"{1000 * seconds:9.2f} ms"


def _each(rounds: Sequence[Times], of: Callable[[list[float]], float]) -> Times:
    return {part: of([one[part] for one in rounds]) for part in rounds[0]}


def _load_once(path: Path) -> Times:
    """Seconds of every part but the start, in this process."""
    from pedal.nam.document import parse_document
    from pedal.nam.engine import Engine
    from pedal.nam.file import check_document, read_model
    from pedal.nam.pack import pack

    marks = [time.perf_counter()]
    data = read_model(path)
    marks.append(time.perf_counter())
    document = parse_document(data, path.name)
    marks.append(time.perf_counter())
    model = check_document(document, data, path.name)
    marks.append(time.perf_counter())
    packed = [pack(width.spec, PERIOD_FRAMES) for width in model.widths]
    marks.append(time.perf_counter())
    engine = Engine(model, len(model.widths) - 1, PERIOD_FRAMES, packed[-1])
    marks.append(time.perf_counter())
    engine.process(np.zeros(PERIOD_FRAMES, np.float32))
    marks.append(time.perf_counter())
    parts = [part for part in PARTS if part != "start"]
    return dict(zip(parts, (after - before for before, after in pairwise(marks)), strict=True))


def _fresh(path: Path) -> Times:
    """Seconds of every part in a new process; its start includes the birth of the process."""
    environment = os.environ | {"PEDAL_LOAD_BEGAN": repr(time.monotonic())}
    command = [sys.executable, "-m", "pedal.offline.load_time", str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: Times = json.loads(done.stdout)
    return found


def _main() -> None:
    """The new process."""
    import pedal.nam.engine  # noqa: F401  (this is the start)

    start = time.monotonic() - float(os.environ["PEDAL_LOAD_BEGAN"])
    print(json.dumps({"start": start} | _load_once(Path(sys.argv[1]))))


if __name__ == "__main__":
    _main()
