"""The service files: what systemd itself thinks of them, what they must never say, and that their parts agree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "systemd"
HALVES = [FOLDER / "pedal-audio.service", FOLDER / "pedal-panel.service"]
#: Those that bring things in, or out.
IMPORTS = [FOLDER / f"pedal-{name}.service" for name in ("export@", "import@", "inbox")]
#: As root, for it asks systemd for a mount.
STICK = FOLDER / "pedal-stick@.service"
SERVICES = sorted(FOLDER.glob("*.service"))
PROGRAM, PYTHON = "/opt/pedal/.venv/bin/pedal", "/opt/pedal/.venv/bin/python"
#: systemd's own measure, 0 to 10: "SAFE" ends at 2.
EXPOSURE_MOST, EXPOSURE_MOST_OF_ROOT = 1.0, 1.3
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
    for unit in SERVICES:  # the program need not be installed where the tests run
        text = unit.read_text().replace(PROGRAM, "/bin/true").replace(PYTHON, "/bin/true")
        (tmp_path / unit.name).write_text(text)
    for unit in SERVICES:
        name = unit.name.replace("@.", "@sda1.")
        checked = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", tmp_path / name], capture_output=True, text=True
        )
        ours = [line for line in checked.stderr.splitlines() if "pedal-" in line]
        assert ours == [] and checked.returncode == 0, checked.stderr


@with_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
def test_little_is_exposed(unit: Path) -> None:
    analysed = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", unit], capture_output=True, text=True
    )
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", analysed.stdout)
    assert level is not None, analysed.stderr
    assert float(level[1]) <= (EXPOSURE_MOST_OF_ROOT if unit == STICK else EXPOSURE_MOST), analysed.stdout


def test_every_service_is_of_one_kind() -> None:
    assert sorted([*HALVES, *IMPORTS, STICK]) == SERVICES


@pytest.mark.parametrize("unit", IMPORTS, ids=lambda path: path.stem)
def test_imports_are_small_and_give_way(unit: Path) -> None:
    said = keys(unit)
    assert said["User"] == ["pedal-import"] and said["Group"] == ["pedal"]
    waits = unit.stem == "pedal-inbox"
    assert said["Type"] == ["exec" if waits else "oneshot"] and "MemoryMax" in said
    assert ("Restart" in said, "TimeoutStartSec" in said) == (waits, not waits)
    assert int(said["Nice"][0]) > 10 and said["IOSchedulingClass"] == ["idle"]
    assert said["UMask"] == ["0007"], "the panel and the players replace what came in"
    # Said, not guessed: where it may only be read, it would not be taken for the player's.
    assert said["Environment"] == ["PEDAL_HOME=/var/lib/pedal PYTHONUNBUFFERED=1"]
    program = said["ExecStart"][0].split()
    assert program[:2] == [PYTHON, "-m"]
    assert program[2:-1] == (["pedal.system.inbox"] if waits else ["pedal.system.stick", unit.stem[6:].rstrip("@")])


def test_a_stick_is_never_trusted() -> None:
    rules = (FOLDER / "udev" / "90-pedal-stick.rules").read_text()
    options = re.findall(r'SYSTEMD_MOUNT_OPTIONS\}="([^"]*)"', rules)
    assert len(options) == 2
    assert all({"ro", "nosuid", "nodev", "noexec"} <= set(each.split(",")) for each in options)
    kinds = re.search(r'ID_FS_TYPE\}!="([^"]*)"', rules)
    assert kinds is not None and kinds[1] == "vfat|exfat|ext4"
    remount = keys(FOLDER / "pedal-export@.service")["ExecStartPre"][0]
    assert "-t vfat,exfat" in remount and "mount -o remount,rw,nosuid,nodev,noexec " in remount


@pytest.mark.parametrize("unit", HALVES, ids=lambda path: path.stem)
def test_what_the_pedal_needs_stays_possible(unit: Path) -> None:
    said = keys(unit)
    assert "MemoryDenyWriteExecute" not in said, "kernels are compiled"
    assert "ProcSubset" not in said, "the compiler and gpiozero ask /proc which machine this is"
    assert "PrivateDevices" not in said
    assert "CPUSchedulingPolicy" not in said, "only one thread asks for it"
    assert "RuntimeDirectory" not in said, "two users would take it from each other"
    chosen = " -/var/lib/pedal-board" if unit.stem == "pedal-panel" else ""
    assert said["ReadWritePaths"] == [f"/run/pedal{chosen}"], "what is chosen at the pedal, its panel chooses"
    assert said["Environment"][1:] == ["PEDAL_BOARD_DIR=/var/lib/pedal-board"]
    assert said["Type"] == ["notify"] and said["WatchdogSec"] == ["10"]
    assert said["ExecStart"] == [f"{PROGRAM} run --only {unit.stem.removeprefix('pedal-')}"]


def test_only_the_sound_may_be_real_time() -> None:
    said = {unit.stem: keys(unit) for unit in HALVES}
    assert "RestrictRealtime" not in said["pedal-audio"] and said["pedal-audio"]["LimitRTPRIO"] == ["95"]
    assert said["pedal-panel"]["RestrictRealtime"] == ["yes"] and "LimitRTPRIO" not in said["pedal-panel"]


def test_nobody_runs_code_that_another_wrote() -> None:
    caches = [keys(unit)["CacheDirectory"][0] for unit in HALVES]
    assert caches == ["pedal/audio", "pedal/panel"]
    for unit, cache in zip(HALVES, caches, strict=True):
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
    for unit in [*HALVES, *IMPORTS]:
        said = keys(unit)
        assert users[said["User"][0]][3] == groups[said["Group"][0]][2], "its own group is the common one"
        assert users[said["User"][0]][6] == "/usr/sbin/nologin"
        assert set(" ".join(said.get("SupplementaryGroups", [])).split()) <= set(groups)

    def owned(path: str) -> tuple[str, str, str]:
        found = os.stat(tmp_path / path)
        names = {table[2]: name for name, table in users.items()} | {"0": "root"}
        return names[str(found.st_uid)], str(found.st_gid), f"{found.st_mode & 0o7777:o}"

    pedal = groups["pedal"][2]
    assert owned("run/pedal") == ("root", pedal, "3770")
    assert owned("run/pedal-sticks") == ("root", "0", "755")
    assert owned("var/lib/pedal-board") == ("pedal-panel", pedal, "755")
    imported = ("/library", "/library/models", "/library/impulses", "/backups", "/inbox")
    for folder in ("", "/presets", "/models", "/models/cabs", *imported):
        assert owned(f"var/lib/pedal{folder}") == ("pedal-panel", pedal, "2770")
    assert keys(FOLDER / "pedal-panel.service")["StateDirectoryMode"] == ["2770"]
