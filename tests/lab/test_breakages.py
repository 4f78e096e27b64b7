"""The broken builds of the scenarios: each can still be made of the sources, and is not taken for the whole one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.guest.project import ROOT, put
from tests.lab.runner import broken_layer
from tests.lab.scenario import Breakage, load_scenario, scenario_names


@pytest.mark.parametrize("name", scenario_names())
def test_every_broken_build_can_be_made(name: str, tmp_path: Path) -> None:
    scenario = load_scenario(name)
    if not scenario.breakages:
        pytest.skip(f"{name} names no broken build")
    for number, breakage in enumerate(scenario.breakages):
        layer = broken_layer(breakage, tmp_path / str(number))
        changed = layer / "opt" / "pedal" / breakage.file
        assert changed.read_text() != (ROOT / breakage.file).read_text()
        if changed.suffix == ".py":
            compile(changed.read_text(), str(changed), "exec")


def test_a_broken_unit_is_the_one_that_systemd_reads(tmp_path: Path) -> None:
    breakage = Breakage("no watchdog", "systemd/pedal-audio.service", "WatchdogSec=10\n", "")
    layer = broken_layer(breakage, tmp_path)
    assert "WatchdogSec" not in (layer / "etc" / "systemd" / "system" / "pedal-audio.service").read_text()


def test_bytecode_of_the_whole_build_is_not_used_for_the_broken_one(tmp_path: Path) -> None:
    """Python tells by time and size; both would be the same where the mistake is as long as what it replaces."""
    (breakage,) = load_scenario("press").breakages
    assert len(breakage.old) == len(breakage.new)
    put(ROOT / breakage.file, tmp_path / "whole.py")
    changed = broken_layer(breakage, tmp_path) / "opt" / "pedal" / breakage.file
    whole = (tmp_path / "whole.py").stat()
    assert (int(changed.stat().st_mtime), changed.stat().st_size) != (int(whole.st_mtime), whole.st_size)
