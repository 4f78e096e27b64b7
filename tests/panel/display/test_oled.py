"""The OLED down to the bytes on the bus: an emulated controller stands where the glass would."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import luma.oled.device
import pytest
from hypothesis import given
from hypothesis import strategies as st
from luma.core.device import dummy
from PIL import Image, ImageDraw

from pedal.errors import BoardError
from pedal.panel.display.oled import BRIGHT, DIM, Display, open_display
from pedal.panel.display.oled_devices import OLEDS, PinSpi, pack_rows
from pedal.virtual.pins import VirtualPins

_ARGUMENTS = {0x20: 1, 0x21: 2, 0x22: 2, 0x81: 1, 0xA8: 1, 0xD3: 1, 0xD5: 1, 0xD9: 1, 0xDA: 1, 0xDB: 1, 0x8D: 1}


class Controller:
    """Memory of an SSD1306 (128 columns, a window) or an SH1106 (132 columns, page addressing)."""

    def __init__(self, kind: str) -> None:
        self.columns = 132 if kind == "sh1106" else 128
        self.windowed = kind != "sh1106"
        self.memory = [bytearray(self.columns) for _ in range(8)]
        self.window = (0, self.columns - 1, 0, 7)
        self.column = self.page = 0
        self.data_bytes = 0
        self.on = False
        self.contrast = 0
        self.closed = False

    def command(self, *cmd: int) -> None:
        octets = list(cmd)
        while octets:
            op = octets.pop(0)
            given_args = [octets.pop(0) for _ in range(_ARGUMENTS.get(op, 0))]
            if op == 0x81:
                self.contrast = given_args[0]
            elif op == 0x21:
                self.window = (*given_args, *self.window[2:])
                self.column = given_args[0]
            elif op == 0x22:
                self.window = (*self.window[:2], *given_args)
                self.page = given_args[0]
            elif op & 0xF8 == 0xB0:
                self.page = op & 0x07
            elif op & 0xF0 == 0x00 and not self.windowed:
                self.column = self.column & 0xF0 | op & 0x0F
            elif op & 0xF0 == 0x10 and not self.windowed:
                self.column = self.column & 0x0F | (op & 0x0F) << 4
            elif op in (0xAE, 0xAF):
                self.on = op == 0xAF

    def data(self, octets: list[int]) -> None:
        left, right, top, bottom = self.window
        self.data_bytes += len(octets)
        for octet in octets:
            self.memory[self.page][self.column] = octet
            self.column += 1
            if self.windowed and self.column > right:
                self.column = left
                self.page = self.page + 1 if self.page < bottom else top

    def cleanup(self) -> None:
        self.closed = True

    def seen(self) -> Image.Image:
        """What is lit on the glass."""
        image = Image.new("1", (128, 64))
        offset = (self.columns - 128) // 2
        for y in range(64):
            for x in range(128):
                image.putpixel((x, y), self.memory[y // 8][x + offset] >> y % 8 & 1)
        return image


def pattern(seed: int) -> Image.Image:
    image = Image.new("1", (128, 64))
    draw = ImageDraw.Draw(image)
    draw.ellipse((seed % 90, seed % 40, seed % 90 + 30, seed % 40 + 20), fill=1)
    draw.line((0, seed % 64, 127, 63 - seed % 64), fill=1)
    return image


@pytest.mark.parametrize("kind", OLEDS)
@pytest.mark.parametrize("rotate", [0, 2])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # luma's own display()
def test_the_glass_shows_what_lumas_own_driver_shows(kind: str, rotate: int) -> None:
    ours, theirs = Controller(kind), Controller(kind)
    device = OLEDS[kind](ours, rotate=rotate)
    reference = getattr(luma.oled.device, kind)(theirs, rotate=rotate)
    for seed in (3, 4, 77):
        device.display(pattern(seed))
        reference.display(pattern(seed))
        assert ours.memory == theirs.memory
    assert ours.on


@pytest.mark.parametrize("kind", OLEDS)
def test_only_changed_rows_travel(kind: str) -> None:
    controller = Controller(kind)
    device = OLEDS[kind](controller)
    page = pattern(9)
    device.display(page)
    controller.data_bytes = 0
    device.display(page)
    assert controller.data_bytes == 0
    ImageDraw.Draw(page).point((5, 60), fill=1)
    device.display(page)
    assert controller.data_bytes == 128
    assert controller.seen().tobytes() == page.tobytes()


@pytest.mark.parametrize("kind", OLEDS)
def test_it_is_dim_and_bright_again_and_never_off(kind: str) -> None:
    """Also after it was set up anew; the same page in another light is news."""
    controllers: list[Controller] = []

    def open_device() -> object:
        controllers.append(Controller(kind))
        return OLEDS[kind](controllers[-1])

    display = Display(open_device, renew_s=0.0)
    page = pattern(5)
    for dim, contrast in ((False, BRIGHT), (True, DIM), (True, DIM), (False, BRIGHT), (True, DIM)):
        display.show(page, dim=dim)
        wait_for(lambda contrast=contrast: controllers[0].contrast == contrast)
        assert controllers[0].on and DIM > 0
    wait_for(lambda: controllers[0].seen().tobytes() == page.tobytes())
    display.close()
    assert len(controllers) == 1


@given(st.binary(min_size=128, max_size=128))
def test_packing_puts_the_top_pixel_first(pixels: bytes) -> None:
    image = Image.frombytes("1", (64, 16), pixels)
    rows = pack_rows(image)
    assert [len(row) for row in rows] == [64, 64]
    for y in range(16):
        for x in range(64):
            assert (rows[y // 8][x] >> y % 8 & 1) == (image.getpixel((x, y)) != 0)


def test_spi_tells_commands_from_data_by_a_pin() -> None:
    class Bus:
        def __init__(self) -> None:
            self.sent: list[tuple[bool, bytes]] = []
            self.closed = False

        def write(self, octets: bytes) -> None:
            self.sent.append((bool(pins.pin("data").state), octets))

        def close(self) -> None:
            self.closed = True

    bus = Bus()
    with VirtualPins({"data": 24, "reset": 25}) as pins:
        spi = PinSpi(bus)
        assert [state.state for state in pins.pin("reset").states][-2:] == [False, True]
        spi.command(0xAE, 0x01)
        spi.data([1, 2, 3])
        spi.command(0xAF)
        assert bus.sent == [(False, b"\xae\x01"), (True, b"\x01\x02\x03"), (False, b"\xaf")]
        spi.cleanup()
        assert bus.closed
        PinSpi(bus).cleanup()  # the pins were freed


class Flaky(dummy):
    """A display that can be unplugged, and counts pages."""

    def __init__(self, plug: Plug) -> None:
        super().__init__(mode="1")
        self.plug = plug

    def display(self, image: Image.Image) -> None:
        if not self.plug.is_in:
            raise OSError(121, "Remote I/O error")
        self.plug.slow.wait(5.0)
        super().display(image)
        self.plug.pages.append(image.copy())


class Plug:
    def __init__(self) -> None:
        self.is_in = True
        self.pages: list[Image.Image] = []
        self.opened = 0
        self.slow = threading.Event()
        self.slow.set()

    def open(self) -> Flaky:
        if not self.is_in:
            raise OSError(121, "Remote I/O error")
        self.opened += 1
        return Flaky(self)


@pytest.fixture
def plug() -> Iterator[Plug]:
    made = Plug()
    yield made
    made.slow.set()


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("waited for nothing")


def test_pages_reach_the_device_and_equal_ones_do_not(plug: Plug) -> None:
    display = Display(plug.open)
    for seed in (1, 1, 1, 2):
        display.show(pattern(seed))
        wait_for(lambda: bool(plug.pages))
        time.sleep(0.02)
    wait_for(lambda: len(plug.pages) == 2)
    display.close()
    assert [page.tobytes() for page in plug.pages[:2]] == [pattern(1).tobytes(), pattern(2).tobytes()]


def test_a_slow_bus_skips_to_the_newest_page(plug: Plug) -> None:
    display = Display(plug.open)
    plug.slow.clear()
    for seed in range(50):
        display.show(pattern(seed))  # returns though nothing is sent
    plug.slow.set()
    display.close()
    shown = [page.tobytes() for page in plug.pages]
    assert pattern(49).tobytes() in shown
    assert len(shown) < 10


def test_a_lost_display_is_retried_and_told_once(plug: Plug, caplog: pytest.LogCaptureFixture) -> None:
    display = Display(plug.open, retry_s=0.01)
    display.show(pattern(1))
    wait_for(lambda: len(plug.pages) == 1)
    assert display.trouble == ""
    plug.is_in = False
    display.show(pattern(2))
    wait_for(lambda: bool(display.trouble))
    assert display.trouble == "The display does not answer."
    time.sleep(0.1)
    plug.is_in = True
    wait_for(lambda: len(plug.pages) == 2)  # the page it was lost with, without another show
    wait_for(lambda: not display.trouble)
    assert plug.opened == 2
    assert [record.levelname for record in caplog.records if record.name.startswith("pedal")].count("WARNING") == 1
    display.show(pattern(1))  # shown before the loss, yet to be sent again
    wait_for(lambda: len(plug.pages) == 3)
    display.close()


def test_closing_does_not_wait_for_a_lost_display(plug: Plug) -> None:
    display = Display(plug.open, retry_s=3600.0)
    plug.is_in = False
    display.show(pattern(1))
    wait_for(lambda: bool(display.trouble))
    display.close()
    assert not display._thread.is_alive()


@dataclass
class Settings:
    driver: str = "ssd1306"
    interface: str = "i2c"
    address: int = 0x3C
    port: int = 99
    rotate: int = 0


def test_a_missing_bus_is_a_sentence() -> None:
    with pytest.raises(BoardError, match=r"display ssd1306: cannot be opened \(.*i2c-99.*\)\. Check .* 0x3c\."):
        open_display(Settings())


@pytest.mark.parametrize("settings", [None, Settings(driver="none"), Settings(driver="virtual")])
def test_no_display_takes_pages_all_the_same(settings: Settings | None) -> None:
    display = open_display(settings)
    display.show(pattern(1))
    display.close()
    assert display.trouble == ""


def test_a_virtual_display_gets_the_pages(plug: Plug) -> None:
    display = open_display(Settings(driver="virtual"), plug.open)
    display.show(pattern(5))
    display.close()
    assert plug.pages[0].tobytes() == pattern(5).tobytes()
