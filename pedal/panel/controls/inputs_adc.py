"""Knobs on an MCP3008, through gpiozero. Touches hardware.

Opened by the panel (pedal-panel). A converter has no edges to wait for: a thread asks each knob in turn, and only a
turn, not noise, goes on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Protocol

from gpiozero import MCP3008

from pedal.errors import BoardError
from pedal.gpio import gpio_errors, install_pins, reason_of
from pedal.panel.controls.knobs import Turn, Wiper

_log = logging.getLogger(__name__)

#: Often enough for a hand, seldom enough for a small CPU, which pays for every reading.
POLL_S = 0.02
#: A converter that failed is asked again after this time.
RETRY_S = 2.0


class Converter(Protocol):
    """One input of a converter."""

    @property
    def value(self) -> float:
        """What it reads, 0 to 1."""

    def close(self) -> None:
        """Free it."""


class Knobs:
    """Open knobs and the thread that asks them; ``close`` ends both."""

    def __init__(self, converters: Mapping[str, Converter], on_turn: Callable[[Turn], None], stack: ExitStack) -> None:
        self._converters = converters
        self._on_turn = on_turn
        self._stack = stack
        self._wipers = {name: Wiper() for name in converters}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="knobs", daemon=True)
        if converters:
            self._thread.start()

    def close(self) -> None:
        """Free the converter; further turns are not heard."""
        self._closing.set()
        if self._converters:
            self._thread.join()
        self._stack.close()

    def __enter__(self) -> Knobs:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        pause_s = POLL_S
        while not self._closing.wait(pause_s):
            try:
                self._ask_all()
                pause_s = POLL_S
            except gpio_errors() as error:
                if pause_s != RETRY_S:
                    _log.warning("the knobs cannot be read: %s", reason_of(error))
                pause_s = RETRY_S

    def _ask_all(self) -> None:
        for name, converter in self._converters.items():
            value_norm = self._wipers[name].read(float(converter.value), time.monotonic())
            if value_norm is not None:
                self._on_turn(Turn(name, value_norm))


def open_knobs(
    channels: Mapping[str, int],
    on_turn: Callable[[Turn], None],
    converter: Callable[[int], Converter] | None = None,
) -> Knobs:
    """Listen to potentiometers at the inputs of an MCP3008 on SPI 0, first chip select.

    Args:
        channels: knob name to input, 0 to 7.
        on_turn: called with every turn and once with where each knob stands, in a thread of its own.
        converter: opens an input of another one, of a board without hardware.

    Raises:
        BoardError: this machine has no GPIO for us, or its SPI cannot be used.
    """
    with ExitStack() as stack:
        converters: dict[str, Converter] = {}
        if channels and converter is None:
            install_pins("knobs")
        for name, channel in channels.items():
            try:
                converters[name] = (converter or MCP3008)(channel)
            except gpio_errors() as error:
                where = f"knobs.{name}.channel = {channel}"
                hint = "Check that SPI is switched on"
                raise BoardError(f"cannot be read ({reason_of(error)})", where=where, hint=hint) from error
            stack.callback(converters[name].close)
        return Knobs(converters, on_turn, stack.pop_all())
