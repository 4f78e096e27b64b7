"""Lights on the pins of the board, through gpiozero. Touches hardware.

Opened by the panel (pedal-panel), never driven from pedal-audio. A thread of its own changes what blinks, at the time
it has to, and sleeps in between; a light that does not blink costs nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack

from gpiozero import DigitalOutputDevice
from gpiozero.exc import GPIOPinInUse, PinInvalidPin

from pedal.config import LedSettings
from pedal.errors import BoardError
from pedal.gpio import gpio_errors, install_pins, reason_of
from pedal.panel.controls.lights import DARK, Light

_log = logging.getLogger(__name__)


class Lights:
    """Open lights; ``close`` puts them out.

    Args:
        leds: open, by name.
        stack: frees their pins.
        clock: seconds, monotonic.
    """

    def __init__(self, leds: Mapping[str, DigitalOutputDevice], stack: ExitStack, clock: Callable[[], float]) -> None:
        self._leds = leds
        self._stack = stack
        self._clock = clock
        self._shown: Mapping[str, Light] = {}
        self._lit = dict.fromkeys(leds, False)
        self._failed: set[str] = set()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="lights", daemon=True)
        if leds:
            self._thread.start()

    def show(self, lights: Mapping[str, Light]) -> None:
        """From now on show this; cheap where it is no news."""
        if lights == self._shown:
            return
        with self._changed:
            self._shown = dict(lights)
            self._changed.notify()

    def close(self) -> None:
        """Put them out and free the pins."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()
        self._stack.close()

    def __enter__(self) -> Lights:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _switch(self, name: str, led: DigitalOutputDevice, lit: bool) -> None:
        self._lit[name] = lit  # also where it fails: at the next change it is tried again
        try:
            (led.on if lit else led.off)()
        except gpio_errors() as error:
            if name not in self._failed:
                _log.warning("the light %s cannot be switched: %s", name, reason_of(error))
            self._failed.add(name)

    def _run(self) -> None:
        with self._changed:
            while not self._closing:
                now_s = self._clock()
                for name, led in self._leds.items():
                    lit = self._shown.get(name, DARK).is_lit(now_s)
                    if lit != self._lit[name]:
                        self._switch(name, led, lit)
                times_s = [light.changes_at_s(now_s) for light in self._shown.values()]
                next_s = min((time_s for time_s in times_s if time_s is not None), default=None)
                self._changed.wait(None if next_s is None else max(1e-3, next_s - now_s))


def open_lights(settings: Mapping[str, LedSettings], *, clock: Callable[[], float] = time.monotonic) -> Lights:
    """Lights between their pins and ground (or 3.3 V where they are ``active_low``), all dark.

    Raises:
        BoardError: a pin is in use or does not exist, or this machine has no GPIO for us.
    """
    with ExitStack() as stack:
        if settings:
            install_pins("leds")
        leds: dict[str, DigitalOutputDevice] = {}
        for name, led in settings.items():
            where = f"leds.{name}.pin = {led.pin}"
            try:
                leds[name] = DigitalOutputDevice(led.pin, active_high=not led.active_low, initial_value=False)
            except GPIOPinInUse as error:
                hint = "Give each light its own pin"
                raise BoardError("this pin is already in use", where=where, hint=hint) from error
            except PinInvalidPin as error:
                hint = "Use a BCM number from 2 to 27"
                raise BoardError("there is no such pin", where=where, hint=hint) from error
            except gpio_errors() as error:
                hint = "Another program or a device tree overlay may hold it"
                raise BoardError(f"this pin cannot be used ({reason_of(error)})", where=where, hint=hint) from error
            stack.callback(leds[name].close)
            stack.callback(leds[name].off)
        return Lights(leds, stack.pop_all(), clock)
