"""Footswitches on the pins of the board, through gpiozero. Touches hardware.

Opened by the panel (pedal-panel). A press travels: pin edge, gpiozero's thread, ``gestures``, whoever was given;
nothing polls. A thread of its own sleeps until time alone decides what a press was (a hold, a tap that was no double).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Literal

from gpiozero import DigitalInputDevice
from gpiozero.exc import GPIOPinInUse, PinInvalidPin

from pedal.errors import BoardError
from pedal.gpio import gpio_errors, install_pins, reason_of
from pedal.panel.controls.gestures import LOCKOUT_S, Gesture, Gestures, Knows

Pull = Literal["up", "down", "none"]


class Footswitches:
    """Open footswitches; ``close`` frees their pins.

    Args:
        switches: names.
        on_gesture: called with each, in gpiozero's thread, or in ours where time decided. One at a time, in order.
        lockout_s: how long a contact must be still before it changes again.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        switches: Sequence[str],
        on_gesture: Callable[[Gesture], None],
        lockout_s: float = LOCKOUT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gestures = Gestures(switches, lockout_s)
        self._on_gesture = on_gesture
        self._clock = clock
        self._pins = ExitStack()
        self._changed = threading.Condition()
        self._closing = False
        self._wakes_at_s = math.inf
        self._thread = threading.Thread(target=self._run, name="footswitches", daemon=True)

    def learn(self, knows: Mapping[str, Knows], chords: Mapping[str, tuple[str, str]] | None = None) -> None:
        """From now on the switches know this beyond a tap, and the others nothing."""
        with self._changed:
            self._gestures.learn(knows, chords)
            self._changed.notify()

    def edge(self, switch: str, closed: bool) -> None:
        """An edge, just now."""
        with self._changed:
            for gesture in self._gestures.edge(switch, closed, self._clock()):
                self._on_gesture(gesture)
            next_s = self._gestures.next_s()
            if next_s is not None and next_s < self._wakes_at_s:  # else it sleeps on: a plain tap wakes nobody
                self._changed.notify()

    def open(self, pins: Mapping[str, int], pulls: Mapping[str, Pull], keys: Mapping[str, str]) -> None:
        """Listen; ``keys`` are those of the board file, for messages.

        Raises:
            BoardError: as ``open_footswitches``.
        """
        for switch, pin in pins.items():
            pull = pulls.get(switch, "up")
            where = f"{keys.get(switch, f'switches.{switch}.pin')} = {pin}"
            contact = open_contact(pin, pull, where, partial(self.edge, switch))
            self._pins.callback(contact.close)
        if pins:
            self._thread.start()

    def close(self) -> None:
        """Free the pins; further presses are not heard."""
        self._pins.close()
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def __enter__(self) -> Footswitches:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        with self._changed:
            while not self._closing:
                now_s, next_s = self._clock(), self._gestures.next_s()
                if next_s is None or now_s < next_s:
                    self._wakes_at_s = math.inf if next_s is None else next_s
                    self._changed.wait(None if next_s is None else next_s - now_s)
                    continue
                for gesture in self._gestures.due(now_s):
                    self._on_gesture(gesture)


def open_footswitches(
    pins: Mapping[str, int],
    on_gesture: Callable[[Gesture], None],
    *,
    pulls: Mapping[str, Pull] | None = None,
    keys: Mapping[str, str] | None = None,
    lockout_s: float = LOCKOUT_S,
    clock: Callable[[], float] = time.monotonic,
) -> Footswitches:
    """Listen to footswitches between a pin and ground, or 3.3 V where the pull is down.

    Pins are those of ``Device.pin_factory`` where one is installed (a virtual board), else the machine's own through
    lgpio. gpiozero's fallbacks are passed over: none of them works on every Pi.

    Args:
        pins: switch name to BCM number.
        on_gesture: called with each gesture; a tap of a switch that knows nothing else comes in gpiozero's thread.
        pulls: of switches whose resistor is not the pin's own towards 3.3 V.
        keys: of the board file, for messages, where they are not ``switches.NAME.pin``.
        lockout_s: how long a contact must be still before it presses again.
        clock: seconds, monotonic.

    Raises:
        BoardError: a pin is in use or does not exist, or this machine has no GPIO for us.
    """
    feet = Footswitches(list(pins), on_gesture, lockout_s, clock)
    with ExitStack() as stack:
        stack.callback(feet.close)
        if pins:
            install_pins("switches")
        feet.open(pins, pulls or {}, keys or {})
        stack.pop_all()
    return feet


def open_contact(pin: int, pull: Pull, where: str, on_edge: Callable[[bool], None]) -> DigitalInputDevice:
    """A contact at a pin; every edge, bounces too, is told as it comes.

    Args:
        pin: BCM number.
        pull: "up" is closed at ground, "down" at 3.3 V; "none" has a resistor of its own to 3.3 V.
        where: the key of the board file, for messages.
        on_edge: True when it closes; in gpiozero's thread.

    Raises:
        BoardError: the pin is in use or does not exist.
    """
    try:
        # not a Button, whose thread wakes ten times a second to look for holds; and no bounce_time, for lgpio would
        # wait until the contact has settled before it tells of the first edge
        pull_up, active = {"up": (True, None), "down": (False, None), "none": (None, False)}[pull]
        contact = DigitalInputDevice(pin, pull_up=pull_up, active_state=active, bounce_time=None)
    except GPIOPinInUse as error:
        raise BoardError("this pin is already in use", where=where, hint="Give each switch its own pin") from error
    except PinInvalidPin as error:
        raise BoardError("there is no such pin", where=where, hint="Use a BCM number from 2 to 27") from error
    except gpio_errors() as error:
        hint = "Another program or a device tree overlay may hold it"
        raise BoardError(f"this pin cannot be used ({reason_of(error)})", where=where, hint=hint) from error
    contact.when_activated = lambda: on_edge(True)
    contact.when_deactivated = lambda: on_edge(False)
    return contact
