"""Reading the display: pictures out of a bus log, words out of pictures."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from PIL import Image

from pedal.panel.display.oled_devices import OLEDS
from pedal.panel.display.pages import PanelView, draw_page, message_page
from tests.lab.hardware.bench import _HEAD, Bench, BenchError, Transfer, parse_log
from tests.lab.hardware.screen import REST_NS, Picture, Screen

CRUNCH = PanelView("Crunch", 1, 4, "Starter crunch", "Full", load_norm=0.46, in_peak_db=-17.0, out_peak_db=-11.0)


class Wire:
    """A luma interface that writes down transfers, a tenth of a millisecond apart."""

    def __init__(self) -> None:
        self.sent: list[Transfer] = []
        self.now_ns = 1_000_000_000

    def command(self, *cmd: int) -> None:
        self._send(bytes([0x00, *cmd]))

    def data(self, data: list[int]) -> None:
        self._send(bytes([0x40, *data]))

    def cleanup(self) -> None:
        pass

    def _send(self, octets: bytes) -> None:
        self.now_ns += 100_000
        self.sent.append(Transfer(self.now_ns, "written", octets))


def shown(*pages: Image.Image, driver: str = "ssd1306") -> Screen:
    wire = Wire()
    device = OLEDS[driver](wire)
    for page in pages:
        device.display(page)
        wire.now_ns += 2 * REST_NS
    screen = Screen(driver)
    screen.feed(wire.sent)
    return screen


def picture_of(page: Image.Image) -> Picture:
    return shown(page).now()


def test_every_page_that_stood_is_one_picture() -> None:
    pages = [draw_page(CRUNCH), message_page("Starting", "A moment"), draw_page(CRUNCH)]
    pictures = [picture for picture in shown(*pages).settled() if picture.pixels.any()]
    assert [picture.differs(page) for picture, page in zip(pictures, pages, strict=True)] == [[], [], []]
    assert pictures[0].digest == pictures[2].digest != pictures[1].digest


def test_a_page_that_is_half_sent_is_none() -> None:
    wire = Wire()
    device = OLEDS["sh1106"](wire)
    device.display(draw_page(CRUNCH))
    screen = Screen("sh1106")
    for transfer in wire.sent:  # as a driver that looks in between
        screen.feed([transfer])
    assert screen.pictures == []
    assert len(screen.settled()) == 1


def test_one_pixel_is_named() -> None:
    page = draw_page(CRUNCH)
    picture = picture_of(page)
    page.putpixel((17, 40), 0 if page.getpixel((17, 40)) else 1)
    assert picture.differs(page) == [(17, 40)]


@pytest.mark.parametrize("words", ["Crunch", "Starter crunch", "Full", "CPU", "46%", "IN", "OUT"])
def test_words_on_a_page_are_read(words: str) -> None:
    assert picture_of(draw_page(CRUNCH)).says(words)


@pytest.mark.parametrize("words", ["Lite", "47%", "Crunchy", "BYPASS", "Starter  lead"])
def test_words_that_are_not_there_are_not(words: str) -> None:
    assert not picture_of(draw_page(CRUNCH)).says(words)


def test_dark_words_on_a_bar_are_read_too() -> None:
    page = PanelView("Crunch", 1, 4, "Starter crunch", "Full", bypassed=True, message="No such file")
    picture = picture_of(draw_page(page))
    assert picture.says("BYPASS", "bold")
    assert picture.says("No such file", "small")
    assert picture.says("Crunch", "bold")


def test_after_a_power_up_the_glass_is_dark() -> None:
    screen = shown(draw_page(CRUNCH))
    screen.feed([Transfer(9_000_000_000, "refused"), Transfer(9_500_000_000, "power up", b"\xaa" * 1024)])
    assert not screen.now().is_lit
    assert screen.refusals == [9_000_000_000]


def test_a_picture_is_saved_as_it_looks(tmp_path: Path) -> None:
    picture_of(draw_page(CRUNCH)).save(tmp_path / "page.png", scale=2)
    assert Image.open(tmp_path / "page.png").size == (128 * 2 + 12, 64 * 2 + 12)


def test_the_log_comes_in_pieces(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    records = b"".join(_HEAD.pack(i, 1, i) + bytes(i) for i in range(5))
    log, read = tmp_path / "log", []
    for octet in records:
        with log.open("ab") as file:
            file.write(bytes([octet]))
        read += bench.new_transfers()
    assert [(transfer.at_ns, len(transfer.octets)) for transfer in read] == [(i, i) for i in range(5)]
    bench.close(remove=True)
    assert not tmp_path.exists()


@pytest.mark.parametrize("octets", [_HEAD.pack(0, 9, 0), _HEAD.pack(0, 1, 1 << 30), b"\xff" * 40])
def test_a_damaged_log_is_an_error(octets: bytes) -> None:
    whole = _HEAD.pack(0, 1, 2) + b"ab"
    with pytest.raises(BenchError, match="damaged at byte 18"):
        list(itertools.islice(parse_log(whole + octets), 3))


def test_a_knob_has_two_ends(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    for value in (-0.1, 1.1):
        with pytest.raises(BenchError):
            bench.turn(0, value)
    bench.turn(7, 1.0)
    bench.close()
