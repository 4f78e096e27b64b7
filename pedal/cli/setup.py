"""The command ``pedal setup``: card, guitar, period, cable, and a report; three minutes, in steps.

Called through ``main``, in a process of its own. What plays on the card is another process (``audio/probe``); a pedal
that plays meanwhile is only looked at.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from pedal.cli.setup_beside import is_playing
from pedal.cli.setup_steps import Steps
from pedal.cli.setup_talk import bar, find_board, said
from pedal.config import load_board
from pedal.errors import BoardError, PedalError
from pedal.files import load_text
from pedal.paths import runtime_dir, setup_dir
from pedal.setup.findings import next_steps
from pedal.setup.own_board import save_own_board

_STEPS = ("strum", "period", "cable")
#: What a step asks of the player first, on a real card.
_ASKS = {
    "strum": "Plug the guitar in, turn it up. Then strum hard for five seconds.",
    "period": "The card plays silence at four periods, half a minute in all.",
    "cable": "TURN THE AMP OFF. Put a cable from the pedal's output to its input: a hiss is sent through it.",
}


@click.command()
@click.option("--board", "board_name", help="A board's name, or a board file; found if not given.")
@click.option("--virtual", is_flag=True, help="The virtual board: all steps, without hardware.")
@click.option("--skip", "skipped", type=click.Choice(_STEPS), multiple=True, help="Leave a step out.")
@click.option("--yes", is_flag=True, help="Ask nothing; a real card's cable is left out.")
@click.option("--keep", is_flag=True, help="Only put the board of the last set-up in use.")
def setup(board_name: str | None, virtual: bool, skipped: tuple[str, ...], yes: bool, keep: bool) -> None:
    """Set the pedal up: card, guitar, period, cable, and a report.

    Each step can be skipped, done again, or broken off with Ctrl-C: what was found before stays.
    """
    if keep:
        _keep()
        return
    runtime, asks = runtime_dir(), not yes and sys.stdin.isatty()
    name, changes, machine = find_board("virtual" if virtual else board_name, asks)
    beside = not load_board(name).virtual and is_playing(runtime)
    if beside:
        click.echo("A pedal plays: it is only looked at. For all steps, stop it first.")
    with tempfile.TemporaryDirectory(prefix="setup-", dir=runtime) as folder:
        steps = Steps(name, changes, machine, runtime, beside, Path(folder), bar)
        try:
            for step in _STEPS:
                _take(step, steps, step in skipped, asks)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nBroken off. What was found is kept.")
            asks = yes = False
        report = steps.write_report()
    click.echo(f"\nReport: {report}")
    for number, sentence in enumerate(next_steps(steps.findings), 1):
        click.echo(f"  {number}. {sentence}")
    if steps.findings.choice is None:
        click.echo("The board stays as it was: `pedal setup --keep` puts what was found in use.")
    elif yes or (asks and click.confirm(f"Use {_in_short(steps)} from now on?", default=True)):
        _keep()
    else:
        click.echo("Not in use yet: `pedal setup --keep` does that.")


def _take(step: str, steps: Steps, is_skipped: bool, asks: bool) -> None:
    """One step, as often as the player likes."""
    click.echo(f"\n{step.title()}")
    real = not steps.board.virtual
    if why := "skipped" if is_skipped else _no_cable(steps, asks) if step == "cable" and real else "":
        steps.skip(step, why)
        click.echo(f"  left out: {why}")
        return
    if asks and real:
        click.echo(f"  {_ASKS[step]}")
        if click.prompt("  Enter: go on; s: skip", default="", show_default=False).strip().lower() == "s":
            steps.skip(step, "skipped")
            return
    again = True
    while again:
        try:
            getattr(steps, step)()
            click.echo(f"  {said(step, steps)}")
            if step == "strum":
                _mend(steps, asks)
        except PedalError as error:
            steps.skip(step, str(error))
            click.echo(f"  {error}")
        again = asks and click.prompt("  Enter: go on; r: again", default="", show_default=False).strip() == "r"


def _no_cable(steps: Steps, asks: bool) -> str:
    """Why the cable is left out, or nothing."""
    if steps.beside:
        return "a pedal plays"
    if steps.board.relay is not None or steps.board.codec_bypass is not None:
        return "this board's bypass holds the card off the output while no pedal plays"
    return "" if asks else "nobody was there to plug a cable in"


def _mend(steps: Steps, asks: bool) -> None:
    """What can be done about a strum from here."""
    strum = steps.findings.strum
    if strum is None or strum.word in ("right", "nothing"):
        return
    if strum.word == "other":
        if steps.board.audio.capture_channels > 1 and (not asks or click.confirm("  Listen there?", default=True)):
            steps.use_other_input()
    elif (not asks or click.confirm("  Set the card's gain?", default=True)) and steps.turn_gain():
        click.echo(f"  {steps.findings.gain} Strum again.")
    else:
        click.echo("  This board names no input gain that could be set: use the card's own knob.")


def _in_short(steps: Steps) -> str:
    audio = steps.board.audio
    return f"{steps.board.title}, card {audio.card}, {audio.period_frames} frames x {audio.periods}"


def _keep() -> None:
    path = save_own_board(load_text(setup_dir() / "board.toml", BoardError))
    click.echo(f"In use from the next start on: {path}")
