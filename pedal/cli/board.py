"""The command ``pedal board``: board files checked, shown, listed; what is connected to this machine.

Called through ``main``, in a process of its own; needs no running pedal.
"""

from __future__ import annotations

import sys

import click
import msgspec

from pedal.cli.talking import Group, answers, is_json, tell
from pedal.config import Board, board_names, load_board
from pedal.errors import BoardError


@click.group(cls=Group)
def board() -> None:
    """Boards: what a pedal is wired of (docs/boards.md)."""


@board.command()
@click.argument("boards", metavar="NAME|FILE...", nargs=-1, required=True)
@answers
def check(boards: tuple[str, ...]) -> None:
    """Check board files; says what is wrong with each. Exit code 0: all of them are right."""
    judged: list[dict[str, object]] = []
    for name in boards:
        try:
            summary = _summary(load_board(name))
        except BoardError as error:
            judged.append({"board": name, "right": False, "about": str(error)})
            click.echo(str(error), err=True)
        else:
            judged.append({"board": name, "right": True, "about": summary})
    tell({"boards": judged}, "\n".join(f"{one['board']}: right ({one['about']})" for one in judged if one["right"]))
    if not all(one["right"] for one in judged):
        sys.exit(1)


@board.command("list")
@answers
def list_() -> None:
    """The boards that are shipped."""
    boards = [load_board(name) for name in board_names()]
    told = [{"name": shipped.name, "card": shipped.audio.card, "title": shipped.title} for shipped in boards]
    tell({"boards": told}, "\n".join(f"{one['name']:24} {one['card']:16} {one['title']}" for one in told))


@board.command()
@click.argument("name", metavar="NAME|FILE")
@answers
def show(name: str) -> None:
    """What a board is made of, pin by pin, and what nobody has tried of it."""
    from pedal.offline.wiring import wires_of

    shown = load_board(name)
    audio = shown.audio
    said = [
        f"{shown.title} ({shown.name}): {_summary(shown)}",
        f"card {audio.card}, {audio.rate_hz} Hz, {audio.period_frames} frames x {audio.periods}",
    ]
    said += [f"  {wire.place:9} {wire.signal:8} {wire.part:22} {wire.what}" for wire in wires_of(shown)]
    for title, lines in (("config.txt", shown.boot), ("not tried on hardware", shown.untried)):
        said += [f"{title}:", *(f"  {line}" for line in lines)] if lines else []
    tell(msgspec.to_builtins(shown), "\n".join(said))


@board.command()
@answers
def detect() -> None:
    """What is connected to this machine, and which board fits."""
    from pedal.config.detect import boards_for, load_machine
    from pedal.system.i2c_bus import probe

    machine, displays = load_machine(), probe()
    shipped = [load_board(name) for name in board_names()]
    cards = [
        {"id": card.id, "name": card.name, "usb": card.is_usb, "boards": boards_for(card, shipped)}
        for card in machine.cards
    ]
    if is_json():
        tell({"model": machine.model, "hat": machine.hat, "cards": cards, "displays": displays}, "")
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
