"""The report as a picture: how loud the strum was, how late each period woke up, how long the way through is. Pure.

Written beside the report. Drawn with Pillow, twice as large as shown, so that lines come out smooth.
"""

from __future__ import annotations

import math

from PIL import Image, ImageDraw, ImageFont

from pedal.setup.findings import Findings
from pedal.setup.strum import HOT_DB, QUIET_DB
from pedal.setup.wakes import Wakes

_SIZE, _FINE = (1000, 620), 2
_INK, _PALE, _GRID, _PAPER = "#24292f", "#6e7781", "#e4e8ec", "#ffffff"
_GOOD, _WARN, _BAD = "#2da44e", "#bf8700", "#cf222e"
_LEFT, _RIGHT = 40, 960
#: The meter's lower end, in dBFS.
_LEAST_DB = -60.0


class _Paper:
    """A drawing in shown pixels."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (_SIZE[0] * _FINE, _SIZE[1] * _FINE), _PAPER)
        self._draw = ImageDraw.Draw(self.image)

    def text(self, x: float, y: float, text: str, size: int = 15, colour: str = _INK, anchor: str = "la") -> None:
        font = ImageFont.load_default(size * _FINE)
        self._draw.text((x * _FINE, y * _FINE), text, fill=colour, font=font, anchor=anchor)

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        self._draw.rectangle((left * _FINE, top * _FINE, max(left, right) * _FINE, bottom * _FINE), fill=colour)


def draw_report(findings: Findings) -> Image.Image:
    """An RGB image."""
    paper = _Paper()
    paper.text(_LEFT, 24, findings.title, 28)
    scaled = f", counting as one {findings.cpu_scale:g} times slower" if findings.cpu_scale != 1.0 else ""
    paper.text(_LEFT, 62, f"{findings.when}, {findings.machine}{scaled}"[:120], 14, _PALE)
    _draw_strum(paper, findings, 100)
    _draw_wakes(paper, findings, 210)
    _draw_way(paper, findings, 520)
    return paper.image.resize(_SIZE, Image.Resampling.LANCZOS)


def _draw_strum(paper: _Paper, findings: Findings, top: int) -> None:
    strum = findings.strum
    paper.text(_LEFT, top, "Guitar", 18)
    if strum is None:
        paper.text(_LEFT + 120, top + 2, "not measured", 15, _PALE)
        return
    colour = {"right": _GOOD, "clipping": _BAD}.get(strum.word, _WARN)
    paper.text(_LEFT + 120, top + 2, f"{strum.peak_db:.1f} dBFS. {strum.sentence}", 15, colour)
    y = top + 36

    def x(level_db: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (max(level_db, _LEAST_DB) - _LEAST_DB) / -_LEAST_DB

    paper.box(_LEFT, y, _RIGHT, y + 18, _GRID)
    paper.box(x(QUIET_DB), y + 20, x(HOT_DB), y + 23, _GOOD)
    paper.box(_LEFT, y, x(strum.peak_db), y + 18, colour)
    for level_db in (-60, -48, -36, -24, -12, 0):
        paper.text(x(level_db), y + 27, f"{level_db}", 12, _PALE, "ma")


def _draw_wakes(paper: _Paper, findings: Findings, top: int) -> None:
    choice = findings.choice
    paper.text(_LEFT, top, "Period", 18)
    if not findings.wakes:
        paper.text(_LEFT + 120, top + 2, "not measured", 15, _PALE)
        return
    if choice is not None:
        label = f"{choice.period_frames} frames x {choice.periods}. How late it woke up, in periods; grey: room"
        paper.text(_LEFT + 120, top + 2, label, 15, _GOOD if choice.sure else _BAD)
    wide = (_RIGHT - _LEFT) / len(findings.wakes)
    for index, wakes in enumerate(findings.wakes):
        is_chosen = choice is not None and choice.period_frames == wakes.period_frames
        _draw_histogram(paper, wakes, _LEFT + index * wide, top + 40, wide - 24, is_chosen)


def _draw_histogram(paper: _Paper, wakes: Wakes, left: float, top: float, wide: float, is_chosen: bool) -> None:
    """Bars as high as the logarithm of a count: one late wake-up in thousands must be seen."""
    high, count = 170.0, max(1, len(wakes.heights))
    room = min(1.0, 10 * (wakes.periods - 1) / count)
    paper.box(left, top, left + room * wide, top + high, _GRID)
    most = math.log10(1 + max(wakes.heights, default=0)) or 1.0
    for at, height in enumerate(wakes.heights):
        if height:
            tall = max(3.0, high * math.log10(1 + height) / most)
            x = left + wide * at / count
            paper.box(x, top + high - tall, x + wide / count - 1, top + high, _GOOD if is_chosen else _PALE)
    for period in range(int(count / 10) + 1):
        paper.text(left + wide * 10 * period / count, top + high + 4, f"{period}", 12, _PALE, "ma")
    worst_ms = 1e3 * wakes.late_s[2]
    paper.text(left, top + high + 22, f"{wakes.period_frames}: latest {worst_ms:.2f} ms", 14, _INK)
    gaps = f"{wakes.xruns} gaps in {wakes.seconds:.0f} s"
    paper.text(left, top + high + 42, gaps, 13, _BAD if wakes.xruns else _PALE)


def _draw_way(paper: _Paper, findings: Findings, top: int) -> None:
    paper.text(_LEFT, top, "Way", 18)
    loop = findings.loop
    if loop is None or loop.frames is None:
        said = "not measured" if loop is None else "nothing came back through the cable"
        paper.text(_LEFT + 120, top + 2, said, 15, _PALE)
        return
    ms = 1e3 * loop.frames / findings.rate_hz
    said = f"{loop.frames} frames, {ms:.2f} ms from output to input. Noise {loop.noise_db:.1f} dBFS RMS"
    paper.text(_LEFT + 120, top + 2, said, 15)
    scale = (_RIGHT - _LEFT) / max(20.0, ms)
    buffer_ms = min(ms, 1e3 * findings.loop_frames / findings.rate_hz)
    paper.box(_LEFT, top + 36, _RIGHT, top + 54, _GRID)
    paper.box(_LEFT, top + 36, _LEFT + ms * scale, top + 54, _WARN)
    paper.box(_LEFT, top + 36, _LEFT + buffer_ms * scale, top + 54, _GOOD)
    for tick in range(0, int(max(20.0, ms)) + 1, 5):
        paper.text(_LEFT + tick * scale, top + 60, f"{tick} ms", 12, _PALE, "ma")
