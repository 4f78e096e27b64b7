"""The doctor: every judge on what it is there for, and the readings of a machine that lies in a folder."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from pedal.config import Board, load_board
from pedal.system.doctor import CHECKS, Finding, judge
from pedal.system.readings import Device, Readings, is_realtime, load_readings, preemption

REFERENCE, VIRTUAL = load_board("reference"), load_board("virtual")
GOOD = Readings(
    is_installed=True,
    is_playing=True,
    is_realtime=True,
    priority_limit=95,
    cards=(REFERENCE.audio.card,),
    gpio_chips=(Device("/dev/gpiochip0", True),),
    i2c_buses=(Device("/dev/i2c-1", True),),
    displays=(0x3C,),
    hottest_c=48.0,
    is_voltage_low=False,
    state_dir="/var/lib/pedal",
    free_bytes=20 * 2**30,
    available_bytes=2**30,
    kernel="6.6.31",
    machine="aarch64",
    preemption="preemptible",
)


def found(seen: Readings, check: str, board: Board = REFERENCE) -> Finding:
    return next(finding for finding in judge(seen, board) if finding.check == check)


def test_a_good_pedal_has_nothing_to_mend() -> None:
    findings = judge(GOOD, REFERENCE)
    assert len(findings) == len(CHECKS)
    assert [finding for finding in findings if finding.verdict != "fine" or finding.do] == []


def test_a_laptop_with_the_virtual_board_has_nothing_to_mend() -> None:
    laptop = Readings(machine="x86_64", free_bytes=2**40, priority_limit=0, preemption="preemptible")
    assert {finding.check for finding in judge(laptop, VIRTUAL) if finding.verdict == "wrong"} == set()


@pytest.mark.parametrize(
    ("change", "check", "verdict", "says"),
    [
        ({"safe_mode": "The sound failed."}, "pedal", "wrong", "pedal resume"),
        ({"is_playing": False}, "pedal", "wrong", "systemctl"),
        ({"is_playing": False, "is_installed": False}, "pedal", "note", "pedal run"),
        ({"cards": ("Device",)}, "card", "wrong", "dtoverlay"),
        ({"gpio_chips": ()}, "pins", "wrong", "header"),
        ({"gpio_chips": (Device("/dev/gpiochip0", False),)}, "pins", "wrong", "usermod -aG gpio"),
        ({"i2c_buses": ()}, "display", "wrong", "dtparam=i2c_arm=on"),
        ({"i2c_buses": (Device("/dev/i2c-1", False),)}, "display", "wrong", "usermod -aG i2c"),
        ({"displays": (0x3D,)}, "display", "wrong", "four wires"),
        ({"is_realtime": False}, "real-time", "wrong", "rtprio 95"),
        ({"is_realtime": None, "is_installed": False, "priority_limit": 0}, "real-time", "note", "rtprio 95"),
        ({"is_realtime": None, "is_installed": False}, "real-time", "fine", ""),
        ({"hottest_c": 72.0}, "temperature", "note", "heat sink"),
        ({"hottest_c": 81.0}, "temperature", "wrong", "heat sink"),
        ({"hottest_c": None}, "temperature", "fine", ""),
        ({"is_voltage_low": True}, "voltage", "wrong", "supply"),
        ({"is_voltage_low": None}, "voltage", "fine", ""),
        ({"is_state_writable": False}, "storage", "wrong", "back it up"),
        ({"free_bytes": 10 * 2**20}, "storage", "wrong", "Delete"),
        ({"free_bytes": 100 * 2**20}, "storage", "note", "room"),
        ({"available_bytes": 2**20}, "memory", "note", "top"),
        ({"available_bytes": None}, "memory", "fine", ""),
        ({"machine": "armv7l"}, "kernel", "wrong", "64-bit"),
        ({"scaling": ("powersave",)}, "kernel", "note", "performance"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(change: dict[str, object], check: str, verdict: str, says: str) -> None:
    finding = found(replace(GOOD, **change), check)  # type: ignore[arg-type]
    assert finding.verdict == verdict
    assert says in finding.do and bool(finding.do) == (verdict != "fine")


def machine(root: Path) -> None:
    files = {
        "proc/asound/cards": " 0 [sndrpihifiberry]: HifiberryDacpAdcPro - snd_rpi_hifiberry_dacplusadcpro\n",
        "proc/version": "Linux version 6.6.31 (gcc) #1 SMP PREEMPT",
        "proc/meminfo": "MemTotal: 1000 kB\nMemAvailable:     512 kB\n",
        "sys/class/thermal/thermal_zone0/temp": "61250\n",
        "sys/class/thermal/thermal_zone1/temp": "none",
        "sys/class/hwmon/hwmon1/name": "rpi_volt\n",
        "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "1\n",
        "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "ondemand\n",
        "dev/gpiochip0": "",
        "etc/systemd/system/pedal-audio.service": "",
        "proc/77/task/78/stat": "78 (a b) c) S " + " ".join(["0"] * 37) + " 1 0",
        "proc/77/task/77/stat": "77 (a) S " + " ".join(["0"] * 37) + " 0 0",
        "proc/99/task/99/stat": "99 (a) S " + " ".join(["0"] * 37) + " 0 0",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_machine_is_read(tmp_path: Path) -> None:
    machine(tmp_path)
    seen = load_readings(tmp_path / "run", tmp_path / "not" / "there", tmp_path)
    assert seen.cards == ("sndrpihifiberry",) and seen.is_installed and not seen.is_playing
    assert seen.hottest_c == 61.25 and seen.is_voltage_low is True and seen.available_bytes == 512 * 1024
    assert seen.gpio_chips == (Device(str(tmp_path / "dev/gpiochip0"), True),)
    assert seen.i2c_buses == () and seen.scaling == ("ondemand",) and seen.preemption == "preemptible"
    assert seen.free_bytes > 0 and seen.is_state_writable


def test_whether_a_process_goes_before_others(tmp_path: Path) -> None:
    machine(tmp_path)
    assert is_realtime(77, tmp_path) is True
    assert is_realtime(99, tmp_path) is False
    assert is_realtime(98, tmp_path) is None
    assert is_realtime(os.getpid()) is False  # of a real kernel, too


def test_kernels() -> None:
    assert preemption("Linux version 6.6 SMP PREEMPT_RT", "") == "real-time kernel"
    assert preemption("Linux version 6.6 SMP PREEMPT_DYNAMIC", "1") == "real-time kernel"
    assert preemption("Linux version 6.1 SMP", "") == "not preemptible"


def test_this_very_machine_can_be_read(tmp_path: Path) -> None:
    assert len(judge(load_readings(tmp_path, tmp_path), VIRTUAL)) == len(CHECKS)
