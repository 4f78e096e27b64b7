"""The service files: what systemd itself thinks of them, and what they must never say."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
PROGRAM = "/opt/pedal/.venv/bin/pedal"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_them(tmp_path: Path) -> None:
    for unit in UNITS:  # the program need not be installed where the tests run
        (tmp_path / unit.name).write_text(unit.read_text().replace(PROGRAM, "/bin/true"))
    for unit in UNITS:
        checked = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name], capture_output=True, text=True
        )
        ours = [line for line in checked.stderr.splitlines() if "pedal-" in line]
        assert ours == [] and checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_compiled_kernels_and_a_kept_runtime_directory_stay_possible(unit: Path) -> None:
    lines = [line.partition("#")[0].strip() for line in unit.read_text().splitlines()]
    keys = dict(line.split("=", 1) for line in lines if "=" in line)
    assert "MemoryDenyWriteExecute" not in keys
    assert keys["RuntimeDirectoryPreserve"] == "yes"
    assert keys["ExecStart"] == f"{PROGRAM} run --only {unit.stem.removeprefix('pedal-')}"
    assert "CPUSchedulingPolicy" not in keys


def test_only_the_sound_may_be_real_time() -> None:
    text = {unit.stem: unit.read_text() for unit in UNITS}
    assert "RestrictRealtime=yes" not in text["pedal-audio"] and "LimitRTPRIO=95" in text["pedal-audio"]
    assert "RestrictRealtime=yes" in text["pedal-panel"] and "LimitRTPRIO" not in text["pedal-panel"]
