"""The firmware's word on the supply's voltage: the sensor of a Pi, where a pedal looks for it, in a guest without one.

Used by scenarios in the driver, as root, before the pedal's units start. The guest's kernel has no sensors; so a folder
of files is laid over the one in which it would list them, seen by all, the units' sandboxes too.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

#: Where the kernel lists its devices by class.
CLASSES = Path("/sys/class")
#: What is written lies here, on a file system in memory.
_FOLDER = Path("/run/pedal-lab/supply")
#: As the kernel's driver ``raspberrypi-hwmon`` names itself, and its alarm.
_NAME, _ALARM = "rpi_volt", "in0_lcrit_alarm"


class Supply:
    """A supply that is good until it sags."""

    def __init__(self) -> None:
        upper, work = _FOLDER / "upper", _FOLDER / "work"
        for folder in (upper, work):
            folder.mkdir(parents=True)
        layers = f"lowerdir={CLASSES},upperdir={upper},workdir={work}"
        subprocess.run(["mount", "-t", "overlay", "-o", layers, "classes", CLASSES], check=True)
        self._sensor = CLASSES / "hwmon" / "hwmon0"
        self._sensor.mkdir(parents=True)
        (self._sensor / "name").write_text(f"{_NAME}\n")
        self.sag(False)

    def sag(self, low: bool) -> None:
        """It is too low from now on, or not any more."""
        (self._sensor / _ALARM).write_text(f"{int(low)}\n")
