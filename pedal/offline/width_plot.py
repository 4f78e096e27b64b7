"""A picture of one width change: how it sounds, and how far it is from what the new width would play.

Called by ``width_demo``. Drawn with Pillow, twice as large as shown, so that lines come out smooth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

#: Picture in pixels, and how much larger it is drawn.
_SIZE, _FINE = (1280, 860), 2
_INK, _PALE, _GRID, _PAPER = "#24292f", "#6e7781", "#e4e8ec", "#ffffff"
_LEFT, _RIGHT = 96, 40

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """A curve over a panel's whole width; ``values`` in the panel's unit, evenly spaced."""

    name: str
    values: Curve
    colour: str
    thickness: int = 2


@dataclass(frozen=True, slots=True)
class Panel:
    """A frame with axes.

    Attributes:
        title: above it.
        top, height: in pixels.
        x_s: its left and right end, seconds.
        x_step_s: between vertical grid lines.
        y: its lower and upper end.
        y_ticks: where horizontal grid lines are, and what is written beside them.
        shade_s: the time that a splice takes, shaded.
        lines: what it shows, the last one on top.
    """

    title: str
    top: int
    height: int
    x_s: tuple[float, float]
    x_step_s: float
    y: tuple[float, float]
    y_ticks: Sequence[tuple[float, str]]
    shade_s: tuple[float, float]
    lines: Sequence[Line]


def draw_panels(path: Path, title: str, subtitle: str, panels: Sequence[Panel]) -> None:
    """Write a PNG.

    Raises:
        OSError: it cannot be written.
    """
    image = Image.new("RGB", (_SIZE[0] * _FINE, _SIZE[1] * _FINE), _PAPER)
    draw = ImageDraw.Draw(image)
    _text(draw, (_LEFT, 22), title, 26, _INK)
    _text(draw, (_LEFT, 58), subtitle, 15, _PALE)
    for panel in panels:
        _draw_panel(draw, panel)
    image.resize(_SIZE, Image.Resampling.LANCZOS).save(path)


def _text(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, colour: str, anchor: str = "la"
) -> None:
    font = ImageFont.load_default(size * _FINE)
    draw.text((at[0] * _FINE, at[1] * _FINE), text, fill=colour, font=font, anchor=anchor)


def _draw_panel(draw: ImageDraw.ImageDraw, panel: Panel) -> None:
    right, bottom = _SIZE[0] - _RIGHT, panel.top + panel.height

    def x_of(seconds: float) -> float:
        share = (seconds - panel.x_s[0]) / (panel.x_s[1] - panel.x_s[0])
        return (_LEFT + share * (right - _LEFT)) * _FINE

    def y_of(value: float) -> float:
        share = (value - panel.y[0]) / (panel.y[1] - panel.y[0])
        return (bottom - min(1.0, max(0.0, share)) * panel.height) * _FINE

    top_px, bottom_px = panel.top * _FINE, bottom * _FINE
    draw.rectangle((x_of(panel.shade_s[0]), top_px, x_of(panel.shade_s[1]), bottom_px), fill="#fff3d6")
    for value, label in panel.y_ticks:
        draw.line((x_of(panel.x_s[0]), y_of(value), x_of(panel.x_s[1]), y_of(value)), fill=_GRID, width=_FINE)
        _text(draw, (_LEFT - 10, y_of(value) / _FINE), label, 14, _PALE, "rm")
    for step in range(int(np.ceil(panel.x_s[0] / panel.x_step_s)), int(panel.x_s[1] / panel.x_step_s) + 1):
        at = x_of(step * panel.x_step_s)
        draw.line((at, top_px, at, bottom_px), fill=_GRID, width=_FINE)
        _text(draw, (at / _FINE, bottom + 8), f"{step * panel.x_step_s * 1000:g} ms", 14, _PALE, "ma")
    draw.line((x_of(0.0), top_px, x_of(0.0), bottom_px), fill=_INK, width=_FINE)
    for line in panel.lines:
        _draw_line(draw, line, panel.x_s, x_of, y_of)
    _text(draw, (_LEFT, panel.top - 30), panel.title, 17, _INK)
    at = float(right)
    for line in reversed(panel.lines):
        at -= ImageFont.load_default(15).getlength(line.name)
        _text(draw, (at, panel.top - 28), line.name, 15, _INK)
        draw.line(
            ((at - 34) * _FINE, (panel.top - 19) * _FINE, (at - 8) * _FINE, (panel.top - 19) * _FINE), line.colour, 7
        )
        at -= 62


def _draw_line(
    draw: ImageDraw.ImageDraw,
    line: Line,
    x_s: tuple[float, float],
    x_of: Callable[[float], float],
    y_of: Callable[[float], float],
) -> None:
    at = np.linspace(*x_s, line.values.size)
    points = [(x_of(float(x)), y_of(float(y))) for x, y in zip(at, line.values, strict=True)]
    draw.line(points, fill=line.colour, width=line.thickness * _FINE, joint="curve")
