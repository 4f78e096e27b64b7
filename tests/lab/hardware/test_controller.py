"""The model of the display's controllers: addressing, what is lit, and that it takes nothing it should not know."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pedal.panel.display.oled_devices import OLEDS
from tests.lab.hardware.controller import CONTROLLERS, Controller, ControllerError, Sh1106, Ssd1306

#: Commands only, and data only, to the end of the write.
COMMANDS, DATA = b"\x00", b"\x40"
#: Upright, awake.
UPRIGHT = bytes([0xA1, 0xC8, 0xAF])
PUMP = bytes([0x8D, 0x14])


def awake(kind: type[Controller] = Ssd1306) -> Controller:
    chip = kind()
    chip.write(COMMANDS + (PUMP if kind is Ssd1306 else b"") + UPRIGHT)
    return chip


def lit(chip: Controller) -> set[tuple[int, int]]:
    """Lit pixels, (x, y)."""
    return {(int(x), int(y)) for y, x in zip(*np.nonzero(chip.pixels()), strict=True)}


def test_the_least_significant_bit_is_on_top() -> None:
    chip = awake()
    chip.write(COMMANDS + bytes([0x20, 0, 0x21, 0, 127, 0x22, 0, 7]))
    chip.write(DATA + bytes([0x01, 0x80]))
    assert lit(chip) == {(0, 0), (1, 7)}


def test_horizontal_addressing_fills_the_window_row_by_row() -> None:
    chip = awake()
    chip.write(COMMANDS + bytes([0x20, 0, 0x21, 10, 11, 0x22, 2, 3]))
    chip.write(DATA + bytes([1, 2, 3, 4, 5]))
    assert chip.memory[2:4, 10:12].tolist() == [[5, 2], [3, 4]]


def test_vertical_addressing_fills_the_window_column_by_column() -> None:
    chip = awake()
    chip.write(COMMANDS + bytes([0x20, 1, 0x21, 10, 11, 0x22, 2, 3]))
    chip.write(DATA + bytes([1, 2, 3, 4, 5]))
    assert chip.memory[2:4, 10:12].tolist() == [[5, 3], [2, 4]]


@pytest.mark.parametrize(("kind", "first"), [(Ssd1306, 0), (Sh1106, 2)])
def test_page_addressing_stays_in_its_page(kind: type[Controller], first: int) -> None:
    chip = awake(kind)
    chip.write(COMMANDS + bytes([0xB3, 0x00 | first + 5 & 0x0F, 0x10 | first + 5 >> 4]))
    chip.write(DATA + bytes([0xFF]))
    assert lit(chip) == {(5, 24 + row) for row in range(8)}


def test_the_sh1106_has_no_column_behind_its_last() -> None:
    chip = awake(Sh1106)
    chip.write(COMMANDS + bytes([0xB0, 0x03, 0x18]))
    chip.write(DATA + b"\x01")
    with pytest.raises(ControllerError, match="behind the last column of page 0"):
        chip.write(DATA + b"\x01")


@pytest.mark.parametrize(
    ("commands", "place"),
    [
        ([0xA1, 0xC8], (3, 0)),
        ([0xA0, 0xC8], (124, 0)),
        ([0xA1, 0xC0], (3, 63)),
        ([0xA0, 0xC0], (124, 63)),
        ([0xA1, 0xC8, 0x40 | 60], (3, 4)),
        ([0xA1, 0xC8, 0xD3, 60], (3, 4)),
    ],
)
def test_where_the_first_row_is_seen(commands: list[int], place: tuple[int, int]) -> None:
    chip = awake()
    chip.write(COMMANDS + bytes([0x20, 0, 0x21, 3, 3, 0x22, 0, 0, *commands]))
    chip.write(DATA + b"\x01")
    assert lit(chip) == {place}


def test_a_control_byte_can_stand_before_every_byte() -> None:
    one, other = awake(), awake()
    one.write(bytes([0x80, 0x20, 0x80, 0x00, 0x80, 0x21, 0x80, 4, 0x80, 9, 0xC0, 0x77, 0xC0, 0x66]))
    other.write(COMMANDS + bytes([0x20, 0, 0x21, 4, 9]))
    other.write(DATA + b"\x77\x66")
    assert one.memory.tolist() == other.memory.tolist()


def test_what_makes_the_glass_dark_or_bright() -> None:
    chip = Ssd1306(b"\xff" * 1024)
    assert not chip.is_lit and not chip.pixels().any()  # as after power-up
    chip.write(COMMANDS + UPRIGHT)
    assert not chip.is_lit  # awake, but without the voltage of its pump
    chip.write(COMMANDS + PUMP)
    assert chip.is_lit and chip.pixels().all()
    chip.write(COMMANDS + b"\xa7")
    assert not chip.pixels().any()
    chip.write(COMMANDS + b"\xa5\x81\x10")
    assert chip.pixels().all() and chip.contrast == 0x10
    chip.write(COMMANDS + b"\xae")
    assert not chip.is_lit and not chip.pixels().any()


@pytest.mark.parametrize(
    ("kind", "octets", "complaint"),
    [
        (Ssd1306, [0x00, 0xE4], "unknown command 0xe4"),
        (Ssd1306, [0x00, 0x2F], "unknown command 0x2f"),  # scrolling: no page does that
        (Ssd1306, [0x00, 0xAD, 0x8B], "unknown command 0xad"),  # an SH1106's
        (Sh1106, [0x00, 0x21, 0, 127], "unknown command 0x21"),  # an SSD1306's window
        (Sh1106, [0x00, 0x22, 0, 7], "unknown command 0x22"),
        (Sh1106, [0x00, 0xAD, 0x00], "DC-DC control 0x00"),
        (Ssd1306, [0x00, 0x20, 3], "addressing mode 3"),
        (Ssd1306, [0x00, 0x21, 2, 129], "window from 2 to 129"),
        (Ssd1306, [0x00, 0x22, 5, 4], "window from 5 to 4"),
        (Ssd1306, [0x00, 0x20, 0, 0xB0], "command 0xb0 is of page addressing only"),
        (Ssd1306, [0x00, 0xA8, 0x1F], "multiplex ratio 0x1f does not fit"),  # a 128x32 module's
        (Ssd1306, [0x00, 0xDA, 0x02], "COM pins 0x00 does not fit"),
        (Ssd1306, [0x00, 0x8D, 0x01], "charge pump 0x01"),
        (Ssd1306, [0x01, 0xAF], "control byte 0x01"),
        (Ssd1306, [0x80, 0x81, 0xC0, 0x11], "data inside the command 0x81"),
    ],
)
def test_what_this_chip_does_not_know_is_an_error(kind: type[Controller], octets: list[int], complaint: str) -> None:
    with pytest.raises(ControllerError, match=complaint):
        kind().write(bytes(octets))


@pytest.mark.parametrize(("believed", "real"), [("ssd1306", "sh1106"), ("sh1106", "ssd1306")])
def test_a_driver_for_the_other_chip_is_seen(believed: str, real: str) -> None:
    """What the panel sends to one chip, sent to the other one's model."""

    class Wire:
        def __init__(self, chip: Controller) -> None:
            self.chip = chip

        def command(self, *cmd: int) -> None:
            self.chip.write(COMMANDS + bytes(cmd))

        def data(self, data: list[int]) -> None:
            self.chip.write(DATA + bytes(data))

        def cleanup(self) -> None:
            pass

    page = Image.new("1", (128, 64))
    page.paste(1, (3, 5, 90, 30))

    def shown(chip: Controller) -> list[list[bool]]:
        OLEDS[believed](Wire(chip)).display(page)
        return chip.pixels().tolist()

    wanted = np.asarray(page).tolist()
    assert shown(CONTROLLERS[believed]()) == wanted
    with pytest.raises(ControllerError):
        shown(CONTROLLERS[real]())


@given(st.data())
def test_any_window_is_filled_as_a_plain_loop_would(data: st.DataObject) -> None:
    """The twin: a dictionary and two loops, for horizontal and vertical addressing."""
    left = data.draw(st.integers(0, 127))
    right = data.draw(st.integers(left, min(127, left + 6)))
    top = data.draw(st.integers(0, 7))
    bottom = data.draw(st.integers(top, 7))
    vertical = data.draw(st.booleans())
    octets = data.draw(st.binary(max_size=120))
    chip = Ssd1306()
    chip.write(COMMANDS + bytes([0x20, int(vertical), 0x21, left, right, 0x22, top, bottom]))
    chip.write(DATA + octets)
    columns, pages = range(left, right + 1), range(top, bottom + 1)
    places = [(p, c) for c in columns for p in pages] if vertical else [(p, c) for p in pages for c in columns]
    wanted = np.zeros_like(chip.memory)
    for i, octet in enumerate(octets):
        wanted[places[i % len(places)]] = octet
    assert (chip.memory == wanted).all()
