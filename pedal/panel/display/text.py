"""Text on the OLED: bitmap fonts, names fitted into a box, long ones scrolled.

Called by ``pages`` in pedal-panel. Pure but for reading the fonts of this package once.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

#: Pages are drawn about this often; a scroll is counted in ticks.
TICKS_PER_S = 10
_HOLD_TICKS = 15
_STEP_PX = 2

_FONTS = Path(__file__).with_name("fonts")

#: Charsets of a font's files, in the order in which a letter is looked for: Western, Central European, Cyrillic.
_CHARSETS = ("latin-1", "cp1250", "cp1251")
#: Letters of the second charset may stand so much higher: a capital with a caron.
_RISE_PX = 1
#: Behind a text, because Pillow cuts off what reaches beyond the width of its last letter.
_ROOM = b" "

#: What none of them has and players type (or files carry), in its plain form.
_PLAIN = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2010": "-", "\u2011": "-",
        "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2022": "\u00b7", "\u2026": "...",
        "\u00d7": "x", "\u2192": ">", "\u0152": "OE", "\u0153": "oe", "\u0131": "i", "\u20ac": "EUR", "\u2044": "/",
        "\u2116": "No.",
    }
)  # fmt: skip


@cache
def font(name: str, charset: str = "latin-1") -> ImageFont.ImageFont:
    """One charset of ``tiny`` (6 px high, Western letters only), ``small`` (11), ``bold`` (15) or ``big`` (23)."""
    return ImageFont.load(str(_path(name, charset)))


@cache
def _ascent_px(name: str, charset: str) -> int:
    """Rows above the base line: the highest top of all glyphs, as the file of metrics has them."""
    metrics = _path(name, charset).read_bytes().partition(b"DATA\n")[2]
    glyphs: Iterator[tuple[int, ...]] = struct.iter_unpack(">10h", metrics[: 256 * 20])
    return -min(glyph[3] for glyph in glyphs)


def _path(name: str, charset: str) -> Path:
    return _FONTS / (f"{name}.pil" if charset == "latin-1" else f"{name}-{charset}.pil")


@cache
def _charset_of(char: str) -> str:
    """The first charset that has this letter; empty if none has."""
    if " " <= char <= "~" or "\u00a1" <= char <= "\u00ff":
        return "latin-1"
    for charset in _CHARSETS[1:]:
        if char.isalpha() and char.encode(charset, "ignore"):
            return charset
    return ""


def _runs(text: str, font_name: str) -> Iterator[tuple[ImageFont.ImageFont, bytes, int]]:
    """Printable text in pieces of one charset each: its font, its bytes, and how far below the usual top it begins."""
    for charset, letters in groupby(text, _charset_of):
        if not _path(font_name, charset).is_file():
            yield font(font_name), b"?" * len(list(letters)), 0
            continue
        drop_px = _ascent_px(font_name, "latin-1") - _ascent_px(font_name, charset)
        yield font(font_name, charset), "".join(letters).encode(charset), drop_px


def printable(text: str) -> str:
    """``text`` in the letters the fonts have: others lose their accents or become ``?``; blanks are single."""
    kept = []
    for char in unicodedata.normalize("NFKC", text.translate(_PLAIN)):
        if char.isspace():
            kept.append(" ")
        elif unicodedata.category(char)[0] == "C":
            continue
        elif _charset_of(char):
            kept.append(char)
        else:
            bare = "".join(c for c in unicodedata.normalize("NFKD", char) if _charset_of(c))
            kept.append(bare or "?")
    return " ".join("".join(kept).split())


def width_px(text: str, font_name: str) -> int:
    """Width of printable text in pixels."""
    runs = list(_runs(text, font_name))
    length_px = sum(int(letters.getlength(data)) for letters, data, _ in runs)
    return length_px + (_overhang_px(runs[-1][0], runs[-1][1][-1:]) if runs else 0)


@cache
def _overhang_px(letters: ImageFont.ImageFont, letter: bytes) -> int:
    """How far a letter reaches beyond its own width, as the t of the small font does; at the end it needs the room."""
    drawn = letters.getmask(letter + _ROOM).getbbox()
    return max(0, drawn[2] - int(letters.getlength(letter))) if drawn else 0


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

    Only the caron of a capital may stand out of it, by one row.

    Returns:
        The column after the last pixel used.
    """
    left, top, right, bottom = box
    text = printable(text)
    if not text or right <= left:
        return left
    length_px = width_px(text, font_name)
    strip = Image.new("1", (right - left, bottom - top + _RISE_PX))
    overflow_px = length_px - strip.width
    start = (strip.width - length_px) // 2 if centred and overflow_px < 0 else -scroll_px(overflow_px, tick)
    draw, x = ImageDraw.Draw(strip), start
    for letters, data, drop_px in _runs(text, font_name):
        draw.text((x, _RISE_PX + drop_px), data + _ROOM, font=letters, fill=1)
        x += int(letters.getlength(data))
    page.paste(1 - ink, (left, top, right, bottom))
    page.paste(ink, (left, top - _RISE_PX), strip)
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
