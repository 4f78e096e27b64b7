"""The footswitches of a board without hardware: gpiozero's mock pins, driven as contacts under a foot would.

Installed by the panel of a virtual board (pedal-panel) and by tests, before the switches are opened; from there a
press travels the same road as on a real board.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPin

from pedal.errors import BoardError, did_you_mean
from pedal.panel.controls.inputs import Pull

#: As long as a short tap of a foot.
TAP_S = 0.08


class VirtualPins:
    """Mock pins as gpiozero's pin factory until ``close``.

    Args:
        pins: switch name to BCM number, as ``open_footswitches`` gets it.
        pulls: as that gets them: a switch that is pulled down goes to 3.3 V, the others go to ground.
    """

    def __init__(self, pins: Mapping[str, int], pulls: Mapping[str, Pull] | None = None) -> None:
        self._before = Device.pin_factory
        self._factory = MockFactory()
        Device.pin_factory = self._factory
        self._pins = dict(pins)
        pulls = pulls or {}
        self._to_supply = {pins[switch] for switch, pull in pulls.items() if pull == "down"}
        for switch, pull in pulls.items():
            if pull == "none":  # the board's own resistor, which a mock pin does not have
                self._factory.pin(pins[switch]).drive_high()
        self._releases: dict[int, threading.Timer] = {}

    def press(self, switch: str, hold_s: float = TAP_S) -> None:
        """Press ``switch`` now and let go after ``hold_s``, without waiting for that; nothing if it is still held.

        Raises:
            BoardError: there is no such switch.
        """
        self.hold_pin(self._number(switch), hold_s)

    def hold_pin(self, number: int, for_s: float) -> None:
        """Close the contact at a pin (BCM number) now, and open it after ``for_s``, without waiting for that."""
        pin = self._factory.pin(number)
        close, release_to = pin.drive_low, pin.drive_high
        if number in self._to_supply:
            close, release_to = release_to, close
        if bool(pin.state) == (number in self._to_supply):
            return
        close()
        release = threading.Timer(for_s, release_to)
        release.daemon = True
        self._releases[number] = release
        release.start()

    def drive(self, number: int, high: bool) -> None:
        """Set the level of a pin (BCM number)."""
        pin = self._factory.pin(number)
        if bool(pin.state) != high:
            (pin.drive_high if high else pin.drive_low)()

    def pin(self, switch: str) -> MockPin:
        """The pin of ``switch``, to drive in other ways.

        Raises:
            BoardError: there is no such switch.
        """
        return self._factory.pin(self._number(switch))

    def _number(self, switch: str) -> int:
        if switch not in self._pins:
            hint = did_you_mean(switch, self._pins).rstrip(".")
            raise BoardError(f"there is no switch '{switch}'", where="board", hint=hint)
        return self._pins[switch]

    def close(self) -> None:
        """Let go of everything and give gpiozero the factory it had before."""
        for release in self._releases.values():
            release.cancel()
        for release in self._releases.values():
            release.join()
        self._factory.reset()
        Device.pin_factory = self._before

    def __enter__(self) -> VirtualPins:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
