"""luma.oled's devices, sending only what changed, and an SPI that needs no RPi.GPIO. Touches hardware.

Opened by ``oled`` in pedal-panel.
"""

from __future__ import annotations

import importlib
from typing import Any, Protocol

from gpiozero import OutputDevice
from luma.core.device import device as LumaDevice
from luma.oled.device import sh1106, ssd1306, ssd1309
from PIL import Image

#: The bits of a byte the other way round: Pillow has the first pixel on top, the controllers at the bottom.
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def pack_rows(image: Image.Image) -> list[bytes]:
    """An image (mode ``1``, height a multiple of 8) as the controllers store it.

    Returns:
        For every 8 rows one byte a column, the top pixel in bit 0.
    """
    by_column = image.transpose(Image.Transpose.TRANSPOSE).tobytes().translate(_REVERSED)
    stride = image.height // 8
    return [by_column[i::stride] for i in range(stride)]


class _ChangedRows(LumaDevice):  # type: ignore[misc]  # luma has no types
    """Sends only those of the eight rows of bytes that changed since the last page."""

    _sent: tuple[bytes, ...] = ()
    #: What luma sent to set the controller up, kept until the first picture.
    _set_up: tuple[tuple[int, ...], ...] = ()
    _is_set_up = False

    def command(self, *cmd: int) -> None:
        """As of luma, remembering the set-up."""
        super().command(*cmd)
        if not self._is_set_up:
            self._set_up += (cmd,)

    def renew(self) -> None:
        """Set the controller up again without switching it off, and send all of the next page.

        A display that lost its power for a moment, through a loose plug, acknowledges everything and shows nothing.
        """
        for cmd in self._set_up:
            self.command(*(cmd[1:] if cmd[0] == self._const.DISPLAYOFF else cmd))
        self.show()
        self._sent = ()

    def display(self, image: Image.Image) -> None:
        """Show ``image``; what luma itself does, without touching every pixel in Python."""
        self._is_set_up = True
        rows = pack_rows(self.preprocess(image))
        for i, row in enumerate(rows):
            if not self._sent or row != self._sent[i]:
                self.command(*self.row_address(i))
                self.data(list(row))
        self._sent = tuple(rows)

    def row_address(self, row_idx: int) -> tuple[int, ...]:
        """The command that makes the next data fill this row (here: SSD1306, horizontal addressing)."""
        return (self._const.COLUMNADDR, 0, 127, self._const.PAGEADDR, row_idx, row_idx)


class ChangedSsd1306(_ChangedRows, ssd1306):  # type: ignore[misc]
    """0.96 inch OLEDs."""


class ChangedSsd1309(_ChangedRows, ssd1309):  # type: ignore[misc]
    """2.42 inch OLEDs."""


class ChangedSh1106(_ChangedRows, sh1106):  # type: ignore[misc]
    """1.3 inch OLEDs: 132 columns of memory, the glass in their middle, no window to set."""

    def row_address(self, row_idx: int) -> tuple[int, ...]:
        """As of the base, without a window."""
        return (0xB0 + row_idx, 0x02, 0x10)


def renew(device: object) -> None:
    """Renew ``device`` if it is one that can lose its set-up."""
    if isinstance(device, _ChangedRows):
        device.renew()


#: By the driver's name in a board file.
OLEDS: dict[str, Any] = {"ssd1306": ChangedSsd1306, "sh1106": ChangedSh1106, "ssd1309": ChangedSsd1309}


class Bus(Protocol):
    """Something that carries bytes to the display."""

    def write(self, octets: bytes) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


class LgpioBus:
    """SPI through lgpio, which every Pi has; ``port`` 0 or 1, the first chip select.

    Raises:
        OSError: there is no such bus, or it fails.
    """

    def __init__(self, port: int, speed_hz: int = 8_000_000) -> None:
        # here, not above: where pins are faked there is no lgpio, and its import leaves a pipe behind
        self._lgpio = importlib.import_module("lgpio")
        self._name = f"SPI {port}"
        self._handle = self._checked(self._lgpio.spi_open, port, 0, speed_hz)

    def write(self, octets: bytes) -> None:
        """Clock bytes out."""
        self._checked(self._lgpio.spi_write, self._handle, octets)

    def close(self) -> None:
        """Free the bus."""
        self._checked(self._lgpio.spi_close, self._handle)

    def _checked(self, call: Any, *args: Any) -> Any:
        try:
            return call(*args)
        except self._lgpio.error as error:
            raise OSError(f"{self._name}: {error}") from error


class PinSpi:
    """A luma interface over a bus and two pins; luma's own needs RPi.GPIO, which does not work on a Pi 5."""

    def __init__(self, bus: Bus, data_pin: int = 24, reset_pin: int = 25) -> None:
        self._bus = bus
        self._is_data = OutputDevice(data_pin)
        self._awake = OutputDevice(reset_pin)
        # starts low, which resets the display
        self._awake.on()

    def command(self, *cmd: int) -> None:
        """Send a command and its arguments."""
        self._is_data.off()
        self._bus.write(bytes(cmd))

    def data(self, data: list[int]) -> None:
        """Send what goes into the display's memory."""
        self._is_data.on()
        self._bus.write(bytes(data))

    def cleanup(self) -> None:
        """Free the pins and the bus."""
        self._is_data.close()
        self._awake.close()
        self._bus.close()
