"""The footswitches of a board without hardware: gpiozero's mock pins, driven low and high as a foot would.

Installed by the panel of a virtual board (pedal-panel) and by tests, before the switches are opened; from there a
press travels the same road as on a real board.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPin

from pedal.errors import BoardError, did_you_mean

#: As long as a short tap of a foot.
TAP_S = 0.08


class VirtualPins:
    """Mock pins as gpiozero's pin factory until ``close``.

    Args:
        pins: switch name to BCM number, as ``open_footswitches`` gets it.
    """

    def __init__(self, pins: Mapping[str, int]) -> None:
        self._before = Device.pin_factory
        self._factory = MockFactory()
        Device.pin_factory = self._factory
        self._pins = dict(pins)
        self._releases: dict[int, threading.Timer] = {}

    def press(self, switch: str, hold_s: float = TAP_S) -> None:
        """Press ``switch`` now and let go after ``hold_s``, without waiting for that; nothing if it is still held.

        Raises:
            BoardError: there is no such switch.
        """
        self.hold_pin(self._number(switch), hold_s)

    def hold_pin(self, number: int, for_s: float) -> None:
        """Close a contact between a pin (BCM number) and ground now, and open it after ``for_s``, without waiting."""
        pin = self._factory.pin(number)
        if not pin.state:
            return
        pin.drive_low()
        release = threading.Timer(for_s, pin.drive_high)
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
