"""The pages of the 128x64 OLED: what the player sees, as pure functions from a view to an image.

Called by the panel's loop in pedal-panel, by the virtual screen and by the snapshots of the tests.
``python -m pedal.panel.display.pages FILE.png`` saves a picture of two pages.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import Literal

from PIL import Image, ImageDraw

from pedal.panel.display import shapes
from pedal.panel.display.text import draw_text, printable, width_px, wrapped

WIDTH_PX, HEIGHT_PX = 128, 64

AudioState = Literal["playing", "safe mode", "starting", "lost card", "no audio"]
LoopState = Literal["empty", "recording", "playing", "overdubbing", "stopped"]


@dataclass(frozen=True, slots=True)
class LoopView:
    """What the foot of the page shows of a loop: where it is, of how long; while recording, of how long it may be."""

    state: LoopState
    place_s: float
    whole_s: float


@dataclass(frozen=True, slots=True)
class PanelView:
    """Everything a page shows.

    Attributes:
        preset_name, preset_number, preset_count: number counts from 1; 0 of 0 where there is no list.
        model_name: of the amp shown.
        width_label: ``Full``, ``Lite`` or empty (a preset without an amp).
        held_down: narrower than the player asked, because the CPU has no room.
        load_norm, budget_norm: shares of a period, 1.0 is all of it.
        in_peak_db, out_peak_db: dBFS.
        in_clipped: since the last page or a little longer.
        bypassed, muted: as switched.
        edited: the preset differs from what was saved.
        snapshot: the one that was recalled, such as ``S3 Chorus``; or empty.
        message: one sentence, or empty.
        audio_state: what the sound card is doing.
        cpu_scale: this machine counts as one so many times slower; 1.0 is as it is.
        loop: in place of the load, as long as there is one.
        tick: pages drawn so far, about ten a second; long names scroll by it.
    """

    preset_name: str
    preset_number: int = 0
    preset_count: int = 0
    model_name: str = ""
    width_label: str = ""
    held_down: bool = False
    load_norm: float = 0.0
    budget_norm: float = 0.7
    in_peak_db: float = -120.0
    out_peak_db: float = -120.0
    in_clipped: bool = False
    bypassed: bool = False
    muted: bool = False
    edited: bool = False
    snapshot: str = ""
    message: str = ""
    audio_state: AudioState = "playing"
    cpu_scale: float = 1.0
    loop: LoopView | None = None
    tick: int = 0


_BANNERS: dict[AudioState, str] = {
    "playing": "", "safe mode": "Safe mode", "starting": "Starting", "lost card": "Card lost", "no audio": "No audio",
}  # fmt: skip

_LOOP_WORDS: dict[LoopState, str] = {
    "empty": "", "recording": "REC", "playing": "LOOP", "overdubbing": "DUB", "stopped": "STOP",
}  # fmt: skip
#: Columns of a loop's word, so that its bar stays where it is.
_LOOP_WORD_PX = 29

#: Rows of the preset's number: more than half the glass, to be read from above. Columns for two digits.
_NUMBER_BOTTOM, _NUMBER_RIGHT = 33, 43
#: Beside it begin the names.
_NAMES_LEFT = 48
#: Columns right of this belong to the meters.
_BODY_RIGHT = 103
_LINE_TOP, _MODEL_TOP, _LABEL_TOP = 16, 18, 29
_BAND_TOP, _BAND_BOTTOM = 36, 50
_FOOT_TOP = 53
#: At the right of the preset's name, where it was edited.
_EDITED_PX = 9


def draw_page(view: PanelView) -> Image.Image:
    """The page of a playing pedal, mode ``1``, 128x64.

    The preset's number is what is read from above. Beside it preset, model and width, below it the amp that is wide or
    narrow, or the snapshot that was recalled; in place of amp and width what keeps it from being heard: bypass, mute, a
    card that is gone. At the foot the load with its budget, or a loop, or a message.
    """
    page = Image.new("1", (WIDTH_PX, HEIGHT_PX))
    draw = ImageDraw.Draw(page)
    left = _NAMES_LEFT if view.preset_number else 0
    if view.preset_number:
        shapes.draw_number(draw, (0, 0, _NUMBER_RIGHT, _NUMBER_BOTTOM), view.preset_number)
    _draw_names(page, draw, view, left)
    banner = _BANNERS[view.audio_state] or ("MUTED" if view.muted else "BYPASS" if view.bypassed else "")
    model = f"{view.model_name} \u00b7 {view.width_label}" if banner and view.width_label else view.model_name
    draw_text(page, (left, _MODEL_TOP, _BODY_RIGHT, _MODEL_TOP + 11), model, "small", tick=view.tick)
    if banner:
        draw.rectangle((0, _BAND_TOP, _BODY_RIGHT - 3, _BAND_BOTTOM), fill=1)
        draw_text(page, (2, _BAND_TOP, _BODY_RIGHT - 4, _BAND_BOTTOM + 1), banner, "bold", ink=0, centred=True)
    else:
        _draw_width(page, draw, view)
    _draw_meters(page, draw, view)
    if view.message:
        draw.rectangle((0, _FOOT_TOP, WIDTH_PX - 1, HEIGHT_PX - 1), fill=1)
        draw_text(page, (2, _FOOT_TOP, WIDTH_PX - 2, HEIGHT_PX), view.message, "small", tick=view.tick, ink=0)
    elif view.loop:
        draw_loop(page, draw, view.loop)
    else:
        _draw_foot(page, draw, view)
    return page


def message_page(title: str, text: str) -> Image.Image:
    """A page that only says something: a title and up to four lines."""
    page = Image.new("1", (WIDTH_PX, HEIGHT_PX))
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, WIDTH_PX - 1, 14), fill=1)
    draw_text(page, (3, 0, WIDTH_PX - 3, 14), title, "bold", ink=0)
    for i, line in enumerate(wrapped(text, "small", WIDTH_PX - 2)[:4]):
        draw_text(page, (1, 17 + 12 * i, WIDTH_PX, 28 + 12 * i), line, "small")
    return page


def splash(version: str) -> Image.Image:
    """The page while the pedal starts."""
    page = Image.new("1", (WIDTH_PX, HEIGHT_PX))
    draw = ImageDraw.Draw(page)
    shapes.draw_amp(draw, (WIDTH_PX - shapes.AMP_WIDTH_PX) // 2, 4, wide=True, ghost=False)
    draw_text(page, (0, 29, WIDTH_PX, 52), "pedal", "big", centred=True)
    draw_text(page, (0, 53, WIDTH_PX, 64), version, "small", centred=True)
    return page


def enlarged(page: Image.Image, scale: int = 4) -> Image.Image:
    """The same pixels, ``scale`` times as large, mode ``1``."""
    return page.resize((page.width * scale, page.height * scale), Image.Resampling.NEAREST)


def picture(page: Image.Image, scale: int = 6) -> Image.Image:
    """A page as it looks on the glass: lit dots with dark gaps, in a black frame; mode ``RGB``."""
    glass, lit = (8, 12, 16), (165, 222, 255)
    margin = 3 * scale
    image = Image.new("RGB", (page.width * scale + 2 * margin, page.height * scale + 2 * margin), glass)
    draw = ImageDraw.Draw(image)
    for y in range(page.height):
        for x in range(page.width):
            if page.getpixel((x, y)):
                left, top = margin + x * scale, margin + y * scale
                draw.rectangle((left, top, left + scale - 2, top + scale - 2), fill=lit)
    return image


def _draw_names(page: Image.Image, draw: ImageDraw.ImageDraw, view: PanelView, left: int) -> None:
    """The preset's name over a line that is solid where it stands in the list."""
    right = WIDTH_PX - (_EDITED_PX if view.edited else 0)
    draw_text(page, (left, 0, right, 15), view.preset_name, "bold", tick=view.tick)
    if view.edited:
        draw_text(page, (right + 2, 0, WIDTH_PX, 15), "*", "bold")
    draw.point([(x, _LINE_TOP) for x in range(left, WIDTH_PX, 2)], fill=1)
    if view.preset_number:
        step = (WIDTH_PX - left) / view.preset_count
        start = left + round((view.preset_number - 1) * step)
        draw.line((start, _LINE_TOP, max(start + 2, round(start + step) - 1), _LINE_TOP), fill=1)


def _draw_width(page: Image.Image, draw: ImageDraw.ImageDraw, view: PanelView) -> None:
    """The width in a word, its mark if there is no room for more; the amp, or the snapshot in its place."""
    if view.snapshot:
        right = min(width_px(printable(view.snapshot), "small") + 4, _NUMBER_RIGHT + 1)
        draw.rectangle((0, _BAND_TOP + 1, right - 1, _BAND_TOP + 13), fill=1)
        box = (2, _BAND_TOP + 2, right - 2, _BAND_TOP + 13)
        draw_text(page, box, view.snapshot, "small", ink=0, tick=view.tick)
    if not view.width_label:
        return
    if not view.snapshot:
        wide = view.width_label != "Lite"
        shapes.draw_amp(draw, 3, _BAND_TOP - 1, wide=wide, ghost=view.held_down, height=shapes.AMP_LOW_PX)
    right = _BODY_RIGHT - (14 if view.held_down else 0)
    end = draw_text(page, (_NAMES_LEFT, _LABEL_TOP, right, _LABEL_TOP + 23), view.width_label, "big", tick=view.tick)
    if view.held_down:
        x, y = end + 3, _LABEL_TOP + 6
        draw.polygon([(x, y), (x + 8, y), (x + 4, y + 4)], fill=1)
        draw_text(page, (x - 1, y + 7, x + 12, y + 13), "CPU", "tiny")


def _draw_meters(page: Image.Image, draw: ImageDraw.ImageDraw, view: PanelView) -> None:
    shapes.draw_meter(draw, (107, 18, 113, 43), view.in_peak_db, clipped=view.in_clipped)
    shapes.draw_meter(draw, (119, 18, 125, 43), view.out_peak_db)
    draw_text(page, (107, 45, 117, 51), "IN", "tiny")
    draw_text(page, (117, 45, 128, 51), "OUT", "tiny")


def _draw_foot(page: Image.Image, draw: ImageDraw.ImageDraw, view: PanelView) -> None:
    percent = f"{min(round(view.load_norm * 100), 999)}%"
    if view.cpu_scale != 1.0:
        percent = f"{percent} \u00f7{view.cpu_scale:g}"
    right = WIDTH_PX - width_px(percent, "small")
    end = draw_text(page, (0, _FOOT_TOP, 30, HEIGHT_PX), "CPU", "small")
    draw_text(page, (right, _FOOT_TOP, WIDTH_PX, HEIGHT_PX), percent, "small")
    shapes.draw_load(draw, (end + 4, _FOOT_TOP + 2, right - 5, HEIGHT_PX - 3), view.load_norm, view.budget_norm)


def draw_loop(page: Image.Image, draw: ImageDraw.ImageDraw, loop: LoopView, top: int = _FOOT_TOP) -> None:
    """A word, inverse while something is taken in; a bar; the time, of the whole loop as soon as there is one."""
    taking_in = loop.state in ("recording", "overdubbing")
    bottom = top + 11
    if taking_in:
        draw.rectangle((0, top, _LOOP_WORD_PX - 2, bottom - 1), fill=1)
    box = (0, top, _LOOP_WORD_PX - 1, bottom)
    draw_text(page, box, _LOOP_WORDS[loop.state], "small", ink=0 if taking_in else 1, centred=True)
    shown_s = int(loop.place_s if loop.state == "recording" else loop.whole_s)
    time = f"{shown_s // 60}:{shown_s % 60:02}"
    right = WIDTH_PX - width_px(time, "small")
    draw_text(page, (right, top, WIDTH_PX, bottom), time, "small")
    share = loop.place_s / loop.whole_s if loop.whole_s > 0.0 else 0.0
    shapes.draw_progress(draw, (_LOOP_WORD_PX + 3, top + 2, right - 5, bottom - 3), share)


def main() -> None:
    """Save the picture for the README: the same preset before and after it had to make room."""
    full = PanelView("Crunch", 1, 4, "Starter crunch", "Full", load_norm=0.46, in_peak_db=-17.0, out_peak_db=-11.0)
    lite = replace(full, width_label="Lite", held_down=True, load_norm=0.61, in_peak_db=-14.0)
    pictures = [picture(draw_page(view), scale=4) for view in (full, lite)]
    width, height = pictures[0].size
    sheet = Image.new("RGBA", (2 * width + 16, height))
    for i, glass in enumerate(pictures):
        sheet.paste(glass, (i * (width + 16), 0))
    sheet.save(sys.argv[1])


if __name__ == "__main__":
    main()
