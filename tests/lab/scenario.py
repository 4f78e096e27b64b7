"""Scenarios as they lie in ``scenarios/``: found, loaded, described. Called by the host and by the guest's driver.

A scenario is a module with a docstring (its first line is its title) and ``scenario(lab)``. It may also have

* ``BREAKAGE``: a ``Breakage``, a build of the pedal that this scenario must not let pass; or a tuple of some;
* ``DISK``: a ``Disk``, when it needs the player's partition on a disk of its own;
* ``LIMIT_S``: real seconds after which it is given up (``LIMIT_S`` below);
* ``judge(folder)``: looks, on the host, at what the run left in its folder; raises AssertionError, returns notes.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lab.guest.machine import Disk

if TYPE_CHECKING:
    from tests.lab.lab import Lab

LIMIT_S = 240.0
_FOLDER = Path(__file__).resolve().parent / "scenarios"


@dataclass(frozen=True)
class Breakage:
    """One deliberate mistake: in ``file`` of the project the text ``old``, which stands there once, becomes ``new``."""

    what: str
    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Scenario:
    """One scenario, as ``scenario.py`` above describes it."""

    name: str
    title: str
    run: Callable[[Lab], None]
    breakages: tuple[Breakage, ...]
    disk: Disk | None
    limit_s: float
    judge: Callable[[Path], list[str]] | None


def scenario_names() -> list[str]:
    """All there are."""
    return sorted(path.stem for path in _FOLDER.glob("*.py") if not path.stem.startswith("_"))


def load_scenario(name: str) -> Scenario:
    """A scenario by its name.

    Raises:
        SystemExit: there is none of that name.
    """
    if name not in scenario_names():
        raise SystemExit(f"lab: no scenario '{name}'; there are: {', '.join(scenario_names())}")
    module = importlib.import_module(f"tests.lab.scenarios.{name}")
    breakage = getattr(module, "BREAKAGE", ())
    return Scenario(
        name=name,
        title=(module.__doc__ or name).strip().splitlines()[0],
        run=module.scenario,
        breakages=(breakage,) if isinstance(breakage, Breakage) else breakage,
        disk=getattr(module, "DISK", None),
        limit_s=getattr(module, "LIMIT_S", LIMIT_S),
        judge=getattr(module, "judge", None),
    )
