"""What a board file may not say of pins, buses and the wire around the sound: two things at one place.

Called by ``checks``. Pure. Every pin is held against what the sound card, the display, the converter and a serial
port need, and against every other pin of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pedal.config.analog import MixerSetting
from pedal.config.board import Board
from pedal.errors import BoardError
from pedal.pins import PULLED_UP_AT_BOOT, SPI_CHIP_SELECT, UART_SEND, is_header_uart, reserved_pins


def check_wires(board: Board, where: str) -> None:
    """All of it.

    Raises:
        BoardError: says which key and what to do.
    """
    _check_converter(board, where)
    _check_pins(board, where)
    _check_relay(board, where)
    _check_mixer(board.mixer, "mixer", where)
    _check_codec_bypass(board, where)


def pins_of(board: Board) -> Iterator[tuple[str, int]]:
    """Every pin that the file itself wires, with its key: ``("switches.next.pin", 5)``."""
    for name, switch in board.switches.items():
        yield f"switches.{name}.pin", switch.pin
    for name, encoder in board.encoders.items():
        yield f"encoders.{name}.pin_a", encoder.pin_a
        yield f"encoders.{name}.pin_b", encoder.pin_b
        if encoder.pin_push is not None:
            yield f"encoders.{name}.pin_push", encoder.pin_push
    for name, led in board.leds.items():
        yield f"leds.{name}.pin", led.pin
    if board.relay is not None:
        yield "relay.pin", board.relay.pin


def uses_converter(board: Board) -> bool:
    """Whether an MCP3008 is wired."""
    return bool(board.knobs) or board.expression is not None


def pins_in_use(board: Board) -> dict[int, str]:
    """What the parts of a board that are no switch need of the header, by BCM number; nothing where it is virtual."""
    if board.virtual:
        return {}
    display = board.display
    bus = display.interface if display and display.driver not in ("virtual", "none") else None
    uart = board.midi is not None and is_header_uart(board.midi.uart)
    return reserved_pins(board.audio.card, bus, has_knobs=uses_converter(board), has_uart=uart)


def _check_converter(board: Board, where: str) -> None:
    inputs: dict[int, str] = {}
    channels = {f"knobs.{name}": knob.channel for name, knob in board.knobs.items()}
    if board.expression is not None:
        channels["expression"] = board.expression.channel
    for key, channel in channels.items():
        if channel in inputs:
            message = f"{key}.channel = {channel} is taken by {inputs[channel]}"
            raise BoardError(message, where=where, hint="Give each knob its own input")
        inputs[channel] = key
    if not channels:
        return
    display = board.display
    if display and display.interface == "spi" and display.port == 0:
        hint = "Put the display on I2C, or on SPI port 1"
        raise BoardError("the display and the knobs need the same SPI chip select", where=where, hint=hint)
    user = reserved_pins(board.audio.card, None).get(SPI_CHIP_SELECT)
    if user:
        hint = "Remove [knobs] and [expression]"
        raise BoardError(f"the knobs need the SPI bus, which is taken by {user}", where=where, hint=hint)


def _check_pins(board: Board, where: str) -> None:
    taken = pins_in_use(board)
    for key, pin in pins_of(board):
        if pin in taken:
            hint = f"Wire {_part(key)} to a free pin"
            raise BoardError(f"{key} = {pin} is taken by {taken[pin]}", where=where, hint=hint)
        taken[pin] = key.rpartition(".")[0]


def _part(key: str) -> str:
    parts = {"switches": "the switch", "encoders": "the encoder", "leds": "the light", "relay": "the relay"}
    return parts[key.partition(".")[0]]


def _check_relay(board: Board, where: str) -> None:
    relay = board.relay
    if relay is None:
        return
    key = f"relay.pin = {relay.pin}"
    if board.codec_bypass is not None:
        message, hint = "a board has [relay] or [codec_bypass], not both", "Remove one of them"
        raise BoardError(message, where=where, hint=hint)
    if relay.pin == UART_SEND:
        hint = "Wire it to another pin"
        raise BoardError(f"{key} chatters while the Pi starts (serial console)", where=where, hint=hint)
    if relay.kind == "heartbeat":
        if not relay.active_high:
            message, hint = "relay.active_high means nothing for a heartbeat", 'Remove it, or use kind = "level"'
            raise BoardError(message, where=where, hint=hint)
    elif relay.active_high == (relay.pin in PULLED_UP_AT_BOOT):
        which, other = ("up", "9 to 27") if relay.active_high else ("down", "2 to 8")
        message = f"{key} is pulled {which} while the Pi starts, which would close the relay"
        raise BoardError(message, where=where, hint=f'Use a pin from {other}, or kind = "heartbeat"')


def _check_mixer(settings: Mapping[str, MixerSetting], table: str, where: str) -> None:
    for name, setting in settings.items():
        key = f'{table}."{name}"'
        if setting.level is not None and setting.level_db is not None:
            raise BoardError(f"{key} has both level and level_db", where=where, hint="Give one of them")
        if all(value is None for value in (setting.level, setting.level_db, setting.on, setting.choice)):
            raise BoardError(f"{key} sets nothing", where=where, hint="Give level, level_db, on or choice")


def _check_codec_bypass(board: Board, where: str) -> None:
    bypass = board.codec_bypass
    if bypass is None:
        return
    for half, settings in (("dry", bypass.dry), ("wet", bypass.wet)):
        _check_mixer(settings, f"codec_bypass.{half}", where)
    if not bypass.dry or bypass.dry.keys() != bypass.wet.keys():
        hint = "Name the same controls in both, so that each undoes the other"
        raise BoardError("codec_bypass.dry and codec_bypass.wet do not match", where=where, hint=hint)
    for name in bypass.dry:
        if name in board.mixer:
            message = f'mixer."{name}" is set by [codec_bypass] too'
            raise BoardError(message, where=where, hint="Remove it from [mixer]")
