"""The pages of the menu: lists, the chain, a knob, a name, the looper. Pure, as all pages.

Drawn by the panel's loop instead of the playing pedal's page while the menu is open. What is looked at is inverse, and
scrolls if it is too long; what was said last stands at the foot.
"""

from __future__ import annotations

from PIL import Image, ImageDraw

from pedal.panel.display import shapes
from pedal.panel.display.pages import HEIGHT_PX, WIDTH_PX, draw_loop
from pedal.panel.display.text import draw_text, printable, width_px, wrapped
from pedal.panel.menu.sheets import AskSheet, Box, ChainSheet, KnobSheet, ListSheet, LooperSheet, NameSheet, Row, Sheet

_TITLE_PX, _ROW_PX = 12, 13
_LIST_ROWS, _LOOP_ROWS = 4, 3
#: Of the rows; right of it is the bar that says where one is.
_ROWS_RIGHT = WIDTH_PX - 5
_MARK_PX = 9
#: Lines over an answer; longer words go on after so many ticks.
_ASK_LINES, _ASK_TICKS = 3, 30
_BOX_PX, _BOX_GAP_PX, _BOX_TOP, _BOX_BOTTOM = 25, 5, 17, 34


def draw_menu(sheet: Sheet, message: str = "", tick: int = 0) -> Image.Image:
    """Mode ``1``, 128x64.

    Args:
        sheet: what the menu says.
        message: one sentence for the foot, or empty.
        tick: pages drawn since the last touch, about ten a second; long names scroll by it.
    """
    page = Image.new("1", (WIDTH_PX, HEIGHT_PX))
    draw = ImageDraw.Draw(page)
    match sheet:
        case ListSheet():
            _draw_title(page, draw, sheet.title, tick)
            _draw_rows(page, draw, sheet.rows, sheet.at, (_TITLE_PX, _LIST_ROWS), tick)
            for line, text in enumerate(wrapped(sheet.note, "small", WIDTH_PX - 8)[:3]):
                draw_text(page, (4, 18 + 12 * line, WIDTH_PX, 29 + 12 * line), text, "small")
        case ChainSheet():
            _draw_title(page, draw, sheet.title, tick)
            _draw_chain(page, draw, sheet, tick)
        case KnobSheet():
            _draw_title(page, draw, sheet.title, tick)
            _draw_knob(page, draw, sheet)
        case NameSheet():
            _draw_title(page, draw, sheet.title, tick)
            _draw_name(page, draw, sheet)
        case LooperSheet():
            _draw_title(page, draw, "Looper", tick)
            if sheet.loop:
                draw_loop(page, draw, sheet.loop, 14)
            else:
                draw_text(page, (0, 14, WIDTH_PX, 25), "No loop yet", "small", centred=True)
            _draw_rows(page, draw, sheet.rows, sheet.at, (HEIGHT_PX - _LOOP_ROWS * _ROW_PX, _LOOP_ROWS), tick)
        case AskSheet():
            _draw_title(page, draw, sheet.title, tick)
            _draw_ask(page, draw, sheet, tick)
    if message:
        draw.rectangle((0, HEIGHT_PX - 12, WIDTH_PX - 1, HEIGHT_PX - 1), fill=1)
        draw.line((0, HEIGHT_PX - 13, WIDTH_PX - 1, HEIGHT_PX - 13), fill=0)
        draw_text(page, (2, HEIGHT_PX - 11, WIDTH_PX - 2, HEIGHT_PX), message, "small", tick=tick, ink=0)
    return page


def _draw_ask(page: Image.Image, draw: ImageDraw.ImageDraw, sheet: AskSheet, tick: int) -> None:
    """Words over the answer that a push gives, between arrows if there are others."""
    lines = wrapped(sheet.text, "small", WIDTH_PX - 4)
    first = _ASK_LINES * ((tick // _ASK_TICKS) % -(-len(lines) // _ASK_LINES)) if lines else 0
    for line, text in enumerate(lines[first : first + _ASK_LINES]):
        draw_text(page, (2, 13 + 12 * line, WIDTH_PX, 24 + 12 * line), text, "small")
    if not sheet.choices:
        return
    top, middle = HEIGHT_PX - _ROW_PX, HEIGHT_PX - _ROW_PX // 2 - 1
    draw.rectangle((0, top, WIDTH_PX - 1, HEIGHT_PX - 1), fill=1)
    box = (10, top + 1, WIDTH_PX - 10, HEIGHT_PX - 1)
    draw_text(page, box, sheet.choices[sheet.at], "small", tick=tick, ink=0, centred=True)
    if len(sheet.choices) > 1:
        for tip, base in ((2, 6), (WIDTH_PX - 3, WIDTH_PX - 7)):
            draw.polygon([(tip, middle), (base, middle - 4), (base, middle + 4)], fill=0)


def _draw_title(page: Image.Image, draw: ImageDraw.ImageDraw, title: str, tick: int) -> None:
    """Small letters over a line: the rows are what counts."""
    draw_text(page, (1, 0, WIDTH_PX, 11), title, "small", tick=tick)
    draw.line((0, _TITLE_PX - 1, WIDTH_PX - 1, _TITLE_PX - 1), fill=1)


def _draw_rows(
    page: Image.Image, draw: ImageDraw.ImageDraw, rows: tuple[Row, ...], at: int, room: tuple[int, int], tick: int
) -> None:
    """So many rows as there is room for, ``at`` among them; ``room``: first pixel row and number of rows."""
    top, shown = room
    first = max(0, min(at - 1, len(rows) - shown))
    has_marks = any(row.mark for row in rows)
    for line, row in enumerate(rows[first : first + shown]):
        y, is_chosen = top + line * _ROW_PX, first + line == at
        if is_chosen:
            draw.rectangle((0, y, _ROWS_RIGHT - 1, y + _ROW_PX - 1), fill=1)
        _draw_row(page, draw, row, y, tick if is_chosen else 0, ink=0 if is_chosen else 1, has_marks=has_marks)
    if len(rows) > shown:
        height = shown * _ROW_PX
        draw.point([(WIDTH_PX - 2, y) for y in range(top + 1, top + height, 3)], fill=1)
        thumb = max(4, height * shown // len(rows))
        y = top + (height - thumb) * first // (len(rows) - shown)
        draw.rectangle((WIDTH_PX - 3, y, WIDTH_PX - 1, y + thumb - 1), fill=1)


def _draw_row(
    page: Image.Image, draw: ImageDraw.ImageDraw, row: Row, top: int, tick: int, *, ink: int, has_marks: bool
) -> None:
    left = 2
    if has_marks:
        shapes.draw_mark(draw, (left, top + 3), row.mark, ink)
        left += _MARK_PX
    right = _ROWS_RIGHT - 2
    label_px, value_px = (width_px(printable(text), "small") for text in (row.label, row.value))
    box_top, box_bottom = top + 1, top + _ROW_PX - 1
    if row.value:
        room_px = right - left
        # what is short leaves its room to the other; two long ones share it
        value_room = min(value_px, max(room_px - label_px - 6, room_px // 2))
        draw_text(page, (right - value_room, box_top, right, box_bottom), row.value, "small", tick=tick, ink=ink)
        right -= value_room + 4
    draw_text(page, (left, box_top, right, box_bottom), row.label, "small", tick=tick, ink=ink)


def _draw_chain(page: Image.Image, draw: ImageDraw.ImageDraw, sheet: ChainSheet, tick: int) -> None:
    """Boxes on a wire: what plays is filled, what is bypassed is passed by; above what waits is the mark of the CPU."""
    pitch, count = _BOX_PX + _BOX_GAP_PX, len(sheet.boxes)
    whole = count * pitch - _BOX_GAP_PX
    left = (WIDTH_PX - whole) // 2 if whole <= WIDTH_PX else 0
    if whole > WIDTH_PX:
        left = max(min(0, (WIDTH_PX - _BOX_PX) // 2 - sheet.at * pitch), WIDTH_PX - whole)
    wire = (_BOX_TOP + _BOX_BOTTOM) // 2
    draw.line((max(left, 0), wire, min(left + whole, WIDTH_PX) - 1, wire), fill=1)
    for index, box in enumerate(sheet.boxes):
        x = left + index * pitch
        if -_BOX_PX < x < WIDTH_PX:
            _draw_box(page, draw, x, box)
    if not sheet.boxes:
        return
    x, box = left + sheet.at * pitch, sheet.boxes[sheet.at]
    middle = x + _BOX_PX // 2
    if sheet.held:
        draw.rectangle((x - 2, _BOX_TOP - 2, x + _BOX_PX + 1, _BOX_BOTTOM + 2), outline=1)
    draw.polygon([(middle, _BOX_BOTTOM + 3), (middle - 3, _BOX_BOTTOM + 6), (middle + 3, _BOX_BOTTOM + 6)], fill=1)
    name = f"{box.name} (waits: CPU)" if box.waits else box.name if box.on else f"{box.name} (off)"
    draw_text(page, (0, 42, WIDTH_PX, 53), name, "small", centred=True)
    draw_text(page, (0, 53, WIDTH_PX, HEIGHT_PX), box.detail, "small", tick=tick, centred=True)


def _draw_box(page: Image.Image, draw: ImageDraw.ImageDraw, x: int, box: Box) -> None:
    right, is_plus = x + _BOX_PX - 1, box.short == "+"
    plays = box.on and not is_plus and not box.waits
    draw.rectangle((x, _BOX_TOP, right, _BOX_BOTTOM), fill=int(plays), outline=1)
    if box.waits:
        middle = x + _BOX_PX // 2
        draw.polygon([(middle - 4, _BOX_TOP - 5), (middle + 4, _BOX_TOP - 5), (middle, _BOX_TOP - 1)], fill=1)
    if is_plus:  # open: nothing is there yet
        draw.rectangle((x, _BOX_TOP, right, _BOX_BOTTOM), outline=0)
        draw.point([(dot, y) for dot in range(x, right + 1, 2) for y in (_BOX_TOP, _BOX_BOTTOM)], fill=1)
        draw.point([(side, y) for side in (x, right) for y in range(_BOX_TOP, _BOX_BOTTOM + 1, 2)], fill=1)
        middle, centre = x + _BOX_PX // 2, (_BOX_TOP + _BOX_BOTTOM) // 2
        draw.rectangle((middle - 4, centre, middle + 4, centre + 1), fill=1)
        draw.rectangle((middle, centre - 4, middle + 1, centre + 5), fill=1)
        return
    # a box that the glass cuts is drawn whole beside it
    strip = Image.new("1", (_BOX_PX - 2, 11))
    draw_text(strip, (0, 0, strip.width, 11), box.short, "small", centred=True)
    page.paste(int(not plays), (x + 1, _BOX_TOP + 4), strip)


def _draw_knob(page: Image.Image, draw: ImageDraw.ImageDraw, sheet: KnobSheet) -> None:
    draw_text(page, (0, 14, WIDTH_PX, 25), sheet.label, "small", centred=True)
    size = "big" if width_px(printable(sheet.value), "big") <= WIDTH_PX else "bold"
    draw_text(page, (0, 26, WIDTH_PX, 49), sheet.value, size, centred=True)
    left, right, y = 3, WIDTH_PX - 4, 57
    draw.line((left, y, right, y), fill=1)
    for tenth in range(11):
        x = left + round(tenth * (right - left) / 10)
        draw.line((x, y - 1, x, y + 1), fill=1)
    x = left + round(sheet.turn_norm * (right - left))
    draw.rectangle((left, y - 1, x, y + 1), fill=1)
    draw.rectangle((x - 3, y - 5, x + 3, y + 5), fill=0)
    draw.rectangle((x - 2, y - 5, x + 2, y + 5), fill=1)


def _draw_name(page: Image.Image, draw: ImageDraw.ImageDraw, sheet: NameSheet) -> None:
    """The end of the name and a caret; below it the letter that a push takes, between its neighbours."""
    text = printable(sheet.text) + (" " if sheet.text.endswith(" ") else "")
    while width_px(text, "bold") > WIDTH_PX - 6:
        text = text[1:]
    end = draw_text(page, (2, 15, WIDTH_PX, 30), text, "bold") + (3 if sheet.text.endswith(" ") else 0)
    draw.line((end + 1, 17, end + 1, 28), fill=1)
    draw.line((0, 33, WIDTH_PX - 1, 33), fill=1)
    middle = WIDTH_PX // 2
    half = max(10, width_px(sheet.choice, "bold") // 2 + 5)
    draw.rectangle((middle - half, 39, middle + half, 58), fill=1)
    draw_text(page, (middle - half + 1, 41, middle + half, 57), sheet.choice, "bold", ink=0, centred=True)
    for side in (-1, 1):
        x = middle + side * (half + 4)
        for step in range(1, 6):
            choice = sheet.choices[(sheet.at + side * step) % len(sheet.choices)]
            wide = width_px(choice, "small") + 6
            if not 0 <= x + side * wide <= WIDTH_PX:
                break
            box = (x, 43, x + wide, 55) if side > 0 else (x - wide, 43, x, 55)
            draw_text(page, box, choice, "small", centred=True)
            x += side * wide
