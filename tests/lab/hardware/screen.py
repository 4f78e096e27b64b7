"""What the display shows: the bench's log replayed into pictures, compared, read and saved.

Called by the laboratory's driver and by tests. The log is all it knows of the panel.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pedal.panel.display.pages import picture
from pedal.panel.display.text import font, printable
from tests.lab.hardware.bench import Transfer
from tests.lab.hardware.controller import CONTROLLERS, Controller

#: The rows of a page follow one another at once: a bus that rests longer shows a whole page.
REST_NS = 8_000_000
FONTS = ("tiny", "small", "bold", "big")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on the glass, from ``at_ns`` (CLOCK_MONOTONIC) on.

    Attributes:
        pixels: (64, 128), lit or not; all dark while the panel is switched off.
        contrast: 0 to 255.
        is_lit: the glass is on.
    """

    at_ns: int
    pixels: NDArray[np.bool_]
    contrast: int
    is_lit: bool

    def image(self) -> Image.Image:
        """As the panel draws its pages: mode ``1``, 128x64."""
        return Image.fromarray(self.pixels)

    def save(self, path: Path, scale: int = 4) -> None:
        """A PNG as the glass looks."""
        picture(self.image(), scale).save(path)

    @property
    def digest(self) -> str:
        """Of what one sees; for traces."""
        return hashlib.sha256(np.packbits(self.pixels).tobytes() + bytes([self.contrast, self.is_lit])).hexdigest()[:16]

    def says(self, text: str, font_name: str | None = None) -> bool:
        """Whether ``text`` stands anywhere, lit on dark or dark on lit, pixel for pixel, in a font of the pages."""
        return any(self._has(_ink(text, name)) for name in ([font_name] if font_name else FONTS))

    def differs(self, page: Image.Image) -> list[tuple[int, int]]:
        """Pixels (x, y) that are not as on ``page``; empty where the glass shows that page."""
        rows, columns = np.nonzero(self.pixels != np.asarray(page.convert("1"), bool))
        return list(zip(columns.tolist(), rows.tolist(), strict=True))

    def _has(self, ink: NDArray[np.bool_]) -> bool:
        if not ink.any() or any(i > p for i, p in zip(ink.shape, self.pixels.shape, strict=True)):
            return False
        places = np.lib.stride_tricks.sliding_window_view(self.pixels, ink.shape)
        agree = (places == ink).sum(axis=(2, 3))
        return bool((agree == ink.size).any() or (agree == 0).any())


def _ink(text: str, font_name: str) -> NDArray[np.bool_]:
    """``text`` as the pages draw it, cut to its outermost pixels."""
    typeface = font(font_name)
    left, top, right, bottom = (int(edge) for edge in typeface.getbbox(printable(text)))
    strip = Image.new("1", (right - left + 1, bottom - top + 1))
    ImageDraw.Draw(strip).text((0, 0), printable(text), font=typeface, fill=1)
    box = strip.getbbox()
    return np.asarray(strip.crop(box) if box else strip, bool)


class Screen:
    """Replays transfers as they come in.

    Args:
        driver: ``ssd1306`` or ``sh1106``: the chip that is on the bus, whatever the panel believes.

    Attributes:
        pictures: those that stood for a while (or stand now), oldest first; a page half sent is none.
        refusals: when the display was spoken to and did not answer, CLOCK_MONOTONIC in ns.
        writes: transfers that it took.
    """

    def __init__(self, driver: str) -> None:
        self.pictures: list[Picture] = []
        self.refusals: list[int] = []
        self.writes = 0
        self._chip: type[Controller] = CONTROLLERS[driver]
        self._controller = self._chip()
        self._last = Picture(0, self._controller.pixels(), self._controller.contrast, False)

    def feed(self, transfers: Iterable[Transfer]) -> None:
        """Replay what happened since.

        Raises:
            ControllerError: the panel sent what this chip does not know.
        """
        for transfer in transfers:
            if transfer.at_ns - self._last.at_ns > REST_NS:
                self._settle()
            if transfer.kind == "refused":
                self.refusals.append(transfer.at_ns)
                continue
            if transfer.kind == "power up":
                self._controller = self._chip(transfer.octets)
            else:
                self.writes += 1
                self._controller.write(transfer.octets)
            shown = self._controller
            self._last = Picture(transfer.at_ns, shown.pixels(), shown.contrast, shown.is_lit)

    def now(self) -> Picture:
        """What the glass shows at the end of what was fed."""
        return self._last

    def settled(self) -> list[Picture]:
        """All pictures that stood, the present one with them."""
        self._settle()
        return self.pictures

    def _settle(self) -> None:
        last = self.pictures[-1] if self.pictures else None
        if self._last.at_ns and (last is None or last.digest != self._last.digest):
            self.pictures.append(self._last)
