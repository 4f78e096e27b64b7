"""A board as a drawing: the 40-pin header, and a coloured wire from it to each part. SVG, from the board's records.

Called by ``wiring_page``. Pure. Parts stand beside the header's two rows of pins, in the order of their pins, and each
wire has a lane of its own for its way up or down, so that wires of one side seldom cross.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from pedal.config import Board
from pedal.config.wires import pins_in_use
from pedal.offline.wiring import PLACES, POWER, Wire, wires_of

WIDTH = 1120
_PITCH, _TOP = 26.0, 84.0
_ODD_X, _EVEN_X = 546.0, 574.0
#: Where the labels beside the pins end and lanes begin, from the middle of the drawing.
_LANES_FROM, _LANE = 120.0, 9.0
_BOX_WIDTH, _BOX_MARGIN = 232.0, 16.0
_TITLE_HEIGHT, _ROW_HEIGHT, _GAP = 22.0, 18.0, 12.0
_COLOURS = (
    "#c0392b", "#1f6fb2", "#2e8b57", "#b8860b", "#7d3c98", "#d35400", "#148f8f", "#c2185b", "#5d6d1e", "#34495e",
    "#8b5a2b", "#3f51b5",
)  # fmt: skip
_SUPPLIES = {"3.3 V": "#e59866", "5 V": "#e74c3c", "ground": "#707b7c"}
_CARD, _FREE = "#d7cdea", "#ffffff"


@dataclass
class _Part:
    """One box: its wires, and rows that have none."""

    title: str
    wires: list[Wire]
    rows: list[str]
    supplies: tuple[str, ...]
    colour: str = ""
    y: float = 0.0

    @property
    def height(self) -> float:
        return _TITLE_HEIGHT + _ROW_HEIGHT * (len(self.wires) + len(self.rows)) + 6.0

    @property
    def is_left(self) -> bool:
        odd = sum(_place(wire) % 2 for wire in self.wires)
        return 2 * odd >= len(self.wires)

    @property
    def wanted_y(self) -> float:
        return sum(_leaves_at(wire, self.is_left) for wire in self.wires) / len(self.wires)

    def terminal_y(self, index: int) -> float:
        return self.y + _TITLE_HEIGHT + _ROW_HEIGHT * (index + 0.5)


@dataclass
class _Run:
    """One wire's way: from the header's height to the terminal's, on a lane between."""

    start_y: float
    end_y: float
    wire: Wire
    colour: str
    lane: int = -1

    def meets(self, other: _Run) -> bool:
        low, high = sorted((self.start_y, self.end_y))
        other_low, other_high = sorted((other.start_y, other.end_y))
        return low <= other_high + 6.0 and other_low <= high + 6.0


def wiring_drawing(board: Board) -> str:
    """The drawing of ``board``, SVG with a white ground."""
    parts = _parts(board)
    for colour, part in enumerate(parts):
        part.colour = _COLOURS[colour % len(_COLOURS)]
    bottom_y = max(_TOP + 20 * _PITCH, *(_stack([p for p in parts if p.is_left is left]) for left in (True, False)))
    height = round(bottom_y + 44.0)
    body = [
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(WIDTH / 2, 30, board.title, 18, "middle", "bold"),
        _text(
            WIDTH / 2, 50, f"card: {board.audio.card}. The header is seen from above, pin 1 at the end of the SD card."
        )
        if not board.virtual
        else "",
    ]
    for left in (True, False):
        side = [part for part in parts if part.is_left is left]
        body += _wires(side, left)
        body += [line for part in side for line in _box(part, left)]
    body += _header(board, parts)
    legend = "Ground, 3.3 V and 5 V of a part go to any pin of that colour. Violet pins are the sound card's."
    body.append(_text(WIDTH / 2, height - 16, legend))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="DejaVu Sans, Verdana, sans-serif">\n' + "\n".join(body) + "\n</svg>\n"
    )


def _parts(board: Board) -> list[_Part]:
    """The boxes, in the order of the header."""
    parts: dict[str, _Part] = {}
    for wire in wires_of(board):
        if wire.bcm is None:
            parts["MCP3008"].rows.append(f"{wire.signal}: {wire.part}")
            continue
        part = parts.setdefault(wire.part, _Part(wire.part, [], [], _supplies_of(wire)))
        part.wires.append(wire)
    for part in parts.values():
        part.wires.sort(key=lambda wire, part=part: _leaves_at(wire, part.is_left))  # type: ignore[misc]
    return sorted(parts.values(), key=lambda part: part.wanted_y)


def _supplies_of(wire: Wire) -> tuple[str, ...]:
    kind = wire.part.partition(" ")[0]
    if kind == "relay":
        return ("5 V", "ground")
    if kind in ("display", "MCP3008", "MIDI"):
        return ("3.3 V", "ground")
    return ("3.3 V",) if "3.3 V" in wire.what else ("ground",)


def _place(wire: Wire) -> int:
    return PLACES[wire.bcm] if wire.bcm is not None else 0


def _pin_y(place: int) -> float:
    return _TOP + _PITCH * ((place - 1) // 2 + 0.5)


def _leaves_at(wire: Wire, left: bool) -> float:
    """Height at which a wire leaves the header; one from the other row of pins passes between two pins of this one."""
    place = _place(wire)
    return _pin_y(place) + (0.0 if (place % 2 == 1) == left else 0.5 * _PITCH)


def _stack(parts: Sequence[_Part]) -> float:
    """Give each box of one side its height: near its pins, none over another. Returns the lowest edge."""
    edge_y = _TOP - 10.0
    for part in parts:
        terminals_y = _TITLE_HEIGHT + 0.5 * _ROW_HEIGHT * len(part.wires)
        part.y = max(edge_y, part.wanted_y - terminals_y)
        edge_y = part.y + part.height + _GAP
    return edge_y


def _wires(parts: Iterable[_Part], left: bool) -> list[str]:
    runs = [
        _Run(_leaves_at(wire, left), part.terminal_y(index), wire, part.colour)
        for part in parts
        for index, wire in enumerate(part.wires)
    ]
    # Of wires that go down, the lowest turns first, and of those that go up the highest: so none crosses its neighbour.
    down = sorted((run for run in runs if run.end_y >= run.start_y), key=lambda run: -run.start_y)
    up = sorted((run for run in runs if run.end_y < run.start_y), key=lambda run: run.start_y)
    settled: list[_Run] = []
    for group in (down, up):
        for run in group:
            inner = [other.lane for other in settled if other.meets(run)]
            run.lane = 1 + max(inner, default=-1)
            settled.append(run)
    return [_way(run, left) for run in runs]


def _way(run: _Run, left: bool) -> str:
    place = _place(run.wire)
    side = -1.0 if left else 1.0
    start_x = _ODD_X if place % 2 else _EVEN_X
    lane_x = WIDTH / 2 + side * (_LANES_FROM + _LANE * run.lane)
    end_x = WIDTH / 2 + side * (WIDTH / 2 - _BOX_MARGIN - _BOX_WIDTH)
    points = [(start_x, _pin_y(place))]
    if run.start_y != _pin_y(place):
        points.append((start_x + side * 14.0, run.start_y))
    points += [(lane_x, run.start_y), (lane_x, run.end_y), (end_x, run.end_y)]
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    return (
        f'<polyline points="{line}" fill="none" stroke="{run.colour}" stroke-width="2.2" stroke-linejoin="round"/>'
        f'<circle cx="{end_x:g}" cy="{run.end_y:g}" r="3.6" fill="{run.colour}"/>'
    )


def _box(part: _Part, left: bool) -> list[str]:
    x = _BOX_MARGIN if left else WIDTH - _BOX_MARGIN - _BOX_WIDTH
    lines = [
        f'<rect x="{x:g}" y="{part.y:g}" width="{_BOX_WIDTH:g}" height="{part.height:g}" rx="5" fill="#fafafa" '
        f'stroke="{part.colour}" stroke-width="1.6"/>',
        _text(x + 9, part.y + 15, part.title, 12, "start", "bold"),
    ]
    chip_x = x + _BOX_WIDTH - 6.0
    for supply in reversed(part.supplies):
        width = 6.2 * len(supply) + 8.0
        chip_x -= width
        lines.append(
            f'<rect x="{chip_x:g}" y="{part.y + 4:g}" width="{width:g}" height="14" rx="3" fill="{_SUPPLIES[supply]}"/>'
        )
        lines.append(_text(chip_x + width / 2, part.y + 14.5, supply, 9, "middle", "bold", "#ffffff"))
        chip_x -= 4.0
    for index, wire in enumerate(part.wires):
        words = wire.what.partition(";")[0] + (" (1 kOhm)" if part.title.startswith("light ") else "")
        anchor, at_x = ("end", x + _BOX_WIDTH - 10) if left else ("start", x + 10)
        lines.append(_text(at_x, part.terminal_y(index) + 4, words, 11, anchor))
    for index, row in enumerate(part.rows, len(part.wires)):
        lines.append(_text(x + 9, part.terminal_y(index) + 4, row, 11, "start", colour="#555555"))
    return lines


def _header(board: Board, parts: Sequence[_Part]) -> list[str]:
    colours = {_place(wire): part.colour for part in parts for wire in part.wires}
    mine = {_place(wire): f"BCM {wire.bcm}" for part in parts for wire in part.wires}
    reserved = {PLACES[bcm]: reason for bcm, reason in pins_in_use(board).items() if bcm in PLACES}
    bcm_at = {place: bcm for bcm, place in PLACES.items()}
    lines = [
        f'<rect x="{_ODD_X - 18:g}" y="{_TOP - 6:g}" width="{_EVEN_X - _ODD_X + 36:g}" height="{20 * _PITCH + 12:g}" '
        'rx="6" fill="#2b2b2b"/>'
    ]
    for place in range(1, 41):
        left = place % 2 == 1
        x, y = (_ODD_X if left else _EVEN_X), _pin_y(place)
        reason = reserved.get(place, "")
        is_cards = "sound card" in reason
        fill = _SUPPLIES.get(POWER.get(place, ""), colours.get(place, _CARD if is_cards else _FREE))
        light = place not in colours and place not in POWER
        shape = f'x="{x - 10:g}" y="{y - 10:g}" width="20" height="20"' + ("" if place == 1 else ' rx="10"')
        lines.append(f'<rect {shape} fill="{fill}" stroke="#ffffff" stroke-width="1"/>')
        lines.append(_text(x, y + 3.5, str(place), 9, "middle", "bold", "#222222" if light else "#ffffff"))
        label = mine.get(place) or POWER.get(place) or (f"BCM {bcm_at[place]}" if place in bcm_at else "EEPROM")
        if is_cards and place not in mine:
            label = reason.partition("(")[2].rstrip(")")
        colour = colours.get(place, "#999999")
        at_x, anchor = (_ODD_X - 24, "end") if left else (_EVEN_X + 24, "start")
        lines.append(_text(at_x, y - 3, label, 9, anchor, colour=colour))
    return lines


def _text(
    x: float, y: float, words: str, size: float = 11, anchor: str = "middle", weight: str = "normal",
    colour: str = "#222222",
) -> str:  # fmt: skip
    style = f'font-size="{size:g}" text-anchor="{anchor}" fill="{colour}"'
    bold = f' font-weight="{weight}"' if weight != "normal" else ""
    return f'<text x="{x:g}" y="{y:g}" {style}{bold}>{escape(words)}</text>'
