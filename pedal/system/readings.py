"""What ``pedal doctor`` looks at: the kernel's files, our rights, the running pedal. Reads, changes nothing.

Called by ``cli/doctor``, in its process. What cannot be read is empty or None: a machine may lack anything.
"""

from __future__ import annotations

import os
import platform
import resource
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pedal.config.detect import load_machine
from pedal.health import load_health
from pedal.layout import CARD_RUNNING
from pedal.system.heartbeat import load_beat
from pedal.system.i2c_bus import probe
from pedal.system.wire import load_low_voltage

#: A pedal that has not finished a period for so long is not playing.
_SILENT_S = 1.0
#: In ``/proc/PID/task/TID/stat``, counted behind the name in parentheses: ``SCHED_FIFO`` is 1, ``SCHED_RR`` 2.
_POLICY_FIELD, _REALTIME_POLICIES = 38, ("1", "2")
_SERVICE = "etc/systemd/system/pedal-audio.service"


@dataclass(frozen=True, slots=True)
class Device:
    """A device file, and whether we may use it."""

    path: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Readings:
    """One look.

    Attributes:
        is_installed: the services are.
        is_playing: a pedal plays here now; ``xruns`` are its card's gaps.
        safe_mode: why the sound is in safe mode; empty: it is not.
        is_realtime: whether the playing pedal has real-time priority; None: none plays, or nobody may look.
        priority_limit: what this user may take, 0 to 99.
        cards: ids of sound cards.
        gpio_chips, i2c_buses, spi_buses: device files.
        displays: addresses that answer on I2C.
        hottest_c: of all sensors, in degrees Celsius.
        is_voltage_low: of a Pi's supply; None: nothing measures it.
        state_dir, free_bytes, is_state_writable: where players' things are kept.
        available_bytes: of memory.
        kernel, machine, preemption: of the system.
        scaling: what the processor's speed follows, core by core; empty: it is fixed.
    """

    is_installed: bool = False
    is_playing: bool = False
    xruns: int = 0
    safe_mode: str = ""
    is_realtime: bool | None = None
    priority_limit: int = 0
    cards: tuple[str, ...] = ()
    gpio_chips: tuple[Device, ...] = ()
    i2c_buses: tuple[Device, ...] = ()
    spi_buses: tuple[Device, ...] = ()
    displays: tuple[int, ...] = ()
    hottest_c: float | None = None
    is_voltage_low: bool | None = None
    state_dir: str = ""
    free_bytes: int = 0
    is_state_writable: bool = True
    available_bytes: int | None = None
    kernel: str = ""
    machine: str = ""
    preemption: str = ""
    scaling: tuple[str, ...] = ()


def load_readings(runtime_dir: Path, state_dir: Path, root: Path = Path("/")) -> Readings:
    """Look at this machine, or at one whose files lie below ``root``."""
    beat = load_beat(runtime_dir / "link")
    is_playing = beat is not None and beat.card_state == CARD_RUNNING and beat.audio_age_s < _SILENT_S
    there = next(folder for folder in (state_dir, *state_dir.parents) if folder.is_dir())
    return Readings(
        is_installed=(root / _SERVICE).exists(),
        is_playing=is_playing,
        xruns=beat.xruns if beat else 0,
        safe_mode=load_health(runtime_dir, "audio").safe_mode,
        is_realtime=is_realtime(beat.audio_pid, root) if beat is not None and is_playing else None,
        priority_limit=99 if os.geteuid() == 0 else max(0, resource.getrlimit(resource.RLIMIT_RTPRIO)[0]),
        cards=tuple(card.id for card in load_machine(root).cards),
        gpio_chips=_devices(root, "gpiochip*"),
        i2c_buses=_devices(root, "i2c-*"),
        spi_buses=_devices(root, "spidev*"),
        displays=probe() if root == Path("/") else (),
        hottest_c=_hottest_c(root),
        is_voltage_low=load_low_voltage(root),
        state_dir=str(state_dir),
        free_bytes=shutil.disk_usage(there).free,
        is_state_writable=os.access(there, os.W_OK | os.X_OK),
        available_bytes=_available_bytes(root),
        kernel=platform.release(),
        machine=platform.machine(),
        preemption=preemption(_text(root / "proc/version"), _text(root / "sys/kernel/realtime")),
        scaling=tuple(
            _text(path) for path in sorted((root / "sys/devices/system/cpu").glob("cpu*/cpufreq/scaling_governor"))
        ),
    )


def is_realtime(pid: int, root: Path = Path("/")) -> bool | None:
    """Whether a thread of a process has real-time priority; None: there is none such, or nobody may look."""
    policies = [policy for path in (root / f"proc/{pid}/task").glob("*/stat") if (policy := _policy(_text(path)))]
    return any(policy in _REALTIME_POLICIES for policy in policies) if policies else None


def _policy(stat: str) -> str:
    fields = stat.rpartition(")")[2].split()
    return fields[_POLICY_FIELD] if len(fields) > _POLICY_FIELD else ""


def preemption(version: str, realtime: str) -> str:
    """How readily the kernel gives way."""
    if realtime == "1" or "PREEMPT_RT" in version:
        return "real-time kernel"
    return "preemptible" if "PREEMPT" in version else "not preemptible"


def _hottest_c(root: Path) -> float | None:
    texts = (_text(path) for path in (root / "sys/class/thermal").glob("thermal_zone*/temp"))
    return max((int(text) / 1e3 for text in texts if text.lstrip("-").isdecimal()), default=None)


def _available_bytes(root: Path) -> int | None:
    for line in _text(root / "proc/meminfo").splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if name == "MemAvailable" and words and words[0].isdecimal():
            return int(words[0]) * 1024
    return None


def _devices(root: Path, pattern: str) -> tuple[Device, ...]:
    found: Iterable[Path] = sorted((root / "dev").glob(pattern))
    return tuple(Device(str(path), os.access(path, os.R_OK | os.W_OK)) for path in found)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(65536).decode("utf-8", "replace").strip()
    except OSError:
        return ""
