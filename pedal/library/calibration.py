"""Where the expression pedal's heel and toe are, on disk: ``expression.toml`` in the state folder.

Read and written by the panel.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from pedal.errors import SettingsError
from pedal.files import load_text, parse_toml
from pedal.library.atomic import write_atomic
from pedal.library.watch import Watch
from pedal.paths import state_dir

NAME = "expression.toml"
#: Heel and toe that are closer than this were not both shown.
LEAST_TRAVEL = 0.1
#: So much of the travel at either end counts as the end: a pedal does not come back to the same place exactly.
END_SHARE = 0.02
_log = logging.getLogger("pedal.library")


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the converter reads (0 to 1) with the heel down and with the toe down; the heel may be the higher one."""

    heel: float = 0.0
    toe: float = 1.0

    def position(self, reading: float) -> float:
        """Where the pedal is: 0 at the heel, 1 at the toe."""
        travel = (reading - self.heel) / (self.toe - self.heel)
        return min(max((travel - END_SHARE) / (1.0 - 2.0 * END_SHARE), 0.0), 1.0)


def checked_calibration(heel: float, toe: float, where: str = "") -> Calibration:
    """A calibration that a foot can play.

    Raises:
        SettingsError: out of range, or the ends are the same.
    """
    # Compared before they become floats: an integer of hundreds of digits would not fit one.
    if not all(0.0 <= end <= 1.0 for end in (heel, toe)):
        raise SettingsError("heel and toe are from 0 to 1", where=where, hint="Calibrate the expression pedal again")
    if abs(toe - heel) < LEAST_TRAVEL:
        hint = "Push it all the way; if it was, it may be wired otherwise than to the converter's input"
        raise SettingsError("the expression pedal hardly moved between heel and toe", where=where, hint=hint)
    return Calibration(float(heel), float(toe))


def parse_calibration(text: str, where: str) -> Calibration:
    """The file's text.

    Raises:
        SettingsError: not as it should be.
    """
    raw = parse_toml(text, where, SettingsError)
    ends = [raw.pop(key, None) for key in ("heel", "toe")]
    if raw:
        raise SettingsError(f"unknown key {next(iter(raw))!r:.40}", where=where, hint="Known: heel, toe")
    numbers = [end for end in ends if isinstance(end, (int, float)) and not isinstance(end, bool)]
    if len(numbers) != 2:
        raise SettingsError("heel and toe are numbers from 0 to 1", where=where, hint="Calibrate the pedal again")
    return checked_calibration(numbers[0], numbers[1], where)


class CalibrationStore:
    """Where it is kept.

    Args:
        path: of the file; may be missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def default(cls) -> CalibrationStore:
        """In the player's state folder."""
        return cls(state_dir() / NAME)

    def watch(self) -> Watch:
        """Tells when another one is there."""
        return Watch(self._path)

    def load(self) -> tuple[Calibration, str]:
        """What was kept; where there is nothing readable, the whole range and a sentence (empty if all is well)."""
        if not self._path.exists():
            return Calibration(), ""
        try:
            return parse_calibration(load_text(self._path, SettingsError), self._path.name), ""
        except SettingsError as error:
            return Calibration(), str(error)

    def save(self, calibration: Calibration) -> None:
        """Keep it, durably.

        Raises:
            SettingsError: the disk refuses.
        """
        text = tomli_w.dumps({"heel": round(calibration.heel, 5), "toe": round(calibration.toe, 5)})
        try:
            write_atomic(self._path, text.encode(), keep_previous=True)
        except OSError as failure:
            message = f"cannot be saved ({failure.strerror})"
            raise SettingsError(message, where=str(self._path), hint="Is the disk full?") from failure
