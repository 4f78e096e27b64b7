"""The tuner's page: the note, and a needle that stands in the middle when it is right. Pure, as all pages.

Drawn by the panel's loop instead of the usual page while the tuner is on.
"""

from __future__ import annotations

from PIL import Image, ImageDraw

from pedal.panel.display.pages import HEIGHT_PX, WIDTH_PX
from pedal.panel.display.text import draw_text
from pedal.panel.tuner import IN_TUNE_CENTS, TunerView

_SCALE_TOP, _SCALE_BOTTOM, _MIDDLE = 36, 50, WIDTH_PX // 2
#: Pixels to either end of the scale, 50 cents.
_REACH_PX = 60


def draw_tuner(view: TunerView) -> Image.Image:
    """Mode ``1``, 128x64: note and octave, cents, a scale of 50 cents to either side, the reference."""
    page = Image.new("1", (WIDTH_PX, HEIGHT_PX))
    draw = ImageDraw.Draw(page)
    for tenth in range(-5, 6):
        x = _MIDDLE + round(tenth * _REACH_PX / 5)
        draw.line((x, _SCALE_BOTTOM - (6 if tenth in (-5, 0, 5) else 3), x, _SCALE_BOTTOM), fill=1)
    foot = f"A4 = {view.reference_hz:g} Hz" + ("   muted" if view.is_muted else "")
    draw_text(page, (0, 53, WIDTH_PX, HEIGHT_PX), foot, "small", centred=True)
    reading = view.reading
    if reading is None:
        draw_text(page, (0, 6, WIDTH_PX, 30), "Play a string", "bold", centred=True)
        return page
    is_right = abs(reading.cents) <= IN_TUNE_CENTS
    if is_right:
        draw.rectangle((_MIDDLE - 26, 2, _MIDDLE + 26, 30), fill=1)
    draw_text(page, (_MIDDLE - 26, 2, _MIDDLE + 27, 31), reading.note, "big", ink=0 if is_right else 1, centred=True)
    side = (0, 10, _MIDDLE - 28, 24) if reading.cents < 0 else (_MIDDLE + 29, 10, WIDTH_PX, 24)
    if not is_right:
        draw_text(page, side, f"{reading.cents:+.1f}", "bold", centred=True)
    x = _MIDDLE + round(reading.cents / 50 * _REACH_PX)
    draw.rectangle((x - 1, _SCALE_TOP, x + 1, _SCALE_BOTTOM - 7), fill=1)
    return page
