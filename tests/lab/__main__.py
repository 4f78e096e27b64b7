"""``./run lab [SCENARIO...] [--seed N] [--list] [--broken]``: scenarios in fresh guests, a table, and last one hash."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.lab.report import Verdict, summary, verdict_line, whole_hash
from tests.lab.runner import broken_layer, run_scenario
from tests.lab.scenario import Scenario, load_scenario, scenario_names


def main() -> int:
    """Run what was asked for; 0 when all of it came out as it must."""
    parser = argparse.ArgumentParser(prog="./run lab", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="all of them if none is named")
    parser.add_argument("--seed", type=int, default=1, help="of everything that chance decides (1)")
    parser.add_argument("--minutes", type=float, default=1.0, help="virtual ones, for the scenario random (1)")
    parser.add_argument("--list", action="store_true", help="only say which there are")
    parser.add_argument("--broken", action="store_true", help="each with its broken build, which it must catch")
    parser.add_argument("--out", type=Path, help="keep traces, consoles and results here")
    asked = parser.parse_args()
    scenarios = [load_scenario(name) for name in asked.scenarios or scenario_names()]
    if asked.list:
        for scenario in scenarios:
            print(f"{scenario.name:<18} {scenario.title}")
        return 0
    out = asked.out or Path(tempfile.mkdtemp(prefix="pedal-lab-"))
    try:
        return _run_broken(scenarios, asked.seed, out) if asked.broken else _run(scenarios, asked, out)
    finally:
        if asked.out is None:
            shutil.rmtree(out, ignore_errors=True)


def _run(scenarios: list[Scenario], asked: argparse.Namespace, out: Path) -> int:
    verdicts: list[Verdict] = []
    for scenario in scenarios:
        verdicts.append(run_scenario(scenario, asked.seed, _fresh(out / scenario.name), asked.minutes))
        print(verdict_line(verdicts[-1]), flush=True)
    print(summary(verdicts))
    print(whole_hash(verdicts))
    return 0 if all(verdict.passed for verdict in verdicts) else 1


def _run_broken(scenarios: list[Scenario], seed: int, out: Path) -> int:
    missed = 0
    for scenario in scenarios:
        if scenario.breakage is None:
            print(f"----  {scenario.name:<18} no broken build is named")
            continue
        folder = _fresh(out / f"{scenario.name}-broken")
        layer = broken_layer(scenario.breakage, folder)
        verdict = run_scenario(scenario, seed, folder, layers=[layer])
        missed += verdict.passed
        word = "MISSED" if verdict.passed else "caught"
        first = (verdict.trouble.splitlines() or [""])[0]
        print(f"{word}  {scenario.name:<18} {scenario.breakage.what}: {first}", flush=True)
    print("every broken build was caught" if not missed else f"{missed} broken builds passed")
    return 0 if not missed else 1


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
