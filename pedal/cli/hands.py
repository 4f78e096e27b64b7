"""`pedal switch`, `pedal expression` and `pedal midi`: what hands and feet reach, of the running pedal.

Called through ``main``, in a process of its own. Imports neither numba nor numpy.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal, get_args

import click

from pedal.cli.talking import call, say, talks
from pedal.errors import ControlError
from pedal.panel.hands_requests import AssignSwitch, Expression, Gesture, Midi

_GESTURES: tuple[Gesture, ...] = get_args(Gesture)
_End = Literal["heel", "toe", "forget", "learn"]
_ENDS: tuple[_End, ...] = get_args(_End)

#: How often it is asked whether a controller was moved.
ASK_S = 0.2


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
@click.option("--moves", metavar="BLOCK.PARAM|board", help="Move this in the preset in hand, or what the board says.")
@talks
def expression(end: _End | None, moves: str | None, runtime_dir: Path | None) -> None:
    """The expression pedal: where it is and what it moves; `pedal expression learn` shows it its two ends.

    `heel` and `toe` are the two halves of that: the pedal is at this end now. They are kept for good; what it moves is
    in hand until `pedal preset save`.
    """
    if end == "learn":
        click.pause("Heel all the way down, then press a key.")
        call(runtime_dir, Expression(end="heel"))
        click.pause("Toe all the way down, then press a key.")
        end = "toe"
    say(call(runtime_dir, Expression(end=end, moves=moves)))


@click.group()
def midi() -> None:
    """MIDI: which ports are heard, and what controllers do."""


@midi.command("list")
@talks
def list_midi(runtime_dir: Path | None) -> None:
    """Which ports are heard, and what controllers have learnt."""
    say(call(runtime_dir, Midi()))


@midi.command()
@click.argument("target", metavar="BLOCK.PARAM|ACTION")
@talks
def learn(target: str, runtime_dir: Path | None) -> None:
    """Teach a controller by moving it: `pedal midi learn amp1.drive_db`, `pedal midi learn tuner`."""
    before = call(runtime_dir, Midi(learn=target))["controllers"]
    click.echo("Move the controller now.")
    while (said := call(runtime_dir, Midi()))["learning"]:
        time.sleep(ASK_S)
    if said["controllers"] == before:
        raise ControlError("no controller was moved", hint="Look at the ports that `pedal midi list` has")
    say(said)


@midi.command()
@click.argument("number", type=click.IntRange(0, 119), required=False)
@click.option("--all", "all_of_them", is_flag=True, help="Every controller.")
@talks
def forget(number: int | None, all_of_them: bool, runtime_dir: Path | None) -> None:
    """A controller does nothing any more."""
    if (number is None) != all_of_them:
        raise click.UsageError("name a controller, or say --all")
    say(call(runtime_dir, Midi(forget=-1 if number is None else number)))
