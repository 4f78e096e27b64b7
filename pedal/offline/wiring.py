"""A board as a list of wires: what goes from which place of the header to which part. Pure.

Called by ``pedal board show``, and by ``wiring_page`` and ``wiring_drawing`` for ``docs/wiring``.
"""

from __future__ import annotations

from dataclasses import dataclass

from pedal.config import Board
from pedal.config.wires import uses_converter
from pedal.pins import is_header_uart

#: Place on the header (1 to 40) of each BCM pin.
PLACES = {
    2: 3, 3: 5, 4: 7, 14: 8, 15: 10, 17: 11, 18: 12, 27: 13, 22: 15, 23: 16, 24: 18, 10: 19, 9: 21, 25: 22, 11: 23,
    8: 24, 7: 26, 5: 29, 6: 31, 12: 32, 13: 33, 19: 35, 16: 36, 26: 37, 20: 38, 21: 40,
}  # fmt: skip
#: Places that are no pins.
POWER = {1: "3.3 V", 2: "5 V", 4: "5 V", 17: "3.3 V"} | dict.fromkeys((6, 9, 14, 20, 25, 30, 34, 39), "ground")


@dataclass(frozen=True)
class Wire:
    """One wire from the header, or between a converter and a control.

    Attributes:
        part: what it ends at, the same for all wires of a part: "switch next", "display".
        signal: "BCM 17", "3.3 V", "CH0".
        what: what it is for, in words.
        bcm: the pin; None for supply, ground and the converter's inputs.
        place: on the header, "pin 11", or "MCP3008".
    """

    part: str
    signal: str
    what: str
    bcm: int | None
    place: str


def wires_of(board: Board) -> tuple[Wire, ...]:
    """Every signal of a board, in the order of its parts. Ground and supply are the drawing's matter."""
    wires: list[Wire] = []

    def to_pin(part: str, bcm: int, what: str) -> None:
        wires.append(Wire(part, f"BCM {bcm}", what, bcm, f"pin {PLACES[bcm]}"))

    def to_channel(part: str, channel: int, what: str) -> None:
        wires.append(Wire(part, f"CH{channel}", what, None, "MCP3008"))

    display = board.display
    if display and display.driver not in ("virtual", "none"):
        name = f"display {display.driver.upper()}"
        if display.interface == "i2c":
            to_pin(name, 2, "SDA")
            to_pin(name, 3, f"SCL, address 0x{display.address:02X}")
        else:
            for bcm, what in ((10, "MOSI"), (11, "SCLK"), (8, "CS"), (24, "data/command"), (25, "reset")):
                to_pin(name, bcm, what)
    for name, switch in board.switches.items():
        gestures = (("hold", switch.hold), ("long hold", switch.long_hold), ("double tap", switch.double_tap))
        extra = "".join(f"; {gesture}: {action}" for gesture, action in gestures if action)
        other = "3.3 V" if switch.pull == "down" else "ground"
        to_pin(f"switch {name}", switch.pin, f"{switch.action}{extra}; to {other}")
    for name, encoder in board.encoders.items():
        turns = encoder.role or encoder.parameter
        to_pin(f"encoder {name}", encoder.pin_a, f"A ({turns}); common to ground")
        to_pin(f"encoder {name}", encoder.pin_b, "B")
        if encoder.pin_push is not None:
            to_pin(f"encoder {name}", encoder.pin_push, "button, to ground")
    beside = {switch.led: name for name, switch in board.switches.items() if switch.led}
    for name, led in board.leds.items():
        side = "from 3.3 V" if led.active_low else "to ground"
        shows = f"of switch {beside[name]}" if name in beside else led.shows
        to_pin(f"light {name}", led.pin, f"{shows}; {side} through 1 kOhm")
    if board.relay is not None:
        to_pin("relay", board.relay.pin, board.relay.kind)
    if board.midi is not None and is_header_uart(board.midi.uart):
        to_pin("MIDI", 15, "from the opto-coupler")
    if uses_converter(board):
        for bcm, what in ((11, "CLK"), (9, "DOUT"), (10, "DIN"), (8, "CS")):
            to_pin("MCP3008", bcm, what)
    for name, knob in board.knobs.items():
        to_channel(f"knob {name}", knob.channel, f"{knob.parameter}; wiper, ends to 3.3 V and ground")
    if board.expression is not None:
        to_channel("expression", board.expression.channel, f"{board.expression.parameter}; wiper of the jack")
    return tuple(wires)
