"""The OLED, through luma.oled. Touches hardware.

Opened by the panel (pedal-panel). A whole page takes 23 ms on a fast I2C bus and 93 ms on a slow one, too long for
the loop that footswitches wait on: a thread of its own sends the newest page, and of it only the rows that changed.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Literal, Protocol

import luma.core.error
from gpiozero.exc import GPIOZeroError
from luma.core.device import dummy
from luma.core.interface.serial import i2c
from PIL import Image

from pedal.errors import BoardError
from pedal.gpio import install_pins
from pedal.panel.display.oled_devices import OLEDS, LgpioBus, PinSpi, renew

_log = logging.getLogger(__name__)

RETRY_S = 2.0
#: Contrast as controllers have it: usual, and dim (never 0, never off).
BRIGHT, DIM = 0xCF, 0x08
#: A display that lost its power for a moment shows nothing, and nobody notices: so it is set up again now and then.
RENEW_S = 10.0
_FAILURES = (OSError, luma.core.error.Error, GPIOZeroError)
#: A command that every controller knows and that does nothing.
_NO_OPERATION = 0xE3


class Settings(Protocol):
    """What is needed of a board's display settings."""

    @property
    def driver(self) -> Literal["ssd1306", "sh1106", "ssd1309", "virtual", "none"]: ...  # noqa: D102
    @property
    def interface(self) -> Literal["i2c", "spi"]: ...  # noqa: D102
    @property
    def address(self) -> int: ...  # noqa: D102
    @property
    def port(self) -> int: ...  # noqa: D102
    @property
    def rotate(self) -> int: ...  # noqa: D102


class Display:
    """Shows pages on a luma device; once open it never raises and never makes its caller wait.

    Args:
        open_device: opens the device, raising OSError or luma's errors; called again when it was lost.
        retry_s: how long a lost device is left alone.
        renew_s: how often it is set up anew while pages come.

    Attributes:
        trouble: a sentence while the device is lost, else empty.
    """

    def __init__(self, open_device: Callable[[], Any], retry_s: float = RETRY_S, renew_s: float = RENEW_S) -> None:
        self.trouble = ""
        self._open_device = open_device
        self._retry_s, self._renew_s = retry_s, renew_s
        self._renewed_s = time.monotonic()
        self._device: Any = open_device()
        self._changed = threading.Condition()
        self._page: Image.Image | None = None
        self._contrast, self._sent_contrast = BRIGHT, -1  # nothing was sent yet
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="display", daemon=True)
        self._thread.start()

    def show(self, page: Image.Image, *, dim: bool = False) -> None:
        """Show ``page`` (mode ``1``, 128x64, not changed afterwards) as soon as the bus is free; the newest wins.

        ``dim``: with little light.
        """
        with self._changed:
            self._page, self._contrast = page, DIM if dim else BRIGHT
            self._changed.notify()

    def close(self) -> None:
        """Send the last page, then switch the device off and let go of it."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(timeout=2.0)

    def _run(self) -> None:
        sent: bytes | None = None
        while True:
            with self._changed:
                if self._page is None and not self._stopping:
                    self._changed.wait()
                page, self._page = self._page, None
                contrast = self._contrast
                stopping = self._stopping
            if page is not None:
                pixels = page.tobytes()
                if pixels != sent or contrast != self._sent_contrast or self._is_due:
                    sent = pixels if self._send(page, contrast) else None
            if stopping:
                break
        if self._device is not None:
            with contextlib.suppress(*_FAILURES):
                self._device.cleanup()

    @property
    def _is_due(self) -> bool:
        return time.monotonic() - self._renewed_s >= self._renew_s

    def _send(self, page: Image.Image, contrast: int) -> bool:
        """Whether ``page`` is shown; a lost device is waited for, so that pages meanwhile fall away."""
        try:
            if self._device is None:
                self._device = self._open_device()
                self._renewed_s, self._sent_contrast = time.monotonic(), -1
                _log.info("the display is back")
            elif self._is_due:
                renew(self._device)
                self._renewed_s, self._sent_contrast = time.monotonic(), -1
            if contrast != self._sent_contrast:
                self._device.contrast(contrast)
                self._sent_contrast = contrast
            self._device.display(page)
            self.trouble = ""
            return True
        except _FAILURES as error:
            if not self.trouble:
                _log.warning("the display is lost: %s", error)
            self.trouble = "The display does not answer."
            self._let_go()
            with self._changed:
                if self._page is None:
                    self._page = page
                self._changed.wait_for(lambda: self._stopping, timeout=self._retry_s)
            return False

    def _let_go(self) -> None:
        """Free the bus and its pins; luma remembers the device, but it will not speak again."""
        if self._device is not None:
            with contextlib.suppress(*_FAILURES):
                self._device._serial_interface.cleanup()
            self._device = None


def open_display(settings: Settings | None, virtual: Callable[[], Any] | None = None) -> Display:
    """The display of a board; one that shows nothing for driver ``none`` or without settings.

    Args:
        settings: from the board file.
        virtual: opens the luma device of driver ``virtual``; without it that shows nothing either.

    Raises:
        BoardError: it is not there, or its bus may not be used.
    """
    if settings is None or settings.driver == "none":
        return Display(_no_device)
    if settings.driver == "virtual":
        return Display(virtual or _no_device)
    where = f"display {settings.driver}"
    if settings.interface == "spi":
        install_pins(where)
    try:
        return Display(lambda: _open_oled(settings))
    except _FAILURES as error:
        reason = " ".join(str(error).split()).rstrip(".")
        hint = (
            f"Check the wiring, that I2C is switched on and that the address is 0x{settings.address:02x}"
            if settings.interface == "i2c"
            else "Check that SPI is switched on"
        )
        raise BoardError(f"cannot be opened ({reason})", where=where, hint=hint) from error


def _no_device() -> Any:
    return dummy(width=128, height=64, mode="1")


def _open_oled(settings: Settings) -> Any:
    if settings.interface == "i2c":
        serial = i2c(port=settings.port, address=settings.address)
    else:
        serial = PinSpi(LgpioBus(settings.port))
    try:
        # luma remembers every device it ever set up until the process ends: ask first whether anybody answers
        serial.command(_NO_OPERATION)
        return OLEDS[settings.driver](serial, width=128, height=64, rotate=settings.rotate)
    except _FAILURES:
        serial.cleanup()
        raise
