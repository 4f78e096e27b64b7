"""The command ``pedal run``: a board's processes, started and kept alive until they are stopped.

Called through ``main``; this process then is the small parent of ``pedal-audio`` and
``pedal-panel`` (or, with ``--only``, of one of them, as the services do).
"""

from __future__ import annotations

import logging
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from pedal.config import Board, load_board
from pedal.errors import BoardError, CardError
from pedal.paths import factory_dir, runtime_dir

if TYPE_CHECKING:
    from pedal.cli.choosing import Choice
    from pedal.system.post import Child
    from pedal.system.wire import Wire
    from pedal.virtual.card import VirtualCard

#: ``pedal.link.memory.FILE_NAME``, which would bring the compiler into this small parent.
LINK_NAME = "link"
#: What the guitar plays on a board without one.
TAKE = Path("takes") / "guitar-dry.flac"
#: In the runtime directory: what the processes say while a screen is drawn in the terminal.
LOG_NAME = "pedal.log"


@click.command()
@click.option(
    "--board",
    "board_name",
    envvar="PEDAL_BOARD",
    show_envvar=True,
    help="A board's name, or a board file; if not given, what `pedal setup` chose, else the virtual one.",
)
@click.option("--virtual", is_flag=True, help="The virtual board: keys for switches, the screen in the terminal.")
@click.option("--card", metavar="NAME", help="On a virtual board: a real sound card of this computer, or `auto`.")
@click.option("--only", type=click.Choice(["audio", "panel"]), help="One half only, as the system services run it.")
@click.option(
    "--runtime-dir",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the processes meet, if not in the usual place.",
)
@click.pass_context
def run(
    context: click.Context,
    board_name: str | None,
    virtual: bool,
    card: str | None,
    only: str | None,
    directory: Path | None,
) -> None:
    """Start the pedal and stay until it is stopped (Ctrl-C).

    With `--virtual` nothing has to be wired. A recorded guitar plays then, unless `--card` names a sound card.
    """
    from pedal.cli.choosing import choose_board

    if virtual:
        if context.get_parameter_source("board_name") is ParameterSource.COMMANDLINE:
            raise click.UsageError("--virtual is a board of its own; say --board or --virtual")
        board_name = "virtual"
    by_hand = virtual or context.get_parameter_source("board_name") is ParameterSource.COMMANDLINE
    if directory is not None:
        os.environ["PEDAL_RUNTIME_DIR"] = str(directory)
    before: Board | None = None
    while True:  # a life for each board that is chosen meanwhile
        choice = choose_board(board_name, by_hand=by_hand)
        board = load_board(choice.name)
        if not _live(choice, board, card, only, before):
            return
        before = board


def _live(choice: Choice, board: Board, card: str | None, only: str | None, before: Board | None) -> bool:
    """Play with one board until somebody stops it; True: until another one was chosen.

    Args:
        choice: what was asked for.
        board: the same, loaded.
        card, only: as ``run`` has them.
        before: the board of the life before this one; what is in the players' hands then goes on.
    """
    from pedal.cli.choosing import BoardWatch
    from pedal.system.heartbeat import load_beat
    from pedal.system.supervise import Supervisor

    board_name, runtime, has_own_card = choice.name, runtime_dir(), False
    if card is not None:
        if not board.virtual:
            raise BoardError("has its card in its file", where=f"board '{board.name}'", hint="--card needs --virtual")
        if only == "panel":
            raise click.UsageError("--card is about the sound")
        own = own_board(board_name, board, card, runtime)
        if own is not None:
            board_name, board, has_own_card = str(own), load_board(own), True
    if board.cpu_scale != 1.0:
        click.echo(f"board '{board.name}': this machine counts as one {board.cpu_scale:g} times slower", err=True)
    with ExitStack() as stack:
        environment, log_path = {}, None
        if board.virtual and only != "panel":
            if not has_own_card:
                environment = stack.enter_context(virtual_card(board, runtime)).environment()
            if only is None and sys.stdout.isatty():  # the screen is drawn there: other words would tear it
                log_path = runtime / LOG_NAME
                logging.basicConfig(filename=log_path, format="%(name)s: %(message)s", force=True)
        children = []
        if only != "panel":
            children.append(audio_child(board_name, runtime, environment, log_path))
        if only != "audio":
            chooses = choice.follows
            children.append(panel_child(board_name, runtime, virtual=board.virtual, log_path=log_path, chooses=chooses))
        # A pedal that was stopped starts afresh; one whose halves are services, or that goes on with another board,
        # keeps its memory. At another rate nothing in it would be right.
        is_new = only is None if before is None else before.audio.rate_hz != board.audio.rate_hz and only != "panel"
        watch = BoardWatch(choice, runtime, only, lambda: load_beat(runtime / LINK_NAME))
        supervisor = Supervisor(
            children,
            runtime,
            lambda: load_beat(runtime / LINK_NAME),
            ended=watch.ended,
            forget=(runtime / LINK_NAME,) if is_new else (),
            open_wire=lambda: None if only == "panel" else wire_of(board, runtime),
        )
        supervisor.run()
    return watch.is_over and not supervisor.stop_asked


def own_board(board_name: str, board: Board, card: str, runtime: Path) -> Path | None:
    """The file of a board like this one, with a real card of this computer; None: there is none, which is told.

    Raises:
        CardError: the card that was named cannot be used.
    """
    from pedal.virtual.own_card import AUTO, find_card, save_board

    try:
        audio = find_card(card, board.audio)
    except CardError as refusal:
        if card != AUTO:
            raise
        click.echo(f"a recorded guitar plays, for no sound card of this computer can be used: {refusal}", err=True)
        return None
    inputs = "two inputs, the guitar at the " + audio.input if audio.capture_channels == 2 else "one input"
    click.echo(f"sound: '{audio.card}', {inputs}; mind the feedback between speakers and a microphone", err=True)
    return save_board(board_name, audio, runtime / "board")


def wire_of(board: Board, runtime: Path) -> Wire | None:
    """The wire around the sound, dry; None for a board without one, or whose relay this machine cannot reach."""
    from pedal.system.heartbeat import load_beat, save_muted
    from pedal.system.wire import Wire

    if (beat := load_beat(runtime / LINK_NAME)) and beat.is_muted:  # as whoever had a relay may have left it
        save_muted(runtime / LINK_NAME, muted=False)
    if board.virtual:
        return None
    if board.codec_bypass is not None:
        from pedal.audio.alsa_bypass import CodecBypass

        return Wire(CodecBypass(board.audio.card, board.codec_bypass), runtime / LINK_NAME)
    if board.relay is None:
        return None
    from pedal.system.relay import open_relay

    try:
        return Wire(open_relay(board.relay), runtime / LINK_NAME)
    except BoardError as error:
        logging.getLogger("pedal.wire").error("%s The relay stays as it is.", error)
        return None


def audio_child(board_name: str, runtime: Path, environment: dict[str, str], log_path: Path | None = None) -> Child:
    """The process that owns the sound card, or whoever needs that alone for a while."""
    from pedal.setup.errand import load_errand
    from pedal.system.post import Child

    def command(module: str) -> tuple[str, ...]:
        return (sys.executable, "-m", module, board_name, str(runtime / LINK_NAME))

    def stand_in() -> tuple[str, ...]:
        errand = load_errand(runtime, time.monotonic())
        if errand is None:
            return ()
        return (sys.executable, "-m", "pedal.cli.setup_errand", board_name, str(runtime), errand.token)

    return Child(
        "audio",
        command("pedal.audio.process"),
        environment,
        log_path,
        safe_command=command("pedal.audio.safe"),
        stand_in=stand_in,
    )


def panel_child(
    board_name: str,
    runtime: Path,
    *,
    virtual: bool,
    quiet: bool = False,
    log_path: Path | None = None,
    chooses: bool = False,
) -> Child:
    """The process that owns switches, screen and presets; on a virtual board with stand-ins for them.

    ``quiet`` keeps it off the terminal: somebody else draws there. ``chooses``: a set-up may put another board in use.
    """
    from pedal.system.post import Child

    module = "pedal.virtual.panel" if virtual else "pedal.panel.app"
    flags = (*(("--quiet",) if quiet else ()), *(("--chooses",) if chooses else ()))
    command = (sys.executable, "-m", module, board_name, str(runtime / LINK_NAME), *flags)
    return Child("panel", command, log_path=log_path, safe_command=(*command, "--plain"), safe_once=True)


def virtual_card(board: Board, runtime: Path, *, keep_played: bool = False, cabled: bool = False) -> VirtualCard:
    """The card of a virtual board, not on yet; ``keep_played`` and ``cabled`` as ``VirtualCard`` has them."""
    from pedal.virtual.card import VirtualCard
    from pedal.virtual.take import load_take

    return VirtualCard(
        runtime / "card",
        load_take(factory_dir("models") / TAKE, board.audio.rate_hz),
        rate_hz=board.audio.rate_hz,
        period_frames=board.audio.period_frames,
        capture_channels=board.audio.capture_channels,
        sample_format="S32_LE" if board.audio.format == "auto" else board.audio.format,
        keep_played=keep_played,
        cabled=cabled,
    )
