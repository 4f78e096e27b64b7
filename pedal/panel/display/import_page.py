"""The page of an import: what was found, how far it is, what was refused, and that the stick may be removed. Pure.

Drawn by the panel's loop instead of the usual page while something is brought in.
"""

from __future__ import annotations

from PIL import Image, ImageDraw

from pedal.library.report import Progress
from pedal.library.telling import Question, Told
from pedal.panel.display.pages import HEIGHT_PX, WIDTH_PX
from pedal.panel.display.text import draw_text, wrapped

_TITLES = {"stick": "USB stick", "inbox": "Inbox"}
_BAR = (1, 33, WIDTH_PX - 2, 43)


def draw_import(told: Told, tick: int = 0, agree_by: str = "") -> Image.Image:
    """Mode ``1``, 128x64: a title, what is being done, a bar while it is, and at the foot what was refused.

    Where something is asked, the foot says which switch agrees: ``agree_by``, empty if there is none.
    """
    page = Image.new("1", (WIDTH_PX, HEIGHT_PX))
    draw = ImageDraw.Draw(page)
    progress = told.progress
    draw.rectangle((0, 0, WIDTH_PX - 1, 14), fill=1)
    draw_text(page, (3, 0, WIDTH_PX - 3, 14), _TITLES[told.source], "bold", ink=0)
    if progress.phase == "failed":
        for row, line in enumerate(wrapped(progress.text, "small", WIDTH_PX - 2)[:4]):
            draw_text(page, (1, 17 + 12 * row, WIDTH_PX, 28 + 12 * row), line, "small")
    elif progress.phase == "done":
        _draw_done(page, progress, tick)
    elif told.question is not None:
        _draw_question(page, draw, told.question, agree_by, tick)
    else:
        _draw_work(page, draw, progress)
    return page


def _draw_question(page: Image.Image, draw: ImageDraw.ImageDraw, question: Question, agree_by: str, tick: int) -> None:
    """When the backup was made, what it holds, what it would change; and how to say yes or no."""
    lines = (f"Backup of {question.made}", question.holds, question.changes)
    for row, line in enumerate(lines):
        draw_text(page, (1, 16 + 12 * row, WIDTH_PX, 27 + 12 * row), line, "small", tick=tick)
    draw.rectangle((0, 53, WIDTH_PX - 1, HEIGHT_PX - 1), fill=1)
    way = f"Restore: hold {agree_by.upper()} 2 s. Tap: no." if agree_by else "`pedal restore` takes it back."
    draw_text(page, (2, 53, WIDTH_PX - 2, HEIGHT_PX), way, "small", tick=tick, ink=0)


def _draw_work(page: Image.Image, draw: ImageDraw.ImageDraw, progress: Progress) -> None:
    """Looking: a count that grows. Importing and saving: a bar."""
    if progress.phase == "looking":
        draw_text(page, (0, 22, WIDTH_PX, 38), f"Found {progress.found}", "bold", centred=True)
        draw_text(page, (0, 42, WIDTH_PX, 54), "Looking ...", "small", centred=True)
        return
    words = {"saving": "Saving a backup", "restoring": "Restoring"}
    word = words.get(progress.phase, f"Found {progress.found}: importing")
    draw_text(page, (0, 18, WIDTH_PX, 30), word, "small", centred=True)
    left, top, right, bottom = _BAR
    draw.rectangle(_BAR, outline=1)
    lit = round((right - left - 3) * min(progress.done / max(progress.found, 1), 1.0))
    if lit:
        draw.rectangle((left + 2, top + 2, left + 1 + lit, bottom - 2), fill=1)
    foot = f"{progress.done} of {progress.found}" + (f", {progress.refused} refused" if progress.refused else "")
    draw_text(page, (0, 48, WIDTH_PX, 60), foot, "small", centred=True)


def _draw_done(page: Image.Image, progress: Progress, tick: int) -> None:
    counts = [
        _counted(progress.models, "model"),
        _counted(progress.impulses, "IR"),
        _counted(progress.presets, "preset"),
        f"{progress.known} known" if progress.known else "",
        f"{progress.refused} refused" if progress.refused else "",
    ]
    draw_text(page, (0, 18, WIDTH_PX, 31), ", ".join(part for part in counts if part), "small", tick=tick, centred=True)
    for row, line in enumerate(wrapped(progress.text, "bold", WIDTH_PX - 4)[:2]):
        draw_text(page, (0, 31 + 16 * row, WIDTH_PX, 47 + 16 * row), line, "bold", tick=tick, centred=True)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number != 1 else ''}" if number else ""
