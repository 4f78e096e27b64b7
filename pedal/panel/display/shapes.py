"""The drawn parts of a page: the amp that is wide or narrow, level meters, the load bar.

Called by ``pages`` in pedal-panel. Pure.
"""

from __future__ import annotations

from PIL import ImageDraw

#: The wide amp fills this cell, the narrow one stands in its middle.
AMP_WIDTH_PX, AMP_HEIGHT_PX = 38, 23
#: Lower, where there is less room.
AMP_LOW_PX = 17
_NARROW_PX = 20

#: A meter goes from silence to full scale.
METER_LOW_DB, METER_HIGH_DB = -54.0, 0.0


def draw_amp(
    draw: ImageDraw.ImageDraw, left: int, top: int, *, wide: bool, ghost: bool, height: int = AMP_HEIGHT_PX
) -> None:
    """An amp of several speakers (wide) or one; ``ghost`` dots in the wide amp that there is no room for."""
    bottom = top + height - 1
    if wide:
        _cabinet(draw, (left, top, left + AMP_WIDTH_PX - 1, bottom))
        return
    if ghost:
        right = left + AMP_WIDTH_PX - 1
        corners = [(x, y) for x in range(left, right + 1, 2) for y in (top, bottom)]
        sides = [(x, y) for y in range(top, bottom + 1, 2) for x in (left, right)]
        draw.point(corners + sides, fill=1)
    left += (AMP_WIDTH_PX - _NARROW_PX) // 2
    _cabinet(draw, (left, top, left + _NARROW_PX - 1, bottom))


def _cabinet(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    """Panel with knobs, speakers side by side as often as they fit."""
    left, top, right, bottom = box
    width = right - left + 1
    draw.rounded_rectangle((left, top, right, bottom), radius=2, outline=1, fill=0)
    draw.rectangle((left + 2, top + 2, right - 2, top + 5), fill=1)
    for x in range(left + 4, right - 3, 3):
        draw.point((x, top + 3), fill=0)
    speaker_px = bottom - top - 7
    speakers = (width - 4) // speaker_px
    gap = (width - speakers * speaker_px) // (speakers + 1)
    for i in range(speakers):
        x = left + gap + i * (speaker_px + gap)
        x = x if i == 0 else right - gap - speaker_px + 1
        y = top + 6
        draw.ellipse((x, y + 1, x + speaker_px - 1, y + speaker_px - 1), outline=1)
        cone = speaker_px // 3
        draw.ellipse((x + cone, y + cone + 1, x + speaker_px - 1 - cone, y + speaker_px - 1 - cone), fill=1)


def draw_meter(
    draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], level_db: float, *, clipped: bool = False
) -> None:
    """A standing meter in bars of two rows; ``box`` as Pillow's rectangles, last row and column inside.

    The top rows stay lit when the input clipped.
    """
    left, top, right, bottom = box
    rows = bottom - top + 1
    share = (level_db - METER_LOW_DB) / (METER_HIGH_DB - METER_LOW_DB)
    lit = round(min(max(share, 0.0), 1.0) * rows)
    for y in range(bottom, top - 1, -1):
        row = bottom - y
        if row % 3 == 2:
            continue
        if row < lit:
            draw.line((left, y, right, y), fill=1)
        elif row % 3 == 0:
            draw.point((left, y), fill=1)
            draw.point((right, y), fill=1)
    if clipped:
        draw.rectangle((left - 1, top - 1, right + 1, top + 3), fill=1)


def draw_load(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], load_norm: float, budget_norm: float) -> None:
    """A lying bar, full at 1.0, with a notch through it at the budget."""
    left, top, right, bottom = box
    draw_progress(draw, box, load_norm)
    room = right - left - 3
    notch = left + 2 + round(min(max(budget_norm, 0.0), 1.0) * room)
    draw.line((notch - 1, top + 1, notch - 1, bottom - 1), fill=0)
    draw.line((notch + 1, top + 1, notch + 1, bottom - 1), fill=0)
    draw.line((notch, top - 2, notch, bottom + 2), fill=1)


def draw_progress(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], share: float) -> None:
    """A lying bar, full at 1.0."""
    left, top, right, bottom = box
    draw.rectangle(box, outline=1)
    lit = round(min(max(share, 0.0), 1.0) * (right - left - 3))
    if lit:
        draw.rectangle((left + 2, top + 2, left + 1 + lit, bottom - 2), fill=1)


#: Which of the seven segments a digit lights: top, upper left, upper right, middle, lower left, lower right, bottom.
_SEGMENTS = (
    "1110111",
    "0010010",
    "1011101",
    "1011011",
    "0111010",
    "1101011",
    "1101111",
    "1010010",
    "1111111",
    "1111011",
)
#: Between two digits.
_DIGIT_GAP_PX = 4


def draw_number(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], number: int) -> None:
    """A number in the digits of a stage: seven thick segments each, as high as ``box``, in its middle.

    Up to two digits have the width that their height asks for; more of them share the box.
    """
    left, top, right, bottom = box
    digits = str(number)
    room_px = right - left + 1
    width = min((room_px - _DIGIT_GAP_PX) // 2, (room_px + _DIGIT_GAP_PX) // len(digits) - _DIGIT_GAP_PX)
    thick = 6 if width >= 18 else 4
    x = left + (room_px - len(digits) * (width + _DIGIT_GAP_PX) + _DIGIT_GAP_PX) // 2
    for digit in digits:
        _draw_digit(draw, (x, top, x + width - 1, bottom), _SEGMENTS[int(digit)], thick)
        if digit == "1":  # a bar alone is no number yet
            draw.rectangle((x + width - 2 * thick, top, x + width - thick, top + thick - 1), fill=1)
        x += width + _DIGIT_GAP_PX


def _draw_digit(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], lit: str, thick: int) -> None:
    left, top, right, bottom = box
    middle, half, inner = (top + bottom) // 2, thick // 2, thick - 1
    bars = (
        (left, top, right, top + inner),
        (left, top, left + inner, middle),
        (right - inner, top, right, middle),
        (left, middle - half, right, middle + half - 1),
        (left, middle, left + inner, bottom),
        (right - inner, middle, right, bottom),
        (left, bottom - inner, right, bottom),
    )
    for bar, is_lit in zip(bars, lit, strict=True):
        if is_lit == "1":
            draw.rectangle(bar, fill=1)
    for x, dx in ((left, 1), (right, -1)):  # soft corners
        for y, dy in ((top, 1), (bottom, -1)):
            draw.point([(x, y), (x + dx, y), (x, y + dy)], fill=0)


def draw_mark(draw: ImageDraw.ImageDraw, at: tuple[int, int], mark: str, ink: int) -> None:
    """A sign of seven by seven pixels: ``>`` plays, ``*`` is liked (a heart), ``/`` is a folder, ``+`` is new."""
    x, y = at
    if mark == ">":
        draw.polygon([(x + 1, y), (x + 1, y + 6), (x + 4, y + 3)], fill=ink)
    elif mark == "*":
        draw.polygon([(x, y + 2), (x + 6, y + 2), (x + 3, y + 6)], fill=ink)
        draw.line((x + 1, y + 1, x + 2, y + 1), fill=ink)
        draw.line((x + 4, y + 1, x + 5, y + 1), fill=ink)
        draw.point((x + 3, y + 2), fill=ink)
    elif mark == "/":
        draw.rectangle((x, y + 1, x + 6, y + 6), outline=ink)
        draw.line((x, y, x + 2, y), fill=ink)
    elif mark == "+":
        draw.line((x + 3, y, x + 3, y + 6), fill=ink)
        draw.line((x, y + 3, x + 6, y + 3), fill=ink)
