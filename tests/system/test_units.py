"""The service files: what systemd itself thinks of them, what they must never say, and that their parts agree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
PROGRAM = "/opt/pedal/.venv/bin/pedal"
#: systemd's own measure, 0 to 10: "SAFE" ends at 2.
EXPOSURE_MOST = 1.0
with_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def keys(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


@with_systemd
def test_systemd_accepts_them(tmp_path: Path) -> None:
    for unit in UNITS:  # the program need not be installed where the tests run
        (tmp_path / unit.name).write_text(unit.read_text().replace(PROGRAM, "/bin/true"))
    for unit in UNITS:
        checked = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name], capture_output=True, text=True
        )
        ours = [line for line in checked.stderr.splitlines() if "pedal-" in line]
        assert ours == [] and checked.returncode == 0, checked.stderr


@with_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_little_is_exposed(unit: Path) -> None:
    analysed = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", unit], capture_output=True, text=True
    )
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", analysed.stdout)
    assert level is not None, analysed.stderr
    assert float(level[1]) <= EXPOSURE_MOST, analysed.stdout


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_what_the_pedal_needs_stays_possible(unit: Path) -> None:
    said = keys(unit)
    assert "MemoryDenyWriteExecute" not in said, "kernels are compiled"
    assert "ProcSubset" not in said, "the compiler and gpiozero ask /proc which machine this is"
    assert "PrivateDevices" not in said
    assert "CPUSchedulingPolicy" not in said, "only one thread asks for it"
    assert "RuntimeDirectory" not in said, "two users would take it from each other"
    assert said["ReadWritePaths"] == ["/run/pedal"]
    assert said["Type"] == ["notify"] and said["WatchdogSec"] == ["10"]
    assert said["ExecStart"] == [f"{PROGRAM} run --only {unit.stem.removeprefix('pedal-')}"]


def test_only_the_sound_may_be_real_time() -> None:
    said = {unit.stem: keys(unit) for unit in UNITS}
    assert "RestrictRealtime" not in said["pedal-audio"] and said["pedal-audio"]["LimitRTPRIO"] == ["95"]
    assert said["pedal-panel"]["RestrictRealtime"] == ["yes"] and "LimitRTPRIO" not in said["pedal-panel"]


def test_nobody_runs_code_that_another_wrote() -> None:
    caches = [keys(unit)["CacheDirectory"][0] for unit in UNITS]
    assert caches == ["pedal/audio", "pedal/panel"]
    for unit, cache in zip(UNITS, caches, strict=True):
        assert f"PEDAL_CACHE_DIR=/var/cache/{cache} " in keys(unit)["Environment"][0]
        assert keys(unit)["CacheDirectoryMode"] == ["0700"]


@pytest.mark.privileged
@pytest.mark.skipif(shutil.which("systemd-tmpfiles") is None, reason="systemd-tmpfiles is not installed")
def test_users_and_folders_are_made(tmp_path: Path) -> None:
    """In an empty root: every user and group that the units and folders name is there, with the rights meant."""
    for kind in ("sysusers", "tmpfiles"):
        (tmp_path / f"etc/{kind}.d").mkdir(parents=True)
        shutil.copy(FOLDER / f"{kind}.d/pedal.conf", tmp_path / f"etc/{kind}.d")
    (tmp_path / "etc/group").write_text("audio:x:29:\n")
    for command in (["systemd-sysusers"], ["systemd-tmpfiles", "--create", "pedal.conf"]):
        done = subprocess.run([command[0], f"--root={tmp_path}", *command[1:]], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    users, groups = (
        {line.split(":")[0]: line.split(":") for line in (tmp_path / f"etc/{name}").read_text().splitlines()}
        for name in ("passwd", "group")
    )
    for unit in UNITS:
        said = keys(unit)
        assert users[said["User"][0]][3] == groups[said["Group"][0]][2], "its own group is the common one"
        assert users[said["User"][0]][6] == "/usr/sbin/nologin"
        assert set(said["SupplementaryGroups"][0].split()) <= set(groups)

    def owned(path: str) -> tuple[str, str, str]:
        found = os.stat(tmp_path / path)
        names = {table[2]: name for name, table in users.items()} | {"0": "root"}
        return names[str(found.st_uid)], str(found.st_gid), f"{found.st_mode & 0o7777:o}"

    pedal = groups["pedal"][2]
    assert owned("run/pedal") == ("root", pedal, "3770")
    for folder in ("", "/presets", "/models", "/models/cabs"):
        assert owned(f"var/lib/pedal{folder}") == ("pedal-panel", pedal, "2770")
    assert keys(FOLDER / "pedal-panel.service")["StateDirectoryMode"] == ["2770"]
