"""The wire that never fails: holds the relay, or sets the codec's own bypass, as ``failsafe`` says.

Made by ``pedal run``, turned by ``supervise``'s one loop in the parent of pedal-audio; so it stops when that hangs, and
a relay that needs its heartbeat falls. Ordinary priority, no compiled code.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from pedal.layout import CARD_RUNNING
from pedal.system.failsafe import STILL_S, FailSafe, Phase, Seen
from pedal.system.heartbeat import Beat, save_muted

_log = logging.getLogger("pedal.wire")
#: Whoever has not looked for so long must not hold the relay.
_BLIND_S = 0.3
#: How often the supply is looked at: a fault is to be dry within two seconds, of which the contacts take most. They
#: begin when the kernel says so; its driver (``raspberrypi-hwmon``) asks the firmware every two seconds by itself.
_SUPPLY_S = 0.5
_SUPPLY_SENSOR, _SUPPLY_ALARM = "rpi_volt", "in0_lcrit_alarm"


def load_low_voltage(root: Path = Path("/")) -> bool | None:
    """Whether the Pi's supply is too low; None where nothing measures it."""
    for folder in sorted((root / "sys/class/hwmon").glob("hwmon*")):
        try:
            if (folder / "name").read_text().strip() == _SUPPLY_SENSOR:
                return (folder / _SUPPLY_ALARM).read_text().strip() == "1"
        except (OSError, UnicodeDecodeError):
            continue
    return None


class Switch(Protocol):
    """What puts the pedal into the wire: ``relay.Relay``, or a codec's mixer."""

    @property
    def beat_s(self) -> float | None:
        """How often ``turn`` wants to be called while it is driven; None: not at all."""

    def drive(self, wet: bool) -> None:
        """The pedal, or the guitar alone."""

    def turn(self) -> None:
        """The next half of a heartbeat."""

    def close(self) -> None:
        """The guitar alone, for good."""


class Wire:
    """A switch and the rule for it.

    Args:
        switch: as opened; dry.
        link_path: of the pedal, for the word that mutes it.
        load_low_voltage: whether the supply is too low; asked twice a second.
    """

    def __init__(
        self, switch: Switch, link_path: Path, load_low_voltage: Callable[[], bool | None] = load_low_voltage
    ) -> None:
        now_s = time.monotonic()
        self._switch = switch
        self._link_path = link_path
        self._load_low_voltage = load_low_voltage
        self._rule = FailSafe(now_s)
        self._looked_s = now_s
        self._turned_s = float("-inf")
        self._supply_s = float("-inf")
        self._is_low = False
        self._why = ""

    @property
    def phase(self) -> Phase:
        """Where the contacts are."""
        return self._rule.phase

    @property
    def tick_s(self) -> float | None:
        """How often ``turn`` must be called now; None: whenever one looks."""
        return self._switch.beat_s if self._rule.is_driven else None

    @property
    def words(self) -> str:
        """Where the contacts are, for people: "in the wire", or why the guitar goes straight through."""
        if self._rule.phase is Phase.CLOSED:
            return "in the wire"
        return f"dry: {self._why}" if self._why else "dry until the sound has flowed for a while"

    def look(self, beat: Beat | None, audio_pid: int, safe_mode: str, now_s: float) -> None:
        """Once for every look at the children: what is so of the sound, and what follows.

        Args:
            beat: both heartbeats; None without a link.
            audio_pid: of the child "audio"; 0 if there is none.
            safe_mode: why that is in safe mode, or empty.
            now_s: ``time.monotonic()``.
        """
        self._looked_s = now_s
        if now_s - self._supply_s >= _SUPPLY_S:
            self._supply_s, self._is_low = now_s, bool(self._load_low_voltage())
        before, was_driven = self._rule.phase, self._rule.is_driven
        fault = _fault_of(beat, audio_pid, safe_mode) or ("the supply's voltage is too low" if self._is_low else "")
        self._why = fault
        self._rule.look(Seen(fault, beat.xruns if beat else 0), now_s)
        if self._rule.is_driven != was_driven:
            self._switch.drive(self._rule.is_driven)
            self._turned_s = now_s
        if beat is not None and beat.is_muted != self._rule.is_muted:
            save_muted(self._link_path, self._rule.is_muted)
        self._tell(before)

    def turn(self, now_s: float) -> None:
        """The heartbeat, if it is due; none for who has not looked."""
        beat_s = self.tick_s
        # at most half a beat early: the loop's waits end a little before or after their time
        if beat_s is not None and now_s - self._turned_s >= 0.5 * beat_s and now_s - self._looked_s < _BLIND_S:
            self._turned_s = now_s
            self._switch.turn()

    def leave(self, now_s: float) -> None:
        """Somebody asked the pedal to end: silent, then dry; look on until ``is_over``."""
        self._rule.leave(now_s)

    def is_over(self, now_s: float) -> bool:
        """Whether the contacts have fallen back after ``leave``."""
        return self._rule.is_over(now_s)

    def close(self) -> None:
        """Dry, whatever was before."""
        self._switch.close()

    def _tell(self, before: Phase) -> None:
        phase = self._rule.phase
        if phase is Phase.CLOSED and before is not Phase.CLOSED:
            _log.info("the pedal is in the wire")
        elif phase is Phase.OPEN and before is Phase.LEAVING and not self._why:
            _log.info("the pedal is out of the wire, as asked")
        elif phase is Phase.OPEN and before is not Phase.OPEN:
            _log.warning("the guitar goes straight through: %s", self._rule.fault)


def _fault_of(beat: Beat | None, audio_pid: int, safe_mode: str) -> str:
    if safe_mode:
        return "safe mode"
    if beat is None or audio_pid == 0 or beat.audio_pid != audio_pid:
        return "the sound is not there yet"
    if beat.card_state != CARD_RUNNING:
        return "the card does not play"
    return "the sound has stopped" if beat.audio_age_s > STILL_S else ""
