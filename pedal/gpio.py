"""The machine's pins, for whoever drives or feels one: lgpio as gpiozero's factory. Touches hardware.

Used by the panel's controls and display (pedal-panel) and by the relay (the parent of pedal-audio).
"""

from __future__ import annotations

import contextlib
import sys
import tempfile

from gpiozero import Device
from gpiozero.exc import GPIOZeroError

from pedal.errors import BoardError


def install_pins(where: str) -> None:
    """Make lgpio gpiozero's pin factory, unless one is installed.

    Args:
        where: who needs pins, for the message.

    Raises:
        BoardError: this machine has no GPIO for us.
    """
    if Device.pin_factory is not None:
        return
    try:
        # lgpio makes a pipe in the working directory when it is imported, which may be read-only; once both of its
        # ends are open the pipe needs no name
        with tempfile.TemporaryDirectory() as directory, contextlib.chdir(directory):
            from gpiozero.pins.lgpio import LGPIOFactory
        Device.pin_factory = LGPIOFactory()
    except gpio_errors(ImportError, AttributeError) as error:
        # AttributeError: an empty package of that name was once published
        hint = "Pins need a Raspberry Pi, the package lgpio and membership in the group gpio"
        raise BoardError(f"no GPIO on this machine ({reason_of(error)})", where=where, hint=hint) from error


def gpio_errors(*others: type[Exception]) -> tuple[type[Exception], ...]:
    """What fails below us, and ``others``; asked when something did, for by then lgpio is imported or will not be.

    lgpio derives its error from Exception alone.
    """
    lgpio_error: type[Exception] | None = getattr(sys.modules.get("lgpio"), "error", None)
    known = (GPIOZeroError, OSError, *others)
    return (*known, lgpio_error) if lgpio_error else known


def reason_of(error: BaseException) -> str:
    """What a library's error says, as part of a sentence."""
    return " ".join(str(error).strip("'\"").split()).rstrip(".") or type(error).__name__
