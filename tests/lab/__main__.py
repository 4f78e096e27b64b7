"""``./run lab [SCENARIO...] [--seed N] [--list] [--broken]``: scenarios in fresh guests, a table, and last one hash."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import shorten
from typing import TypeVar

from tests.lab.guest.machine import kill_guests
from tests.lab.guest.warm import warm_kernels
from tests.lab.report import Verdict, summary, verdict_line, whole_hash
from tests.lab.runner import broken_layer, run_scenario
from tests.lab.scenario import Scenario, load_scenario, scenario_names

#: Of every kind of thing one, a few minutes in all.
SHORT = ("boot", "press", "preset_change", "killed", "power_cut", "width_zero_2_w")
#: What is run, and what a run comes to.
_J, _V = TypeVar("_J"), TypeVar("_V")


def main() -> int:
    """Run what was asked for; 0 when all of it came out as it must."""
    parser = argparse.ArgumentParser(prog="./run lab", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="all of them if none is named")
    parser.add_argument("--short", action="store_true", help=f"only {', '.join(SHORT)}")
    parser.add_argument("--seed", type=int, default=1, help="of everything that chance decides (1)")
    parser.add_argument(
        "--minutes",
        type=float,
        default=1.0,
        help="virtual ones, for random, storm, stick_yanked, hands, press_busy, governor_* (1)",
    )
    parser.add_argument("--list", action="store_true", help="only say which there are")
    parser.add_argument("--broken", action="store_true", help="each with its broken build, which it must catch")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="guests at a time (one a core)")
    parser.add_argument("--out", type=Path, help="keep traces, consoles and results here")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("lab: stopped"))
    scenarios = [load_scenario(name) for name in asked.scenarios or (SHORT if asked.short else scenario_names())]
    if asked.list:
        for scenario in scenarios:
            print(f"{scenario.name:<18} {scenario.title}")
        return 0
    out = asked.out or Path(tempfile.mkdtemp(prefix="pedal-lab-"))
    try:
        return (_run_broken if asked.broken else _run)(scenarios, asked, out)
    finally:
        if asked.out is None:
            shutil.rmtree(out, ignore_errors=True)


def _run(scenarios: list[Scenario], asked: argparse.Namespace, out: Path) -> int:
    verdicts: list[Verdict] = []

    def run(scenario: Scenario) -> Verdict:
        return run_scenario(scenario, asked.seed, _fresh(out / scenario.name), asked.minutes)

    for verdict in _side_by_side(run, scenarios, asked.jobs):
        verdicts.append(verdict)
        print(verdict_line(verdict), flush=True)
    print(summary(verdicts))
    print(whole_hash(verdicts))
    return 0 if all(verdict.passed for verdict in verdicts) else 1


def _run_broken(scenarios: list[Scenario], asked: argparse.Namespace, out: Path) -> int:
    missed = 0
    builds = [(scenario, number) for scenario in scenarios for number in range(len(scenario.breakages))]

    def run(build: tuple[Scenario, int]) -> Verdict:
        scenario, number = build
        folder = _fresh(out / f"{scenario.name}-broken-{number + 1}")
        return run_scenario(scenario, asked.seed, folder, layers=[broken_layer(scenario.breakages[number], folder)])

    for scenario in scenarios:
        if not scenario.breakages:
            print(f"----  {scenario.name:<18} no broken build is named")
    for (scenario, number), verdict in zip(builds, _side_by_side(run, builds, asked.jobs), strict=True):
        missed += verdict.passed
        word = "MISSED" if verdict.passed else "caught"
        first = shorten((verdict.trouble.splitlines() or [""])[0], 160, placeholder=" ...")
        print(f"{word}  {scenario.name:<18} {scenario.breakages[number].what}: {first}", flush=True)
    print("every broken build was caught" if not missed else f"{missed} broken builds passed")
    return 0 if not missed else 1


def _side_by_side(run: Callable[[_J], _V], wanted: list[_J], jobs: int) -> Iterator[_V]:
    """One verdict for each that is wanted, in their order. A guest uses one core: so many may run at a time."""
    warm_kernels()  # once, before the first of them
    with ThreadPoolExecutor(jobs) as pool:
        try:
            yield from pool.map(run, wanted)
        except BaseException:  # somebody who waits no longer: let no guest outlive us
            pool.shutdown(wait=False, cancel_futures=True)
            kill_guests()
            raise


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
