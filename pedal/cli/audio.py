"""``pedal audio ...``: sound cards listed, tried, and measured through a cable.

Called through ``main``, in a process of its own; what plays on the card is another (``audio/probe``). A pedal that
plays meanwhile is only looked at.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pedal.cli.choosing import chosen_board
from pedal.cli.talking import Group, answers, talks, tell
from pedal.config import Board, load_board
from pedal.errors import CardError
from pedal.paths import runtime_dir as usual_runtime_dir

if TYPE_CHECKING:
    from pedal.cli.setup_probe import Signal
    from pedal.setup.recording import Recording

_BOARD = click.option(
    "--board", "board_name", envvar="PEDAL_BOARD", show_envvar=True, help="A board, if not the chosen one."
)


@click.group(cls=Group)
def audio() -> None:
    """The sound card: which there are, whether it keeps up, how long the way through it is."""


@audio.command("list")
@answers
def list_cards() -> None:
    """The sound cards of this machine, and the boards that are made for them."""
    from pedal.config import board_names
    from pedal.config.detect import boards_for, load_machine

    shipped, chosen = [load_board(name) for name in board_names()], load_board(chosen_board())
    cards = [
        {
            "id": card.id,
            "name": card.name,
            "usb": card.is_usb,
            "boards": list(boards_for(card, shipped)),
            "chosen": card.id == chosen.audio.card and not chosen.virtual,
        }
        for card in load_machine().cards
    ]
    lines = [f"{'*' if c['chosen'] else ' '} {c['id']:<16} {c['name']}" for c in cards] or ["no sound cards"]
    lines.append(f"The board in use is '{chosen.name}': {'a virtual card' if chosen.virtual else chosen.audio.card}.")
    tell({"cards": cards, "board": chosen.name, "card": chosen.audio.card, "virtual": chosen.virtual}, "\n".join(lines))


@audio.command()
@_BOARD
@click.option("--seconds", type=click.FloatRange(0.5, 60.0), default=3.0, show_default=True)
@talks
def test(board_name: str | None, seconds: float, runtime_dir: Path | None) -> None:
    """Whether the card keeps up, and what comes in: silence is played for some seconds, or a playing pedal looked at.

    Exit code 0: no gaps; 1: there were some.
    """
    from pedal.cli.setup_beside import is_playing, listen
    from pedal.setup.strum import level_of
    from pedal.setup.wakes import wakes_of

    runtime = runtime_dir or usual_runtime_dir()
    board = load_board(board_name or chosen_board())
    if beside := is_playing(runtime):
        level, wakes = listen(runtime, seconds, lambda share, now: None)
        levels = {"pedal": level}
    else:
        heard = _played(board, board_name, seconds, "silence")
        count = board.audio.period_frames, board.audio.periods, board.audio.rate_hz
        wakes = wakes_of(heard.woke_ns, *count, heard.xruns)
        taken = heard.so_far()
        levels = {name: level_of(taken[:, k]) for k, name in enumerate(("left", "right")[: taken.shape[1]])}
    about = {
        "board": board.name,
        "card": board.audio.card,
        "beside_a_pedal": beside,
        "rate_hz": wakes.rate_hz,
        "period_frames": wakes.period_frames,
        "seconds": seconds,
        "gaps": wakes.xruns,
        "inputs": {name: asdict(level) for name, level in levels.items()},
    }
    said = [f"{wakes.period_frames} frames at {wakes.rate_hz} Hz for {seconds:g} s: {wakes.xruns} gaps"]
    said += [f"input {name}: peak {level.peak_db:.1f} dBFS, {level.clipped} clipped" for name, level in levels.items()]
    tell(about, "\n".join(said))
    if wakes.xruns:
        sys.exit(1)


@audio.command()
@_BOARD
@talks
def latency(board_name: str | None, runtime_dir: Path | None) -> None:
    """How long the way from the output to the input is: through a cable, or on the virtual board.

    TURN THE AMP OFF and put a cable from the pedal's output to its input: a hiss is sent through it. On a real card no
    pedal may play meanwhile. Exit code 1: nothing came back.
    """
    from pedal.cli.setup_beside import is_playing
    from pedal.setup.cable import AFTER_S, BEFORE_S, BITS, judge_loop
    from pedal.setup.report import loop_sentence

    board = load_board(board_name or chosen_board())
    settings = board.audio
    if not board.virtual and is_playing(runtime_dir or usual_runtime_dir()):
        raise CardError("a pedal plays on the card", hint="Stop it first, with `sudo systemctl stop pedal-audio`")
    heard = _played(board, board_name, BEFORE_S + AFTER_S + 2**BITS / settings.rate_hz, "sequence")
    if heard.xruns:
        raise CardError("the card ran dry while it was measured", hint="Try again, or a longer period")
    index = 1 if settings.input == "right" and heard.heard.shape[1] > 1 else 0
    loop, buffer_frames = judge_loop(heard.heard[:, index], settings.rate_hz), settings.period_frames * settings.periods
    latency_s = None if loop.frames is None else loop.frames / settings.rate_hz
    about = {"board": board.name, "rate_hz": settings.rate_hz, "buffer_frames": buffer_frames, "latency_s": latency_s}
    tell(about | asdict(loop), loop_sentence(loop, settings.rate_hz, buffer_frames))
    if loop.frames is None:
        sys.exit(1)


def _played(board: Board, board_name: str | None, seconds: float, signal: Signal) -> Recording:
    from pedal.cli.setup_probe import CardTrial

    with tempfile.TemporaryDirectory(prefix="audio-", dir=usual_runtime_dir()) as folder:
        trial = CardTrial(board, board_name or chosen_board(), Path(folder))
        heard = trial.play(board.audio.period_frames, seconds, signal, lambda share, taken: None)
        for note in trial.notes:
            click.echo(note, err=True)
        return heard
