"""The screen in a terminal (a real pseudo-terminal, read by a small emulator) and as PNG."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import select
import struct
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pedal.virtual import screen
from pedal.virtual.screen import VirtualScreen, terminal_lines


def page_of(seed: int) -> Image.Image:
    image = Image.new("1", (128, 64))
    for i in range(200):
        image.putpixel(((i * 37 + seed * 11) % 128, (i * 23 + seed) % 64), 1)
    return image


class Terminal:
    """A pseudo-terminal and as much of an emulator as the screen needs: lines, cursor up, erase."""

    def __init__(self, columns: int, rows: int) -> None:
        self.master, self.slave = pty.openpty()
        self.stream = os.fdopen(self.slave, "w", encoding="utf-8")
        self.resize(columns, rows)
        self.lines = [""]
        self.row = 0

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self) -> list[str]:
        os.set_blocking(self.master, False)
        data = b""
        try:
            while chunk := os.read(self.master, 65536):
                data += chunk
        except BlockingIOError:
            pass
        for token in re.findall(r"\x1b\[[?0-9;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", data.decode()):
            self.take(token)
        return self.lines[: self.row]

    def take(self, token: str) -> None:
        if token == "\n":
            self.row += 1
            if self.row == len(self.lines):
                self.lines.append("")
        elif token.endswith("A"):
            self.row -= int(token[2:-1])
            assert self.row >= 0
        elif token == "\x1b[J":
            del self.lines[self.row + 1 :]
            self.lines[self.row] = ""
        elif token == "\x1b[2J":
            self.lines, self.row = [""], 0
        elif not token.startswith(("\x1b", "\r")):
            self.lines[self.row] = token

    def close(self) -> None:
        self.stream.close()
        os.close(self.master)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal(80, 24)
    yield made
    made.close()


def test_pages_are_drawn_in_place(terminal: Terminal) -> None:
    device = VirtualScreen(terminal.stream)
    for seed in range(3):
        device.footer = f"1 bypass {seed}"
        device.display(page_of(seed))
        lines = terminal.read()
        assert lines == [*terminal_lines(page_of(seed), 80, 24), f"1 bypass {seed}"]
        assert max(map(len, lines)) < 80
    assert len(lines) == 19


def test_a_changed_size_starts_afresh(terminal: Terminal) -> None:
    device = VirtualScreen(terminal.stream)
    for columns, rows, drawn in [(80, 24, 19), (160, 50, 35), (40, 10, 2), (80, 24, 19), (67, 20, 19), (66, 20, 2)]:
        terminal.resize(columns, rows)
        device.display(page_of(1))
        lines = terminal.read()
        assert len(lines) == drawn
        assert all(len(line) < columns for line in lines)
        assert len(lines) < rows


def test_the_cursor_comes_back(terminal: Terminal) -> None:
    device = VirtualScreen(terminal.stream)
    device.display(page_of(1))
    device.cleanup()
    terminal.stream.flush()
    shown = b""
    while not shown.endswith(screen._SHOW_CURSOR.encode()):  # a terminal hands out what it has so far
        assert select.select([terminal.master], [], [], 10)[0], shown
        shown += os.read(terminal.master, 65536)


def test_what_is_no_terminal_is_left_alone() -> None:
    stream = io.StringIO()
    device = VirtualScreen(stream)
    device.display(page_of(1))
    device.cleanup()
    assert stream.getvalue() == ""


def undrawn(lines: list[str], form: str) -> Image.Image:
    """The page that text shows."""
    image = Image.new("1", (128, 64))
    for row, line in enumerate(lines[1:-1]):
        for column, char in enumerate(line[1:-1]):
            if form == "half":
                for dy in range(2):
                    image.putpixel((column, 2 * row + dy), " ▀▄█".index(char) >> dy & 1)
                continue
            # braille counts its dots 1-2-3-7 down the left, 4-5-6-8 down the right
            for dot, (dx, dy) in enumerate([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]):
                image.putpixel((2 * column + dx, 4 * row + dy), (ord(char) - 0x2800) >> dot & 1)
    return image


@pytest.mark.parametrize(("columns", "rows", "form"), [(131, 36, "half"), (80, 24, "braille")])
@settings(max_examples=15)
@given(pixels=st.binary(min_size=1024, max_size=1024))
def test_every_pixel_is_drawn(columns: int, rows: int, form: str, pixels: bytes) -> None:
    page = Image.frombytes("1", (128, 64), pixels)
    assert undrawn(terminal_lines(page, columns, rows), form).tobytes() == pixels


@given(st.integers(0, 300), st.integers(0, 100), st.booleans())
def test_any_size_has_room(columns: int, rows: int, utf8: bool) -> None:
    lines = terminal_lines(page_of(1), columns, rows, utf8=utf8)
    assert all(len(line) < max(columns, 1) for line in lines)
    assert len(lines) == 1 or len(lines) <= rows - 2
    if not utf8:
        assert "".join(lines).isascii()


def test_changed_pages_are_saved_enlarged(tmp_path: Path) -> None:
    device = VirtualScreen(png_dir=tmp_path)
    for seed in (1, 1, 2, 1):
        device.display(page_of(seed))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["page-00001.png", "page-00002.png", "page-00003.png"]
    with Image.open(tmp_path / names[1]) as saved:
        assert saved.size == (512, 256)
        assert saved.resize((128, 64), Image.Resampling.NEAREST).convert("1").tobytes() == page_of(2).tobytes()


def test_the_page_is_saved_on_request(tmp_path: Path) -> None:
    device = VirtualScreen()
    device.save_png(tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()
    device.display(page_of(4))
    device.save_png(tmp_path / "one.png", scale=1)
    with Image.open(tmp_path / "one.png") as saved:
        assert saved.convert("1").tobytes() == page_of(4).tobytes()
