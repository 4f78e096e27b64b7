"""The wiring pages: as the board files are, and drawings in which every wire arrives."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from itertools import combinations, pairwise

import pytest

from pedal.config import board_names, load_board, parse_board
from pedal.offline.wiring import PLACES, POWER, wires_of
from pedal.offline.wiring_drawing import WIDTH, wiring_drawing
from pedal.offline.wiring_page import FOLDER, wiring_files

REAL = [name for name in board_names() if not load_board(name).virtual]
SVG = "{http://www.w3.org/2000/svg}"


def test_the_pages_are_those_of_the_boards() -> None:
    made = wiring_files()
    assert {name.partition(".")[0] for name in made} == set(REAL)
    for name, text in made.items():
        path = FOLDER / name
        found = path.read_text(encoding="utf-8") if path.exists() else ""
        assert found == text, f"docs/wiring/{name} is out of date: run python -m pedal.offline.wiring_page"
    there = {path.name for path in FOLDER.iterdir()}
    assert there == set(made) | {"README.md"}


def test_the_readme_links_every_page() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in REAL:
        assert f"({name}.md)" in text


def test_every_place_of_the_header_is_known_once() -> None:
    places = list(PLACES.values())
    assert len(set(places)) == len(places) == 26
    assert set(places) | set(POWER) == set(range(1, 41)) - {27, 28}, "these two are the EEPROM's"


def drawn(name: str) -> ElementTree.Element:
    return ElementTree.fromstring(wiring_drawing(load_board(name)))


def ways(drawing: ElementTree.Element) -> list[list[tuple[float, float]]]:
    lines = [line.attrib["points"].split() for line in drawing.iter(f"{SVG}polyline")]
    return [[(float(x), float(y)) for x, y in (point.split(",") for point in line)] for line in lines]


@pytest.mark.parametrize("name", REAL)
def test_every_wire_is_drawn_once_and_inside(name: str) -> None:
    drawing = drawn(name)
    height = float(drawing.attrib["height"])
    signals = [wire for wire in wires_of(load_board(name)) if wire.bcm is not None]
    assert len(ways(drawing)) == len(signals)
    for way in ways(drawing):
        assert all(0 < x < WIDTH and 0 < y < height for x, y in way)
    for shape in drawing.iter(f"{SVG}rect"):
        top, tall = float(shape.attrib.get("y", 0)), float(shape.attrib["height"])
        assert top + tall <= height


@pytest.mark.parametrize("name", REAL)
def test_no_two_wires_run_over_each_other(name: str) -> None:
    """They may cross; they may not share a stretch of their way up or down."""
    lanes = []
    for way in ways(drawn(name)):
        for (x, y), (next_x, next_y) in pairwise(way):
            if x == next_x and y != next_y:
                lanes.append((x, min(y, next_y), max(y, next_y)))
    for (x, low, high), (other_x, other_low, other_high) in combinations(lanes, 2):
        assert x != other_x or high < other_low or other_high < low


def test_names_from_a_file_are_text() -> None:
    board = parse_board('title = "<script>&"\n[audio]\ncard = "M2"\n[switches.a]\npin = 5\naction = "bypass"', "x.toml")
    drawing = wiring_drawing(board)
    assert "<script>" not in drawing
    assert "&lt;script&gt;&amp;" in drawing
    ElementTree.fromstring(drawing)


def test_a_display_on_spi_and_a_board_without_wires() -> None:
    spi = '[audio]\ncard = "M2"\n[display]\ndriver = "ssd1309"\ninterface = "spi"'
    assert len(ways(ElementTree.fromstring(wiring_drawing(parse_board(spi, "x.toml"))))) == 5
    ElementTree.fromstring(wiring_drawing(parse_board('[audio]\ncard = "M2"', "x.toml")))
