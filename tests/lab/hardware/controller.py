"""The display's controller: bytes from the I2C bus in, lit pixels out. Pure.

Called by ``screen``. Strict on purpose: whatever the data sheet does not list for this controller is an error, as is
a setting with which a 128x64 module would show a wrong picture. So a driver for another chip is seen, though much of
such a chip's commands would happen to work. Sources: Solomon Systech SSD1306 rev. 1.1 (chapters 8.1.5, 9, 10) and
Sino Wealth SH1106 V2.3 (chapter "Commands").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WIDTH_PX, HEIGHT_PX = 128, 64
PAGES = 8


class ControllerError(Exception):
    """Bytes that this controller does not know, or a setting that does not fit the glass."""


class Controller:
    """What both controllers have in common; a fresh one is as after power-up.

    Args:
        memory: what the memory holds at power-up, page after page; random on real glass, else zeros.

    Attributes:
        is_on: the panel is driven.
        contrast: 0 to 255.
    """

    #: Columns of memory, the first of them on the glass, and how many bytes follow a command.
    columns = WIDTH_PX
    first_column = 0
    arguments: dict[int, int] = {}  # noqa: RUF012  # a table

    def __init__(self, memory: bytes = b"") -> None:
        self.memory: NDArray[np.uint8] = np.zeros((PAGES, self.columns), np.uint8)
        self.memory.flat[: len(memory)] = np.frombuffer(memory[: self.memory.size], np.uint8)
        self.is_on = False
        self.contrast = 0x80
        self._page = self._column = 0
        self._all_lit = self._inverted = False
        self._columns_reversed = self._rows_reversed = False
        self._start_line = self._offset_rows = 0
        self._command: list[int] = []

    def write(self, octets: bytes) -> None:
        """One write on the bus, after the address: control bytes, commands, data.

        Raises:
            ControllerError: unknown or unfitting; see the module.
        """
        at = 0
        while at < len(octets):
            control = octets[at]
            if control & 0x3F:
                raise ControllerError(f"control byte 0x{control:02x}")
            # Co: one byte, then another control byte; else all the rest
            end = at + 2 if control & 0x80 else len(octets)
            for octet in octets[at + 1 : end]:
                if control & 0x40:
                    self._data(octet)
                else:
                    self._command_byte(octet)
            at = end

    @property
    def is_lit(self) -> bool:
        """Whether the glass shows what the memory holds."""
        return self.is_on

    def pixels(self) -> NDArray[np.bool_]:
        """What is lit, (64, 128), as one sees it on a module whose ribbon is at the top, as they are sold."""
        if not self.is_lit:
            return np.zeros((HEIGHT_PX, WIDTH_PX), bool)
        if self._all_lit:
            return np.ones((HEIGHT_PX, WIDTH_PX), bool)
        bits = np.unpackbits(self.memory, axis=1, bitorder="little").reshape(PAGES, self.columns, 8)
        rows = bits.transpose(0, 2, 1).reshape(HEIGHT_PX, self.columns)
        rows = np.roll(rows, -(self._start_line + self._offset_rows), axis=0)
        glass = rows[:, self.first_column : self.first_column + WIDTH_PX].astype(bool)
        # modules are wired so that reversed columns and rows are upright
        glass = glass if self._columns_reversed else glass[:, ::-1]
        glass = glass if self._rows_reversed else glass[::-1]
        return np.ascontiguousarray(glass != self._inverted)

    def _data(self, octet: int) -> None:
        if self._command:
            raise ControllerError(f"data inside the command 0x{self._command[0]:02x}")
        if self._column >= self.columns:
            raise ControllerError(f"data behind the last column of page {self._page}")
        self.memory[self._page, self._column] = octet
        self._advance()

    def _advance(self) -> None:
        self._column += 1

    def _command_byte(self, octet: int) -> None:
        self._command.append(octet)
        code, *arguments = self._command
        if len(arguments) < self.arguments.get(code, 0):
            return
        self._command = []
        if not self._execute(code, arguments):
            shown = " ".join(f"0x{byte:02x}" for byte in (code, *arguments))
            raise ControllerError(f"unknown command {shown}")

    def _execute(self, code: int, arguments: list[int]) -> bool:
        """Do what both know alike; False if this is none of it."""
        if code <= 0x0F:
            self._column = self._column & 0xF0 | code
        elif code <= 0x1F:
            self._column = self._column & 0x0F | (code & 0x0F) << 4
        elif 0x40 <= code <= 0x7F:
            self._start_line = code & 0x3F
        elif code == 0x81:
            self.contrast = arguments[0]
        elif code in (0xA0, 0xA1):
            self._columns_reversed = code == 0xA1
        elif code in (0xA4, 0xA5):
            self._all_lit = code == 0xA5
        elif code in (0xA6, 0xA7):
            self._inverted = code == 0xA7
        elif code in (0xAE, 0xAF):
            self.is_on = code == 0xAF
        elif 0xB0 <= code <= 0xB7:
            self._page = code & 0x07
        elif code in (0xC0, 0xC8):
            self._rows_reversed = code == 0xC8
        elif code == 0xD3:
            self._offset_rows = arguments[0] & 0x3F
        elif code == 0xA8:  # rows that are driven, less one
            _fits("multiplex ratio", arguments[0] & 0x3F, HEIGHT_PX - 1)
        elif code == 0xDA:  # how the glass is wired to the chip
            _fits("COM pins", arguments[0] & 0x30, 0x10)
        else:
            # clock, pre-charge, deselect level: how bright and steady, not what is seen; and no operation
            return code in (0xD5, 0xD9, 0xDB, 0xE3)
        return True


class Ssd1306(Controller):
    """0.96 inch modules: 128 columns, three addressing modes, a charge pump that must be switched on."""

    arguments = {0x20: 1, 0x21: 2, 0x22: 2, 0x81: 1, 0x8D: 1, 0xA8: 1, 0xD3: 1, 0xD5: 1, 0xD9: 1, 0xDA: 1, 0xDB: 1}  # noqa: RUF012
    _HORIZONTAL, _VERTICAL, _PAGE = 0, 1, 2

    def __init__(self, memory: bytes = b"") -> None:
        super().__init__(memory)
        self._mode = self._PAGE
        self._left, self._right, self._top, self._bottom = 0, self.columns - 1, 0, PAGES - 1
        self._has_pump = False

    @property
    def is_lit(self) -> bool:
        """The pump makes the voltage of the glass."""
        return self.is_on and self._has_pump

    def _execute(self, code: int, arguments: list[int]) -> bool:
        if code == 0x20:
            if arguments[0] > self._PAGE:
                raise ControllerError(f"addressing mode {arguments[0]}")
            self._mode = arguments[0]
        elif code in (0x21, 0x22):
            limit = (self.columns if code == 0x21 else PAGES) - 1
            first, last = arguments
            if not first <= last <= limit:
                raise ControllerError(f"window from {first} to {last}, of at most {limit}")
            if code == 0x21:
                self._left = self._column = first
                self._right = last
            else:
                self._top = self._page = first
                self._bottom = last
        elif code == 0x8D:
            if arguments[0] & 0xEB != 0x00 or not arguments[0] & 0x10:
                raise ControllerError(f"charge pump 0x{arguments[0]:02x}")
            self._has_pump = bool(arguments[0] & 0x04)
        elif self._mode != self._PAGE and (code <= 0x1F or 0xB0 <= code <= 0xB7):
            raise ControllerError(f"command 0x{code:02x} is of page addressing only")
        else:
            return super()._execute(code, arguments)
        return True

    def _advance(self) -> None:
        if self._mode == self._HORIZONTAL:
            self._column, turned = _next(self._column, self._left, self._right)
            if turned:
                self._page, _ = _next(self._page, self._top, self._bottom)
        elif self._mode == self._VERTICAL:
            self._page, turned = _next(self._page, self._top, self._bottom)
            if turned:
                self._column, _ = _next(self._column, self._left, self._right)
        else:
            self._column, _ = _next(self._column, 0, self.columns - 1)


class Sh1106(Controller):
    """1.3 inch modules: 132 columns of memory, the glass in their middle, page addressing only.

    luma (like other drivers) sends it the SSD1306's 0x20 and 0x8D, which this chip does not list and passes over;
    what follows them is then a command of its own.
    """

    columns = 132
    first_column = 2
    arguments = {0x81: 1, 0xA8: 1, 0xAD: 1, 0xD3: 1, 0xD5: 1, 0xD9: 1, 0xDA: 1, 0xDB: 1}  # noqa: RUF012
    _PASSED_OVER = (0x20, 0x8D)

    def __init__(self, memory: bytes = b"") -> None:
        super().__init__(memory)
        self._has_pump = True

    @property
    def is_lit(self) -> bool:
        """Its converter runs from the start."""
        return self.is_on and self._has_pump

    def _execute(self, code: int, arguments: list[int]) -> bool:
        if code == 0xAD:
            if arguments[0] not in (0x8A, 0x8B):
                raise ControllerError(f"DC-DC control 0x{arguments[0]:02x}")
            self._has_pump = arguments[0] == 0x8B
            return True
        return 0x30 <= code <= 0x33 or code in self._PASSED_OVER or super()._execute(code, arguments)


#: By the driver's name in a board file.
CONTROLLERS: dict[str, type[Controller]] = {"ssd1306": Ssd1306, "sh1106": Sh1106}


def _next(at: int, first: int, last: int) -> tuple[int, bool]:
    return (first, True) if at == last else (at + 1, False)


def _fits(what: str, value: int, wanted: int) -> None:
    if value != wanted:
        raise ControllerError(f"{what} 0x{value:02x} does not fit this glass, which needs 0x{wanted:02x}")
