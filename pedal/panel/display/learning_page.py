"""The page while the pedal learns what effects cost: how far it is, and which one it measures. Pure.

Drawn by the panel's loop instead of the usual page, at the first start on a machine; a touch brings that back.
"""

from __future__ import annotations

from PIL import Image, ImageDraw

from pedal.panel.display.pages import HEIGHT_PX, WIDTH_PX
from pedal.panel.display.shapes import draw_progress
from pedal.panel.display.text import draw_text
from pedal.panel.learning import LearningView

_BAR = (1, 33, WIDTH_PX - 2, 43)


def draw_learning(view: LearningView) -> Image.Image:
    """Mode ``1``, 128x64: a title, a bar, and at the foot what is measured now."""
    page = Image.new("1", (WIDTH_PX, HEIGHT_PX))
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, WIDTH_PX - 1, 14), fill=1)
    draw_text(page, (3, 0, WIDTH_PX - 3, 14), "Learning", "bold", ink=0)
    text = f"what effects cost: {view.done + 1} of {view.count}"
    draw_text(page, (0, 18, WIDTH_PX, 30), text, "small", centred=True)
    draw_progress(draw, _BAR, view.done / max(view.count, 1))
    draw_text(page, (0, 48, WIDTH_PX, 60), view.label, "small", centred=True)
    return page
