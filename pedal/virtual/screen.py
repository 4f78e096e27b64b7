"""The screen of a board without hardware: a luma device that draws in the terminal and saves PNG files.

Given to the panel's display by a virtual board (pedal-panel): pages reach it the way they reach an OLED.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO

from luma.core.device import device as LumaDevice
from luma.core.interface.serial import noop
from PIL import Image

_FRAME_CHARS = 2
_HIDE_CURSOR, _SHOW_CURSOR, _CLEAR = "\x1b[?25l", "\x1b[?25h", "\x1b[2J\x1b[H"
_ERASE_LINE, _ERASE_BELOW = "\x1b[K", "\x1b[J"
#: Bit of a braille pattern by column and row of its 2x4 dots.
_BRAILLE_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_HALVES = " ▀▄█"


class VirtualScreen(LumaDevice):  # type: ignore[misc]  # luma has no types
    """A 128x64 OLED in a terminal.

    Half blocks where the terminal has 131 columns, braille dots (67 columns) where not, one sentence where it is
    smaller still; nothing where the stream is no terminal. Redrawn in place; after a change of size from the top.

    Args:
        stream: the terminal, or None.
        png_dir: every page that differs from the last is saved there as ``page-00001.png``, ...

    Attributes:
        image: the page shown, or None before the first.
        footer: a line below the screen.
    """

    def __init__(self, stream: TextIO | None = None, png_dir: Path | None = None, rotate: int = 0) -> None:
        super().__init__(serial_interface=noop())
        self.capabilities(128, 64, rotate, mode="1")
        self.image: Image.Image | None = None
        self.footer = ""
        self._stream = stream if stream is not None and stream.isatty() else None
        self._png_dir = png_dir
        self._saved = 0
        self._drawn: tuple[os.terminal_size, int] | None = None

    def display(self, image: Image.Image) -> None:
        """Show ``image``, mode ``1``.

        Raises:
            OSError: the terminal is gone, or the PNG cannot be written.
        """
        page = self.preprocess(image).copy()
        changed = self.image is None or page.tobytes() != self.image.tobytes()
        self.image = page
        if changed and self._png_dir is not None:
            self._saved += 1
            self.save_png(self._png_dir / f"page-{self._saved:05d}.png")
        if self._stream is not None:
            self._draw(self._stream, page)

    def save_png(self, path: Path, scale: int = 4) -> None:
        """Save the page shown, enlarged; nothing before the first.

        Raises:
            OSError: it cannot be written.
        """
        if self.image is not None:
            size = (self.image.width * scale, self.image.height * scale)
            self.image.resize(size, Image.Resampling.NEAREST).save(path, "PNG")

    def cleanup(self) -> None:
        """Leave the last page and give the cursor back."""
        if self._stream is not None and self._drawn is not None:
            self._drawn = None
            self._stream.write(_SHOW_CURSOR)
            self._stream.flush()

    def _draw(self, stream: TextIO, page: Image.Image) -> None:
        size = os.get_terminal_size(stream.fileno())
        lines = terminal_lines(page, size.columns, size.lines, utf8="utf" in (stream.encoding or "").lower())
        lines.append(self.footer[: size.columns - 1])
        if self._drawn is None:
            start = _HIDE_CURSOR
        elif self._drawn[0] != size:
            # the terminal may have broken the old lines anew: where they are now is anybody's guess
            start = _CLEAR
        else:
            start = f"\x1b[{self._drawn[1]}A\r"
        stream.write(start + "".join(f"{line}{_ERASE_LINE}\n" for line in lines) + _ERASE_BELOW)
        stream.flush()
        self._drawn = (size, len(lines))


def terminal_lines(page: Image.Image, columns: int, rows: int, *, utf8: bool = True) -> list[str]:
    """A page as framed lines of text, in the largest form that a terminal of this size has room for."""
    # one row for the footer, one for the cursor; no terminal erases behind a full line well
    room = (columns - 1, rows - 2)
    for drawn in (half_blocks, braille) if utf8 else ():
        lines = drawn(page)
        framed = (len(lines[0]) + _FRAME_CHARS, len(lines) + 2)
        if framed[0] <= room[0] and framed[1] <= room[1]:
            rule = "─" * len(lines[0])
            return [f"╭{rule}╮", *(f"│{line}│" for line in lines), f"╰{rule}╯"]
    sentence = "The screen needs a terminal of 67x20." if utf8 else "The screen needs a terminal with UTF-8."
    return [sentence[: max(columns - 1, 0)]]


def half_blocks(page: Image.Image) -> list[str]:
    """Two pixels a character, one above the other; width and height in pixels: (w, h) gives h / 2 lines of w."""
    pixels, width = page.convert("L").tobytes(), page.width
    return [
        "".join(
            _HALVES[(pixels[y * width + x] & 1) | (pixels[(y + 1) * width + x] & 2)]
            for x in range(width)
        )
        for y in range(0, page.height, 2)
    ]  # fmt: skip


def braille(page: Image.Image) -> list[str]:
    """Eight pixels a character, two wide and four high: (w, h) gives h / 4 lines of w / 2."""
    pixels, width = page.convert("L").tobytes(), page.width
    lines = []
    for y in range(0, page.height, 4):
        line = []
        for x in range(0, width, 2):
            dots = 0
            for dx, bits in enumerate(_BRAILLE_BITS):
                for dy, bit in enumerate(bits):
                    dots |= pixels[(y + dy) * width + x + dx] & bit
            line.append(chr(0x2800 + dots))
        lines.append("".join(line))
    return lines
