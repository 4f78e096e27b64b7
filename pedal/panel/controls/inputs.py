"""Footswitches on the pins of the board, through gpiozero. Touches hardware.

Opened by the panel (pedal-panel). A press travels: pin edge, gpiozero's thread, lock-out, whoever was given; nothing
polls.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from gpiozero import Device, DigitalInputDevice
from gpiozero.exc import GPIOPinInUse, GPIOZeroError, PinInvalidPin

from pedal.errors import BoardError
from pedal.panel.controls.gestures import LOCKOUT_S, Lockout


@dataclass(frozen=True, slots=True)
class Press:
    """A footswitch was pressed; ``at_s`` is ``time.monotonic()`` (or the clock given) at the first edge."""

    switch: str
    at_s: float


class Footswitches:
    """Open footswitches; ``close`` frees their pins."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def close(self) -> None:
        """Free the pins; further presses are not heard."""
        self._stack.close()

    def __enter__(self) -> Footswitches:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_footswitches(
    pins: Mapping[str, int],
    on_press: Callable[[Press], None],
    *,
    lockout_s: float = LOCKOUT_S,
    clock: Callable[[], float] = time.monotonic,
) -> Footswitches:
    """Listen to footswitches between a pin and ground.

    Pins are those of ``Device.pin_factory`` where one is installed (a virtual board), else the machine's own through
    lgpio. gpiozero's fallbacks are passed over: none of them works on every Pi.

    Args:
        pins: switch name to BCM number.
        on_press: called with each, in gpiozero's thread.
        lockout_s: how long a contact must be still before it presses again.
        clock: seconds, monotonic.

    Raises:
        BoardError: a pin is in use or does not exist, or this machine has no GPIO for us.
    """
    with ExitStack() as stack:
        if pins:
            install_pins("switches")
        for switch, pin in pins.items():
            stack.callback(_open_switch(switch, pin, on_press, Lockout(lockout_s), clock).close)
        return Footswitches(stack.pop_all())


def _open_switch(
    switch: str, pin: int, on_press: Callable[[Press], None], lockout: Lockout, clock: Callable[[], float]
) -> DigitalInputDevice:
    where = f"switches.{switch}.pin = {pin}"
    try:
        # not a Button, whose thread wakes ten times a second to look for holds; and no bounce_time, for lgpio would
        # wait until the contact has settled before it tells of the first edge
        contact = DigitalInputDevice(pin, pull_up=True, bounce_time=None)
    except GPIOPinInUse as error:
        raise BoardError("this pin is already in use", where=where, hint="Give each switch its own pin") from error
    except PinInvalidPin as error:
        raise BoardError("there is no such pin", where=where, hint="Use a BCM number from 2 to 27") from error
    except gpio_errors() as error:
        hint = "Another program or a device tree overlay may hold it"
        raise BoardError(f"this pin cannot be used ({reason_of(error)})", where=where, hint=hint) from error

    def closed() -> None:
        at_s = clock()
        if lockout.edge(True, at_s):
            on_press(Press(switch, at_s))

    def opened() -> None:
        lockout.edge(False, clock())

    contact.when_activated = closed
    contact.when_deactivated = opened
    return contact


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
