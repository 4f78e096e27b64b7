"""The command ``pedal board``: board files checked, shown, listed; what is connected to this machine.

Called through ``main``, in a process of its own; needs no running pedal.
"""

from __future__ import annotations

import json
import sys

import click

from pedal.config import Board, board_names, load_board
from pedal.errors import BoardError


@click.group()
def board() -> None:
    """Boards: what a pedal is wired of (docs/boards.md)."""


@board.command()
@click.argument("boards", metavar="NAME|FILE...", nargs=-1, required=True)
def check(boards: tuple[str, ...]) -> None:
    """Check board files; says what is wrong with each. Exit code 0: all of them are right."""
    wrong = 0
    for name in boards:
        try:
            click.echo(f"{name}: right ({_summary(load_board(name))})")
        except BoardError as error:
            wrong += 1
            click.echo(str(error), err=True)
    if wrong:
        sys.exit(1)


@board.command("list")
def list_() -> None:
    """The boards that are shipped."""
    for name in board_names():
        shipped = load_board(name)
        click.echo(f"{name:24} {shipped.audio.card:16} {shipped.title}")


@board.command()
@click.argument("name", metavar="NAME|FILE")
def show(name: str) -> None:
    """What a board is made of, pin by pin, and what nobody has tried of it."""
    from pedal.offline.wiring import wires_of

    shown = load_board(name)
    audio = shown.audio
    click.echo(f"{shown.title} ({shown.name}): {_summary(shown)}")
    click.echo(f"card {audio.card}, {audio.rate_hz} Hz, {audio.period_frames} frames x {audio.periods}")
    for wire in wires_of(shown):
        click.echo(f"  {wire.place:9} {wire.signal:8} {wire.part:22} {wire.what}")
    for title, lines in (("config.txt", shown.boot), ("not tried on hardware", shown.untried)):
        if lines:
            click.echo(f"{title}:")
        for line in lines:
            click.echo(f"  {line}")


@board.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def detect(as_json: bool) -> None:
    """What is connected to this machine, and which board fits."""
    from pedal.setup.detect import boards_for, load_machine
    from pedal.system.i2c_bus import probe

    machine, displays = load_machine(), probe()
    shipped = [load_board(name) for name in board_names()]
    cards = [
        {"id": card.id, "name": card.name, "usb": card.is_usb, "boards": boards_for(card, shipped)}
        for card in machine.cards
    ]
    if as_json:
        found = {"model": machine.model, "hat": machine.hat, "cards": cards, "displays": displays}
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(machine.model or "This is no Raspberry Pi.")
    click.echo(f"HAT: {machine.hat or 'none that says its name'}")
    if not machine.cards:
        click.echo("sound cards: none. A HAT needs its line in config.txt: `pedal board show NAME`")
    for card in machine.cards:
        fits = ", ".join(boards_for(card, shipped))
        if not fits:
            fits = f'usb-generic, with card = "{card.id}"' if card.is_usb else "none that is shipped"
        click.echo(f"sound card {card.id} ({card.name}): boards: {fits}")
    for address in displays:
        click.echo(f"display on I2C: address 0x{address:02X}")


def _summary(counted: Board) -> str:
    """``4 switches, 1 encoder, a display, a relay``."""
    words = []
    counts = (
        ("switch", "es", len(counted.switches)),
        ("encoder", "s", len(counted.encoders)),
        ("knob", "s", len(counted.knobs)),
        ("light", "s", len(counted.leds)),
    )
    for word, ending, count in counts:
        if count:
            words.append(f"{count} {word}{ending if count > 1 else ''}")
    extras = {
        "an expression pedal": counted.expression,
        "a display": counted.display,
        "MIDI": counted.midi,
        "a relay": counted.relay,
        "the codec's own bypass": counted.codec_bypass,
        "a looper": counted.looper,
    }
    return ", ".join(words + [word for word, part in extras.items() if part is not None]) or "no controls"
