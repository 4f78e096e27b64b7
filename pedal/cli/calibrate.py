"""``pedal calibrate ...``: what the pedal is shown once, input and expression pedal.

Called through ``main``, in a process of its own, beside a pedal that plays.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import cast

import click

from pedal.cli.hands import learn_expression
from pedal.cli.talking import Group, call, say, talks, tell
from pedal.errors import CardError
from pedal.levels import Channel
from pedal.panel import protocol
from pedal.paths import runtime_dir as usual_runtime_dir


@click.group(cls=Group)
def calibrate() -> None:
    """Show the pedal how loud the guitar is, and where the expression pedal ends. `pedal setup` does more."""


@calibrate.command("input")
@click.option("--seconds", type=click.FloatRange(1.0, 60.0), default=5.0, show_default=True, help="To strum hard in.")
@talks
def input_level(seconds: float, runtime_dir: Path | None) -> None:
    """Listen to a hard strum, and say whether the card's gain is right: too quiet, right, clipping, nothing.

    `pedal setup` also tries the other input, and sets the gain of cards that have one.
    """
    from pedal.cli.setup_beside import is_playing, listen
    from pedal.setup.strum import judge_strum

    status = call(runtime_dir, protocol.Status())
    runtime = runtime_dir or usual_runtime_dir()
    if not is_playing(runtime):
        raise CardError("the pedal is running, and does not play", hint="`pedal doctor` looks for the reason")
    click.echo(f"Strum hard for {seconds:g} seconds.", err=True)
    level, _ = listen(runtime, seconds, lambda share, now: None)
    channel = cast(Channel, status["input"])
    strum = judge_strum({channel: level}, channel)
    tell({"input": channel, **asdict(strum)}, f"{strum.peak_db:.1f} dBFS. {strum.sentence}")


@calibrate.command()
@talks
def expression(runtime_dir: Path | None) -> None:
    """Show the pedal the two ends of the expression pedal; as `pedal expression learn`."""
    say(learn_expression(runtime_dir))
