"""`pedal switch` and `pedal expression`: what hands and feet reach, of the running pedal.

Called through ``main``, in a process of its own. Imports neither numba nor numpy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

import click

from pedal.cli.talking import call, say, talks
from pedal.panel.hands_requests import AssignSwitch, Expression, Gesture

_GESTURES: tuple[Gesture, ...] = get_args(Gesture)
_End = Literal["heel", "toe", "forget", "learn"]
_ENDS: tuple[_End, ...] = get_args(_End)


@click.command()
@click.argument("name", metavar="SWITCH")
@click.argument("action", required=False)
@click.option("--on", "gesture", type=click.Choice(_GESTURES), default="action", help="A press, unless said otherwise.")
@talks
def switch(name: str, action: str | None, gesture: Gesture, runtime_dir: Path | None) -> None:
    """What a footswitch does in this preset: `pedal switch next bypass:delay1`, `pedal switch next tuner --on hold`.

    It is in hand until `pedal preset save`. "board" makes it what the board file says again, "none" makes it quiet;
    without an action: what it does now.
    """
    say(call(runtime_dir, AssignSwitch(switch=name, gesture=gesture, action=action)))


@click.command()
@click.argument("end", metavar="learn|heel|toe|forget", type=click.Choice(_ENDS), required=False)
@talks
def expression(end: _End | None, runtime_dir: Path | None) -> None:
    """The expression pedal: where it is and what it moves; `pedal expression learn` shows it its two ends.

    `heel` and `toe` are the two halves of that: the pedal is at this end now. They are kept for good.
    """
    if end == "learn":
        click.pause("Heel all the way down, then press a key.")
        call(runtime_dir, Expression(end="heel"))
        click.pause("Toe all the way down, then press a key.")
        end = "toe"
    say(call(runtime_dir, Expression(end=end)))
