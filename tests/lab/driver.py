"""``python -m tests.lab.driver SCENARIO --seed N``: runs one scenario in the guest and writes what came of it to /lab.

Called by the guest's ``pedal-lab.service``, as root. ``trace.jsonl`` is the trace, ``verdict.json`` the verdict.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from pathlib import Path

from tests.lab.lab import Lab
from tests.lab.scenario import load_scenario
from tests.lab.trace import Trace

OUT = Path("/lab")


def main() -> int:
    """Run it; 0 when it passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab.driver")
    parser.add_argument("scenario")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1.0)
    asked = parser.parse_args()
    scenario = load_scenario(asked.scenario)
    trace = Trace(OUT / "trace.jsonl")
    trace.add("scenario", [asked.scenario, asked.seed])
    trouble = ""
    lab = Lab(trace, asked.seed, OUT, asked.minutes)
    try:
        scenario.run(lab)
        lab.end()
    except Exception as failure:  # a scenario is a test: whatever it raises is its verdict
        trouble = f"{type(failure).__name__}: {failure}"
        trace.add("failed", trouble)
        traceback.print_exc()
    trace.close()
    verdict = {
        "passed": not trouble,
        "trouble": trouble,
        "virtual_s": time.monotonic(),
        "hash": trace.hash(),
        "notes": lab.notes,
    }
    (OUT / "verdict.json").write_text(json.dumps(verdict))
    return 0 if not trouble else 1


if __name__ == "__main__":
    sys.exit(main())
