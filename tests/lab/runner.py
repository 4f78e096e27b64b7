"""Runs one scenario in one guest and judges what came of it. Called by ``python -m tests.lab`` on the host."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from tests.lab.guest.machine import run_guest
from tests.lab.guest.project import ROOT, STAMP_S, place_of, put
from tests.lab.guest.warm import warm_kernels
from tests.lab.report import Verdict
from tests.lab.scenario import Breakage, Scenario

#: In the guest: kernels that the driver, too, may need.
CACHE = "/var/cache/pedal/panel"


def run_scenario(
    scenario: Scenario, seed: int, folder: Path, minutes: float = 1.0, layers: Iterable[Path] = ()
) -> Verdict:
    """One run; its folder keeps the trace, the console and whatever the scenario left."""
    ended = run_guest(
        f"export PEDAL_CACHE_DIR={CACHE}; "
        f"exec python -m tests.lab.driver {scenario.name} --seed {seed} --minutes {minutes:g}",
        folder,
        limit_s=scenario.limit_s,
        layers=[*layers, warm_kernels()],
        disk=scenario.disk,
    )
    found = folder / "verdict.json"
    if not found.exists():
        how = f"given up after {scenario.limit_s:g} s" if ended.code is None else f"ended with {ended.code}"
        last = "\n".join((ended.output or ended.console).splitlines()[-15:])
        return Verdict(scenario.name, seed, f"no verdict: the guest {how}\n{last}", real_s=ended.real_s)
    said = json.loads(found.read_text())
    trouble = said["trouble"]
    if not trouble and scenario.judge is not None:
        try:
            said["notes"] += scenario.judge(folder)
        except AssertionError as failure:
            trouble = f"AssertionError: {failure}"
    return Verdict(
        scenario=scenario.name,
        seed=seed,
        trouble=trouble,
        hash=said["hash"],
        virtual_s=said["virtual_s"],
        real_s=ended.real_s,
        notes=said["notes"],
    )


def broken_layer(breakage: Breakage, folder: Path) -> Path:
    """The deliberate mistake as a layer over the project.

    Raises:
        SystemExit: the place to break is not there (any more).
    """
    text = (ROOT / breakage.file).read_text()
    if text.count(breakage.old) != 1:
        raise SystemExit(f"lab: {breakage.file} does not hold, exactly once: {breakage.old!r}")
    layer = folder / "broken"
    changed = folder / "broken.txt"
    folder.mkdir(parents=True, exist_ok=True)
    changed.write_text(text.replace(breakage.old, breakage.new))
    places = [Path("opt") / "pedal" / breakage.file]
    path = Path(breakage.file)
    if path.parts[0] == "systemd" and (place := place_of(path)) is not None:
        places.append(Path(place) / path.name)
    for place in places:
        put(changed, layer / place)
        # a second younger: bytecode is told by time and size whether it is of this source; the size may be the same
        os.utime(layer / place, (STAMP_S + 1, STAMP_S + 1))
    return layer
