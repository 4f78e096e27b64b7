"""The header of a Pi on the kernel's simulated GPIO chip: lines that a player pulls and lamps that are read back.

Used by the laboratory's driver, as root, inside the guest (``gpio-sim`` in its kernel). gpiozero and lgpio see a chip
like any other. Touches the kernel's configfs and sysfs only.
"""

from __future__ import annotations

from pathlib import Path

from pedal.errors import PedalError

#: A Raspberry Pi 3 B+: its chip has 54 lines, and gpiozero takes the first chip for it.
CHIP_LABEL, LINES = "pinctrl-bcm2835", 54
REVISION = 0xA020D3
_NAME = "pedal"


class PinsError(PedalError):
    """The simulated chip is not there, or not as it should be."""


class SimulatedPins:
    """A chip of the guest's kernel.

    Args:
        configfs, sysfs: where the two are mounted.
    """

    def __init__(self, configfs: Path = Path("/sys/kernel/config"), sysfs: Path = Path("/sys")) -> None:
        chip = configfs / "gpio-sim" / _NAME
        try:
            if not chip.exists():
                (chip / "bank0").mkdir(parents=True)
                (chip / "bank0" / "num_lines").write_text(str(LINES))
                (chip / "bank0" / "label").write_text(CHIP_LABEL)
                (chip / "live").write_text("1")
            device = (chip / "dev_name").read_text().strip()
            self.name = (chip / "bank0" / "chip_name").read_text().strip()
        except OSError as error:
            hint = "The kernel needs CONFIG_GPIO_SIM and a mounted configfs"
            raise PinsError(f"no simulated pins ({error.strerror})", where=str(error.filename), hint=hint) from error
        self._folder = sysfs / "devices/platform" / device / self.name

    def pull(self, pin: int, high: bool) -> None:
        """Wire an input high or low; the kernel tells whoever listens to its edges."""
        (self._folder / f"sim_gpio{pin}" / "pull").write_text("pull-up" if high else "pull-down")

    def is_high(self, pin: int) -> bool:
        """The level of a line: what drives an output, or where an input is pulled."""
        return (self._folder / f"sim_gpio{pin}" / "value").read_text().strip() == "1"


def cpuinfo_of_a_pi(cpuinfo: str, revision: int = REVISION) -> str:
    """``/proc/cpuinfo`` with the line by which gpiozero knows the board; without it there are no pins for it."""
    kept = [line for line in cpuinfo.splitlines() if not line.startswith("Revision")]
    return "\n".join([*kept, f"Revision\t: {revision:x}", ""])


def write_cpuinfo(path: Path) -> None:
    """Write ``/proc/cpuinfo`` as a Pi's kernel has it; the panel's unit gets it mounted where gpiozero looks."""
    path.write_text(cpuinfo_of_a_pi(Path("/proc/cpuinfo").read_text()))
