"""Which header pins (BCM numbers) a sound card, a display, a converter or a serial port needs for itself.

Read by ``config`` when a board file is checked. Pure. A card that is not in the table (a USB
interface) needs none; a switch on a pin of the sound card would stop the sound, so it is refused.
"""

from __future__ import annotations

from typing import Literal

_I2S = {18: "I2S bit clock", 19: "I2S frame clock", 20: "I2S data in", 21: "I2S data out"}
_I2C = {2: "I2C data", 3: "I2C clock"}
SPI_CHIP_SELECT = 8
_SPI = {SPI_CHIP_SELECT: "SPI chip select", 9: "SPI data in", 10: "SPI data out", 11: "SPI clock"}
#: Data/command and reset of a display on SPI, where luma.oled expects them.
_SPI_DISPLAY = {24: "data/command", 25: "reset"}
#: The header's serial port, where MIDI's opto-coupler ends.
UART_SEND, UART_RECEIVE = 14, 15
_UART = {UART_SEND: "serial data out", UART_RECEIVE: "serial data in"}
_HEADER_UARTS = ("/dev/serial0", "/dev/ttyAMA0", "/dev/ttyS0")
#: Inputs with a pull-up from power-on until somebody says otherwise, on every Pi; the others have a pull-down.
PULLED_UP_AT_BOOT = frozenset(range(9))
_CODEC_ZERO = {23: "green LED", 24: "red LED", 27: "button"}

#: By ALSA card id: what a sound card uses beside I2S.
_CARD_PINS: dict[str, dict[int, str]] = {
    "sndrpihifiberry": _I2C,
    "IQaudIOCODEC": _I2C | _CODEC_ZERO,
    "Zero": _I2C | _CODEC_ZERO,
    "audioinjectorpi": _I2C,
    "wm8960soundcard": _I2C | {17: "button"},
    "pisound": _SPI
    | {12: "reset", 24: "reset", 13: "oversampling", 26: "oversampling", 16: "oversampling", 25: "data ready"}
    | {17: "button"},
    "pisoundmicro": _I2C | {16: "controller", 26: "controller"},
}
#: Card ids whose pins are known.
CARDS = frozenset(_CARD_PINS)


def is_header_uart(device: str) -> bool:
    """Whether a serial device is the one on the header's pins."""
    return device in _HEADER_UARTS


def card_id_of(card: str) -> str:
    """The ALSA id in a board's ``card``: itself, or that of a PCM name (``hw:CARD=pisound,DEV=0``, ``hw:pisound``)."""
    return card.partition("CARD=")[2].partition(",")[0] or card.partition(":")[2].partition(",")[0] or card


def reserved_pins(
    card: str, display_bus: Literal["i2c", "spi"] | None, *, has_knobs: bool = False, has_uart: bool = False
) -> dict[int, str]:
    """Pins that a switch must not use, each with its reason.

    Args:
        card: ALSA card id, or a PCM name that names one (``hw:CARD=pisound,DEV=0``).
        display_bus: of a real display; None without one.
        has_knobs: whether there is a converter on SPI.
        has_uart: whether MIDI comes in at the header's serial port.
    """
    card_id = card_id_of(card)
    taken: dict[int, str] = {}
    if card_id in _CARD_PINS:
        uses = _I2S | _CARD_PINS[card_id]
        taken |= {pin: f"the sound card '{card_id}' ({use})" for pin, use in uses.items()}
    if display_bus is not None:
        uses = _I2C if display_bus == "i2c" else _SPI | _SPI_DISPLAY
        for pin, use in uses.items():
            taken.setdefault(pin, f"the display ({use})")
    if has_knobs:
        for pin, use in _SPI.items():
            taken.setdefault(pin, f"the knobs ({use})")
    if has_uart:
        for pin, use in _UART.items():
            taken.setdefault(pin, f"MIDI ({use})")
    return taken
