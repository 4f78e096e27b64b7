"""The relay's pin, through gpiozero. Touches hardware.

Opened by ``pedal run`` for ``wire``, in the parent of pedal-audio. Nothing here has a thread: a heartbeat that beat by
itself would go on beating when everything else hangs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from gpiozero import DigitalOutputDevice
from gpiozero.exc import GPIOPinInUse

from pedal.config import RelaySettings
from pedal.errors import BoardError
from pedal.gpio import gpio_errors, install_pins, reason_of

_log = logging.getLogger("pedal.wire")


class Relay:
    """One open pin; dry until ``drive`` says otherwise.

    Attributes:
        beat_s: how often ``turn`` wants to be called while the relay is driven; None where its level holds it.
    """

    def __init__(self, device: DigitalOutputDevice, beat_s: float | None) -> None:
        self._device = device
        self._has_failed = False
        self.beat_s = beat_s

    def drive(self, wet: bool) -> None:
        """Hold the relay, or let it go."""
        self._tell(self._device.on if wet else self._device.off)

    def turn(self) -> None:
        """The next half of a heartbeat; nothing for a level."""
        if self.beat_s is not None:
            self._tell(self._device.toggle)

    def close(self) -> None:
        """Let it go, and the pin."""
        if not self._device.closed:
            self.drive(False)
            self._device.close()

    def _tell(self, what: Callable[[], None]) -> None:
        """A pin that fails is said once, and is no reason to end the sound; a heartbeat that fails is a dry pedal."""
        try:
            what()
        except gpio_errors() as error:
            if not self._has_failed:
                _log.error("the relay's pin fails: %s", reason_of(error))
            self._has_failed = True


def open_relay(settings: RelaySettings) -> Relay:
    """Take the relay's pin; it is let go.

    Raises:
        BoardError: the pin is in use, or this machine has no GPIO for us.
    """
    where = f"relay.pin = {settings.pin}"
    install_pins("relay")
    try:
        device = DigitalOutputDevice(settings.pin, active_high=settings.active_high, initial_value=False)
    except GPIOPinInUse as error:
        raise BoardError("this pin is already in use", where=where, hint="Give the relay its own pin") from error
    except gpio_errors() as error:
        hint = "Another program or a device tree overlay may hold it"
        raise BoardError(f"this pin cannot be used ({reason_of(error)})", where=where, hint=hint) from error
    return Relay(device, 0.5 / settings.heartbeat_hz if settings.kind == "heartbeat" else None)
