"""Text on the OLED: bitmap fonts, names fitted into a box, long ones scrolled.

Called by ``pages`` in pedal-panel. Pure but for reading the fonts of this package once.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

#: Pages are drawn about this often; a scroll is counted in ticks.
TICKS_PER_S = 10
_HOLD_TICKS = 15
_STEP_PX = 2

_FONTS = Path(__file__).with_name("fonts")

#: What Latin-1 lacks and players type (or files carry), in its plain form.
_PLAIN = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2010": "-", "\u2011": "-",
        "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2022": "\u00b7", "\u2026": "...",
        "\u00d7": "x", "\u2192": ">", "\u0152": "OE", "\u0153": "oe", "\u0142": "l", "\u0141": "L",
        "\u0131": "i", "\u0111": "d", "\u0110": "D", "\u20ac": "EUR", "\u2044": "/",
    }
)  # fmt: skip


@cache
def font(name: str) -> ImageFont.ImageFont:
    """One of the bitmap fonts ``tiny`` (6 px high), ``small`` (11), ``bold`` (15), ``big`` (23)."""
    return ImageFont.load(str(_FONTS / f"{name}.pil"))


def printable(text: str) -> str:
    """``text`` in the letters the fonts have: others lose their accents or become ``?``; blanks are single."""
    kept = []
    for char in unicodedata.normalize("NFKC", text.translate(_PLAIN)):
        if char.isspace():
            kept.append(" ")
        elif unicodedata.category(char)[0] == "C":
            continue
        elif _has_glyph(char):
            kept.append(char)
        else:
            bare = "".join(c for c in unicodedata.normalize("NFKD", char) if _has_glyph(c))
            kept.append(bare or "?")
    return " ".join("".join(kept).split())


def _has_glyph(char: str) -> bool:
    return " " <= char <= "~" or "\u00a1" <= char <= "\u00ff"


def width_px(text: str, font_name: str) -> int:
    """Width of printable text in pixels."""
    return int(font(font_name).getlength(text))


def scroll_px(overflow_px: int, tick: int) -> int:
    """How far a text too long by ``overflow_px`` is pushed left at ``tick``: rests, runs, rests, starts again."""
    if overflow_px <= 0:
        return 0
    run_ticks = -(-overflow_px // _STEP_PX)
    phase = tick % (run_ticks + 2 * _HOLD_TICKS) - _HOLD_TICKS
    return min(max(phase, 0) * _STEP_PX, overflow_px)


def draw_text(
    page: Image.Image,
    box: tuple[int, int, int, int],
    text: str,
    font_name: str,
    *,
    tick: int = 0,
    ink: int = 1,
    centred: bool = False,
) -> int:
    """Draw ``text`` inside ``box`` (left, top, right, bottom; the last two outside), scrolled when too long.

    Returns:
        The column after the last pixel used.
    """
    left, top, right, bottom = box
    text = printable(text)
    if not text or right <= left:
        return left
    length_px = width_px(text, font_name)
    strip = Image.new("1", (right - left, bottom - top), 1 - ink)
    overflow_px = length_px - strip.width
    start = (strip.width - length_px) // 2 if centred and overflow_px < 0 else -scroll_px(overflow_px, tick)
    ImageDraw.Draw(strip).text((start, 0), text, font=font(font_name), fill=ink)
    page.paste(strip, (left, top))
    return left + min(max(start, 0) + length_px, strip.width)


def wrapped(text: str, font_name: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` pixels, broken at blanks, or inside a word that is too long."""
    lines: list[str] = []
    line = ""
    for word in printable(text).split():
        if line and width_px(f"{line} {word}", font_name) <= width:
            line = f"{line} {word}"
            continue
        if line:
            lines.append(line)
        while width_px(word, font_name) > width:
            fits = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or width_px(word[:n], font_name) <= width)
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    return [*lines, line] if line else lines
