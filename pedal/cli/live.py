"""Commands that talk to the running pedal over its control socket.

Called through ``main``, in a process of its own. Imports neither numba nor numpy.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, get_args

import click

from pedal.cli.client import NoAnswerError, RefusedError
from pedal.cli.completion import complete_width
from pedal.cli.status_text import levels_text, status_text
from pedal.cli.talking import call, say, talks, tell
from pedal.errors import ControlError
from pedal.health import ask_resume, load_health
from pedal.levels import CHANNELS, OUTPUT_MODES, USUAL, Channel, OutputMode
from pedal.library.settings import changed_levels
from pedal.panel import protocol
from pedal.paths import runtime_dir as usual_runtime_dir

#: So that a negative value is a value and not an option.
_NEGATIVE_NUMBERS = {"ignore_unknown_options": True}
_LoopVerb = Literal["record", "play", "overdub", "undo", "stop", "clear", "status"]
_LOOP_VERBS: tuple[_LoopVerb, ...] = get_args(_LoopVerb)


@click.command()
@talks
def status(runtime_dir: Path | None) -> None:
    """What the running pedal is doing: preset, width, load, levels, counters."""
    try:
        result = call(runtime_dir, protocol.Status())
    except ControlError as error:
        reason = load_health(runtime_dir or usual_runtime_dir(), "audio").safe_mode
        if not reason or isinstance(error, RefusedError):  # whoever refuses says it himself
            raise
        raise NoAnswerError("the panel does not answer, and the sound is in safe mode", hint=reason) from error
    tell(result, status_text(result))


@click.command()
@click.argument("state", type=click.Choice(["on", "off", "toggle"]))
@talks
def bypass(state: str, runtime_dir: Path | None) -> None:
    """Bypass the whole pedal, or stop doing so."""
    say(call(runtime_dir, protocol.Bypass(on=None if state == "toggle" else state == "on")))


@click.command()
@click.argument("block_id", metavar="BLOCK")
@click.argument("state", type=click.Choice(["on", "off"]))
@talks
def block(block_id: str, state: str, runtime_dir: Path | None) -> None:
    """Switch a block of the preset on or off."""
    say(call(runtime_dir, protocol.SwitchBlock(block=block_id, on=state == "on")))


def _width(_: click.Context, __: click.Parameter, value: str) -> str:
    if re.fullmatch(protocol.WIDTH_PATTERN, value) is None:
        raise click.BadParameter(f"'{value:.20}' is no width. Use full, lite, auto, or limits such as 2..full.")
    return value


@click.command()
@click.argument("wanted", metavar="full|lite|auto|FROM..TO", callback=_width, shell_complete=complete_width)
@click.option("--amp", type=click.IntRange(1, 16), help="One amp only, counted from 1.")
@talks
def width(wanted: str, amp: int | None, runtime_dir: Path | None) -> None:
    """Ask for a width of the amps; "auto" leaves it to the pedal, within limits if you give some.

    An amp of several widths knows them by number, too, from the narrowest: `2` is the second and no other, `2..full`
    that one or wider, `..2` that one or narrower.
    """
    say(call(runtime_dir, protocol.SetWidth(width=wanted, amp=amp)))


@click.command(context_settings=_NEGATIVE_NUMBERS)
@click.argument("name", metavar="amp-input|fx-return|full-range|headphones", required=False)
@click.option("--set", "knobs", metavar="KNOB VALUE", nargs=2, multiple=True, help="level_db, mono, bass_db, ...")
@talks
def output(name: str | None, knobs: tuple[tuple[str, str], ...], runtime_dir: Path | None) -> None:
    """What is behind the pedal, for all presets; kept until it is changed. Without a name: what it is now.

    Into an amp's input or effects return no cabinet plays, and it is mono. Each has knobs of its own:
    `pedal output headphones --set bass_db 3`.
    """
    say(call(runtime_dir, protocol.Output(name=name, values=dict(knobs))))


@click.command("input")
@click.argument("channel", metavar="left|right|sum|board", required=False, type=click.Choice(CHANNELS))
@talks
def input_channel(channel: Channel | None, runtime_dir: Path | None) -> None:
    """Which input of the sound card the guitar is at; kept for good. Without a word: which it is now.

    "sum" is the mean of both, "board" leaves it to the board file again.
    """
    say(call(runtime_dir, protocol.Input(channel=channel)))


@click.command()
@click.argument("mode", required=False, type=click.Choice(OUTPUT_MODES))
@click.option("--target-db", type=float, metavar="DB", help="Loudness of normalised amps, in dB.")
@click.option("--calibrate-input", type=click.Choice(["on", "off"]), help="Drive amps as hard as they were captured.")
@talks
def levels(
    mode: OutputMode | None,
    target_db: float | None,
    calibrate_input: str | None,
    runtime_dir: Path | None,
) -> None:
    """How loud amps hear and are heard, and why; kept for good.

    MODE is raw (as the file plays), normalised (all amps about as loud) or calibrated (as loud as the real thing).
    """
    calibrate = None if calibrate_input is None else calibrate_input == "on"
    changed_levels(USUAL, mode, target_db, calibrate)  # what cannot be (and JSON cannot say, such as nan) is not sent
    request = protocol.SetLevels(output=mode, target_db=target_db, calibrate_input=calibrate)
    result = call(runtime_dir, request)
    tell(result, levels_text(result))


@click.command()
@click.argument("state", type=click.Choice(["on", "off"]), required=False)
@click.option("--reference", "reference_hz", type=click.FloatRange(430.0, 450.0), help="Of A4, in Hz.")
@talks
def tuner(state: str | None, reference_hz: float | None, runtime_dir: Path | None) -> None:
    """The tuner on or off; without a word, what it reads."""
    on = None if state is None else state == "on"
    say(call(runtime_dir, protocol.Tune(on=on, reference_hz=reference_hz)))


@click.command(context_settings=_NEGATIVE_NUMBERS)
@click.argument("verb", type=click.Choice(_LOOP_VERBS), required=False)
@click.option("--level", "level_db", type=float, metavar="DB", help="Of the loop, in dB; 0 is as it was played.")
@talks
def looper(verb: _LoopVerb | None, level_db: float | None, runtime_dir: Path | None) -> None:
    """The looper, for boards with one; without a word, or with "status": what it does.

    A loop goes on when the preset changes. Undo takes the last overdub away and, once more, brings it back.
    """
    wanted = None if verb == "status" else verb
    say(call(runtime_dir, protocol.Loop(verb=wanted, level_db=level_db)))


@click.command()
@click.argument("switch")
@click.option("--hold", "hold_s", type=click.FloatRange(0.01, 10.0), default=0.08, help="For so many seconds.")
@talks
def press(switch: str, hold_s: float, runtime_dir: Path | None) -> None:
    """Press a footswitch of a virtual pedal, by its name in the board file."""
    say(call(runtime_dir, protocol.Press(switch=switch, hold_s=hold_s)))


@click.command()
@talks
def resume(runtime_dir: Path | None) -> None:
    """Leave safe mode: try the whole pedal again."""
    # The file that the sound's parent looks for, not a request: it works beside a panel that does not.
    if not ask_resume(runtime_dir or usual_runtime_dir(), "audio"):
        raise ControlError("the pedal is not in safe mode")
    tell({"resumed": True}, "Trying again.")
