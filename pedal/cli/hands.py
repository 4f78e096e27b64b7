"""`pedal switch`, `pedal expression` and `pedal midi`: what hands and feet reach, of the running pedal.

Called through ``main``, in a process of its own. Imports neither numba nor numpy.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, get_args

import click

from pedal.cli.completion import complete_switch, complete_target
from pedal.cli.talking import Group, call, client_of, is_json, plain, say, talks
from pedal.errors import ControlError
from pedal.panel.hands_requests import AssignSwitch, Expression, Gesture, Midi

_GESTURES: tuple[Gesture, ...] = get_args(Gesture)
_End = Literal["heel", "toe", "forget", "learn"]
_ENDS: tuple[_End, ...] = get_args(_End)

#: How often it is asked whether a controller was moved.
ASK_S = 0.2


@click.command()
@click.argument("name", metavar="SWITCH", shell_complete=complete_switch)
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
        ends = learn_expression(runtime_dir)
        say(ends if moves is None else call(runtime_dir, Expression(moves=moves)))
    else:
        say(call(runtime_dir, Expression(end=end, moves=moves)))


def learn_expression(runtime_dir: Path | None) -> dict[str, Any]:
    """Ask for one end after the other; the answer says what was kept.

    Raises:
        ControlError: there is no expression pedal, or no pedal.
    """
    click.pause("Heel all the way down, then press a key.", err=True)
    call(runtime_dir, Expression(end="heel"))
    click.pause("Toe all the way down, then press a key.", err=True)
    return call(runtime_dir, Expression(end="toe"))


@click.group(cls=Group)
def midi() -> None:
    """MIDI: which ports are heard, and what controllers do."""


@midi.command("list")
@talks
def list_midi(runtime_dir: Path | None) -> None:
    """Which ports are heard, and what controllers have learnt."""
    say(call(runtime_dir, Midi()))


@midi.command()
@click.option("--count", type=click.IntRange(1), help="Stop after so many messages.")
@talks
def monitor(count: int | None, runtime_dir: Path | None) -> None:
    """What is heard from MIDI, as it comes, and what it does here. Ctrl-C ends it."""
    if call(runtime_dir, Midi())["ports"] is None:
        raise ControlError("this board has no MIDI", hint="Write [midi] into its file")
    seen = 0
    with client_of(runtime_dir).listen(["midi"]) as line, suppress(KeyboardInterrupt):
        while count is None or seen < count:
            news = line.news(1.0)
            if news is not None:
                seen += 1
                click.echo(json.dumps(news.data, sort_keys=True) if is_json() else plain(news.data["text"]))


@midi.command()
@click.argument("target", metavar="BLOCK.PARAM|ACTION", shell_complete=complete_target)
@talks
def learn(target: str, runtime_dir: Path | None) -> None:
    """Teach a controller by moving it: `pedal midi learn amp1.drive_db`, `pedal midi learn tuner`."""
    before = call(runtime_dir, Midi(learn=target))["controllers"]
    click.echo("Move the controller now.", err=True)
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
