"""What ``pedal setup`` asks and says: which board, how far it is, what came of a step. Terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import click

from pedal.cli.setup_steps import Steps
from pedal.config import board_names, load_board
from pedal.config.detect import load_machine, offers_for
from pedal.errors import BoardError
from pedal.setup.own_board import Changes
from pedal.setup.report import loop_sentence


def find_board(board_name: str | None, asks: bool) -> tuple[str, Changes, str]:
    """The board, what to change of it, and what this machine is.

    Raises:
        BoardError: no card that a board fits, or several, and nobody to ask.
    """
    machine = load_machine()
    if board_name is not None:
        return board_name, Changes(), machine.model
    offers = offers_for(machine, [load_board(name) for name in board_names()])
    if not offers:
        raise BoardError(
            "no sound card was found that a board fits",
            hint="A HAT needs its line in config.txt (`pedal board show NAME`). `pedal setup --virtual` needs no card",
        )
    for number, (name, card) in enumerate(offers, 1):
        click.echo(f"  {number}. {name}: {card.name} ({card.id})")
    number = 1
    if len(offers) > 1:
        if not asks:
            names = ", ".join(dict.fromkeys(name for name, _ in offers))
            raise BoardError("more than one board fits", hint=f"Say which with --board: {names}")
        number = click.prompt("Which one", type=click.IntRange(1, len(offers)), default=1)
    name, card = offers[number - 1]
    return name, Changes(card=None if load_board(name).audio.card == card.id else card.id), machine.model


def said(step: str, steps: Steps) -> str:
    """What came of a step, in a line."""
    found = steps.findings
    if step == "strum" and found.strum is not None:
        return f"{found.strum.peak_db:.1f} dBFS. {found.strum.sentence}"
    if step == "period" and found.choice is not None:
        return f"{found.choice.period_frames} frames x {found.choice.periods}: {found.choice.reason}."
    if step == "cable" and found.loop is not None:
        noise = "" if found.virtual else f" Noise {found.loop.noise_db:.1f} dBFS RMS."
        return loop_sentence(found.loop, found.rate_hz, found.loop_frames) + noise
    return ""


@contextmanager
def bar(label: str) -> Iterator[Callable[[float, str], None]]:
    """A bar in a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda share, words: None
        return
    with click.progressbar(
        length=1000, label=f"  {label}", file=sys.stderr, item_show_func=lambda words: words or "", show_eta=False
    ) as drawn:

        def show(share: float, words: str) -> None:
            with suppress(ValueError):
                drawn.update(max(0, round(1000 * min(share, 1.0)) - drawn.pos), words)

        yield show
