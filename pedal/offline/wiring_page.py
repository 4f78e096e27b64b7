"""``docs/wiring/NAME.md`` and ``NAME.svg``, made from the shipped board files: drawing, wires, parts, first sound.

Run by hand after a change of a board: ``python -m pedal.offline.wiring_page``. A test compares.
"""

from __future__ import annotations

from pathlib import Path

from pedal.config import Board, board_names, load_board
from pedal.config.wires import uses_converter
from pedal.offline.wiring import wires_of
from pedal.offline.wiring_drawing import wiring_drawing

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "wiring"


def wiring_files() -> dict[str, str]:
    """All pages and drawings, by file name; none of virtual boards."""
    files = {}
    for board in (load_board(name) for name in board_names()):
        if not board.virtual:
            files[f"{board.name}.md"] = wiring_page(board)
            files[f"{board.name}.svg"] = wiring_drawing(board)
    return files


def wiring_page(board: Board) -> str:
    """One board's page, Markdown."""
    wires = [f"| {wire.place} | {wire.signal} | {wire.part} | {wire.what} |" for wire in wires_of(board)]
    return "\n".join(
        [
            f"# {board.title}",
            "",
            f"Made from `board/{board.name}.toml` by `python -m pedal.offline.wiring_page`; do not edit here. "
            "The circuits, notes on the analog side and the bench list are in [README.md](README.md).",
            "",
            "**Not tried on hardware:**",
            "",
            *(f"* {line}" for line in board.untried),
            "",
            f"![The header and what is wired to it]({board.name}.svg)",
            "",
            "## Wires",
            "",
            "| from | signal | to | what |",
            "|---|---|---|---|",
            *wires,
            "",
            "## Parts",
            "",
            *(f"* {part}" for part in _parts(board)),
            "",
            "## `/boot/firmware/config.txt`",
            "",
            "```",
            *board.boot,
            "```",
            "",
            "## First sound",
            "",
            *(f"{number}. {step}" for number, step in enumerate(_steps(board), 1)),
            "",
        ]
    )


def _parts(board: Board) -> list[str]:
    overlay = next((line for line in board.boot if line.startswith("dtoverlay=") and _is_card(line, board)), "")
    card = f"sound card with the ALSA id `{board.audio.card}`" + (f" (`{overlay}`)" if overlay else "")
    parts = ["Raspberry Pi 4 or 5, its supply, an SD card", card]
    if _wants_buffer(board):
        parts.append("input buffer: MCP6022 and what is around it ([README](README.md#input-buffer-11-mohm))")
    if board.relay is not None:
        pump = "" if board.relay.kind == "level" else ", ZVNL110A, two capacitors 1 uF, three 1N4148, 470 Ohm, 680 kOhm"
        parts.append(f"relay: 5 V, two changeover contacts{pump} ([README](README.md#relay-the-wire-that-never-fails))")
    parts += _counted(len(board.switches), "footswitch", "footswitches", "momentary, normally open")
    parts += _counted(len(board.encoders), "rotary encoder", "rotary encoders", "with a button where it is wired")
    if uses_converter(board):
        parts.append("MCP3008, 10 uF, 100 nF; for each of its inputs 1 kOhm and 100 nF")
    parts += _counted(len(board.knobs), "potentiometer", "potentiometers", "10 kOhm linear")
    if board.expression is not None:
        parts.append("stereo jack for the expression pedal, 1 kOhm, 1 MOhm")
    parts += _counted(len(board.leds), "LED", "LEDs", "1 kOhm each")
    display = board.display
    if display is not None:
        address = f", address 0x{display.address:02X}" if display.interface == "i2c" else ""
        parts.append(f"OLED {display.driver.upper()}, 128 x 64, {display.interface.upper()}{address}")
    if board.midi is not None and board.midi.uart:
        parts.append("MIDI: DIN socket, H11L1, 1N4148, 220 Ohm, 1 kOhm ([README](README.md#midi-in))")
    return [*parts, "two jacks 6.3 mm, insulated; a metal box"]


def _is_card(line: str, board: Board) -> bool:
    return not any(word in line for word in ("spi", "bt", "uart", "i2c")) and board.audio.card != "USB"


def _wants_buffer(board: Board) -> bool:
    """A USB interface has an input for guitars; cards on the header have line inputs."""
    return board.audio.card != "USB"


def _counted(count: int, one: str, many: str, which: str) -> list[str]:
    return [f"{count} {one if count == 1 else many}, {which}"] if count else []


def _steps(board: Board) -> list[str]:
    steps = [
        "Nothing but the Pi and the card; the lines above in `config.txt`; start it.",
        f"`pedal board detect` must show the card `{board.audio.card}`"
        + (
            ". It shows another id for your interface: put that into `card`, in a copy of the board file."
            if board.audio.card == "USB"
            else f" and name `{board.name}`."
        ),
        f"`pedal run --board {board.name}`, headphones off your ears, an amp turned down."
        + (" What could not be set of the mixer is said now." if board.mixer else ""),
    ]
    if board.codec_bypass is not None:
        steps.append(
            "The codec's own bypass: the guitar is heard as soon as the pedal's parent runs, and through the pedal "
            "once that has played for half a second. `kill -9` of pedal-audio: the guitar alone, then the pedal again."
        )
    steps.append("Play. `pedal status` shows the input's level move; if it does not: `pedal input right`.")
    if board.input_dbu_at_0dbfs is None:
        steps.append("The input level is unknown: [levels.md](../levels.md) says how to find it.")
    else:
        steps.append(
            f"The input level, {board.input_dbu_at_0dbfs:g} dBu at full scale, is derived: check it "
            "([levels.md](../levels.md))."
        )
    steps.append("Switches and whatever else is wired, one after the other.")
    if board.relay is not None:
        steps.append(
            "The relay last. Dry with the power off, a soft tick half a second after the sound, dry again at the end."
        )
    return [*steps, "The bench list of [README.md](README.md#bench-list-pops-and-noise) before the first concert."]


if __name__ == "__main__":
    for name, text in wiring_files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
